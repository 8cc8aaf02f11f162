import type { ExpressionReader } from './expression-reader.ts'
import { readOrder } from './read-order.ts'
import { refuse } from './refusal.ts'
import type { Frame, FrameBound, Over } from './sql-tree.ts'
import { fields, list, nodeOf, string, unreadable } from './tree-node.ts'

const KINDS = new Map<string, Frame['kind']>([
  ['Rows', 'ROWS'],
  ['Range', 'RANGE'],
  ['Groups', 'GROUPS'],
])

const EDGES = new Map<string, FrameBound['edge']>([
  ['CurrentRow', 'CURRENT ROW'],
  ['UnboundedPreceding', 'UNBOUNDED PRECEDING'],
  ['UnboundedFollowing', 'UNBOUNDED FOLLOWING'],
])

/** Reads a window: the parentheses after OVER, or a name for them. */
export function readOver(value: unknown, read: ExpressionReader): Over {
  const node = fields(value, ['window_name', 'partition_by', 'order_by', 'frame'], 'OVER')
  return {
    window: read.reading.optionalName(node['window_name']),
    partitionBy: list(node['partition_by']).map(read.expr),
    orderBy: readOrder(node['order_by'], read),
    frame: node['frame'] ? readFrame(node['frame'], read) : undefined,
  }
}

function readFrame(value: unknown, read: ExpressionReader): Frame {
  const node = fields(value, ['kind', 'start', 'end'], 'A window frame')
  return {
    kind: KINDS.get(string(node['kind'])) ?? unreadable('a window frame'),
    start: readBound(node['start'], read),
    end: node['end'] ? readBound(node['end'], read) : undefined,
  }
}

function readBound(value: unknown, read: ExpressionReader): FrameBound {
  if (typeof value === 'string') return { edge: EDGES.get(value) ?? unreadable('a window frame') }
  const { kind, body } = nodeOf(value)
  const edge = kind === 'Preceding' ? 'PRECEDING' : kind === 'Following' ? 'FOLLOWING' : undefined
  const offset = read.expr(body)
  if (!edge) return unreadable('a window frame')
  if (offset.kind !== 'number' || !/^\d{1,9}$/.test(offset.text)) {
    return refuse('SQL_NOT_ALLOWED', 'A window frame counts in whole numbers')
  }
  return { edge, offset: offset.text }
}
