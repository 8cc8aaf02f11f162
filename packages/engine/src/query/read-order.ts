import type { ExpressionReader } from './expression-reader.ts'
import type { OrderItem } from './sql-tree.ts'
import { fields, list } from './tree-node.ts'

/** Reads what follows ORDER BY. */
export function readOrder(value: unknown, read: ExpressionReader): OrderItem[] {
  return list(value).map(item => {
    const node = fields(item, ['this', 'desc', 'nulls_first'], 'ORDER BY')
    const nulls = node['nulls_first']
    return {
      of: read.expr(node['this']),
      descending: node['desc'] === true,
      nullsFirst: typeof nulls === 'boolean' ? nulls : undefined,
    }
  })
}
