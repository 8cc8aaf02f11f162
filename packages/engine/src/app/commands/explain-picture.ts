import type { ExplainedRecord } from './explain-values.ts'
import type { ExplainedCriterion } from './explained-criterion.ts'
import type { Explanation, ExplainedStep } from './explanation.ts'
import { drawGraph, type DrawnEdge, type DrawnNode } from './svg-graph.ts'
import { bitsText } from './weight-text.ts'

/** Characters of one line of a box. */
const LINE_CHARS_MAX = 44

/**
 * The evidence as a picture (SVG): a box for each record, and between the records that a reason
 * joins a box with the reason: the rule and its values, or who decided. What keeps two apart is red.
 */
export function evidencePicture(told: Omit<Explanation, 'svg'>, recordsMax = Infinity): string {
  const shown = nearestFirst(told).slice(0, recordsMax)
  const names = new Set(shown.map(({ record }) => record))
  const graph = told.links ? clusterGraph(told.links, names) : pathGraph(told.path)
  const left = told.records.length - shown.length
  return drawGraph({
    title: told.together ? 'Together' : 'Not together',
    notes: [
      ...(told.reason === undefined ? [] : [told.reason]),
      ...(left > 0 ? [`${left} more records are not shown (limit ir.maxPictureRecords).`] : []),
    ],
    direction: told.links ? 'right' : 'down',
    nodes: [...shown.map(recordNode), ...graph.nodes],
    edges: graph.edges,
  })
}

/** The records in the order in which they are reached from the first, so that lines lead one way. */
function nearestFirst({ records, path }: Omit<Explanation, 'svg'>): readonly ExplainedRecord[] {
  const order = new Map<string, number>()
  for (const { from, to } of path) {
    for (const name of [from, to]) if (!order.has(name)) order.set(name, order.size)
  }
  return records.toSorted((a, b) => (order.get(a.record) ?? 0) - (order.get(b.record) ?? 0))
}

interface Graph {
  readonly nodes: readonly DrawnNode[]
  readonly edges: readonly DrawnEdge[]
}

function recordNode({ record, modifiedAt, loadedAt, isSystem }: ExplainedRecord): DrawnNode {
  const at = modifiedAt ?? loadedAt
  const when =
    at === null ? [] : [`${modifiedAt === null ? 'loaded' : 'changed'} ${at.slice(0, 10)}`]
  return {
    id: nameOf(record),
    kind: 'record',
    lines: [short(record), ...(isSystem ? ['made from identity values'] : when)],
  }
}

/** Record ids and reasons are told apart by what no record has. */
function nameOf(record: string): string {
  return `record ${record}`
}

/** A path from the first record to the last, one reason between each two. */
function pathGraph(path: readonly ExplainedStep[]): Graph {
  const nodes: DrawnNode[] = []
  const edges: DrawnEdge[] = []
  for (const [at, step] of path.entries()) {
    const id = `reason ${at}`
    const isCut = step.keptOutBy !== undefined
    const kind = isCut ? 'cut' : step.decision ? 'decision' : 'reason'
    nodes.push({ id, kind, lines: [...reasonLines(step), ...keptLines(step)] })
    edges.push({ from: nameOf(step.from), to: id, isCut }, { from: id, to: nameOf(step.to), isCut })
  }
  return { nodes, edges }
}

/** All reasons of a cluster; those that join the same records are told in one box. */
function clusterGraph(links: NonNullable<Explanation['links']>, names: ReadonlySet<string>): Graph {
  const reasons = new Map<
    string,
    { records: readonly string[]; lines: string[]; isDecided: boolean }
  >()
  for (const link of links) {
    const records = link.records.filter(record => names.has(record))
    if (records.length < 2) continue
    const isDecided = link.decision !== undefined
    const key = JSON.stringify([isDecided, records])
    const known = reasons.get(key)
    if (known) known.lines.push(...reasonLines(link))
    else reasons.set(key, { records, lines: [...reasonLines(link)], isDecided })
  }
  const order = new Map([...names].map((name, at) => [name, at]))
  const nodes: DrawnNode[] = []
  const edges: DrawnEdge[] = []
  for (const { records, lines, isDecided } of reasons.values()) {
    const id = `reason ${nodes.length}`
    nodes.push({ id, kind: isDecided ? 'decision' : 'reason', lines })
    const [first = '', ...rest] = records.toSorted(
      (a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0),
    )
    edges.push({ from: nameOf(first), to: id, isCut: false })
    for (const record of rest) edges.push({ from: id, to: nameOf(record), isCut: false })
  }
  return { nodes, edges }
}

function reasonLines({
  rule,
  criteria,
  decision,
}: Pick<ExplainedStep, 'rule' | 'criteria' | 'decision'>): readonly string[] {
  if (decision && criteria.length === 0)
    return [
      short(`decision ${decision.number}: ${decision.verdict}`),
      short(`${decision.author}: ${decision.reason}`),
    ]
  return [short(rule), ...criteria.map(criterion => short(criterionLine(criterion)))]
}

function criterionLine({ field, left, right, holds, weight }: ExplainedCriterion): string {
  const score = weight === undefined ? '' : ` (${bitsText(weight)})`
  if (weight !== undefined && left === null && right === null) return `${field}${score}`
  if (left === right) return `${left ?? 'nothing'}${score}`
  return `${left ?? 'nothing'} ${holds ? '~' : '≠'} ${right ?? 'nothing'}${score}`
}

function keptLines({ keptOutBy, decision }: ExplainedStep): readonly string[] {
  switch (keptOutBy) {
    case undefined:
      return []
    case 'decision':
      return decision
        ? [short(`cut by decision ${decision.number} of ${decision.author}`)]
        : ['cut by a decision']
    case 'comparison':
      return ['does not hold']
    case 'fit':
      return ['the two sides do not fit on the whole']
    default:
      return [`contested: limit ${keptOutBy}`]
  }
}

/** A text that fits a line; whole characters only. */
function short(text: string): string {
  const chars = Array.from(text.replaceAll(/\s+/g, ' '))
  return chars.length <= LINE_CHARS_MAX
    ? chars.join('')
    : `${chars.slice(0, LINE_CHARS_MAX - 1).join('')}…`
}
