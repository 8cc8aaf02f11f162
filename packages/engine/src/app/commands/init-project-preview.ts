import type { SqlSession } from '../../lake/index.ts'
import { ident, literal } from '../../query/index.ts'
import { typedSql } from '../../streams/index.ts'
import { textAt } from './answer.ts'
import type { StreamKeys } from './init-project-keys.ts'
import type { SourcePlan } from './init-project-plan.ts'

/** Some rows of a table for people; null is no value. */
export interface PreviewTable {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly (string | null)[])[]
}

/** A file as it is, and as the model would have it. */
export interface Preview {
  readonly stream: string
  readonly file: string
  readonly category: string
  readonly primaryKey: readonly string[]
  readonly keyQualifier: string | null
  readonly why: readonly string[]
  readonly raw: PreviewTable
  readonly mapped: readonly (PreviewTable & { readonly object: string })[]
}

/** Records that are shown of each file. */
export const PREVIEW_ROWS = 10
const VALUE_LENGTH_MAX = 200

/** The first records of a file, before and after the mapping. */
export async function previewOf(
  session: SqlSession,
  plan: SourcePlan,
  keys: StreamKeys | undefined,
): Promise<Preview> {
  const { fields, relation, inspection } = plan.source
  const types = new Map(fields.map(field => [field.name, field.type]))
  const raw = fields.map(field => [field.name, `${ident(field.name)}::varchar`] as const)
  const mapped: (PreviewTable & { object: string })[] = []
  for (const { object, as, fields: pairs = {}, constants = {} } of plan.objects) {
    const columns = [
      ...Object.entries(pairs).map(
        ([to, from]) =>
          [to, `(${typedSql(types.get(from) ?? 'Text', ident(from))})::varchar`] as const,
      ),
      ...Object.entries(constants).map(([to, value]) => [to, literal(String(value))] as const),
    ]
    const name = as === undefined ? object : `${object} (${as})`
    mapped.push({ object: name, ...(await tableOf(session, relation, columns)) })
  }
  return {
    stream: plan.name,
    file: inspection.file,
    category: plan.category,
    primaryKey: plan.primaryKey,
    keyQualifier: keys?.keyQualifier ?? null,
    why: plan.why,
    raw: await tableOf(session, relation, raw),
    mapped,
  }
}

async function tableOf(
  session: SqlSession,
  relation: string,
  columns: readonly (readonly [name: string, sql: string])[],
): Promise<PreviewTable> {
  const values = columns.map(([, sql]) => `left(${sql}, ${VALUE_LENGTH_MAX})`).join(', ')
  const rows = await session.rows(
    `select ${values || 'null'} from ${relation} order by _row limit ${PREVIEW_ROWS}`,
  )
  return {
    columns: columns.map(([name]) => name),
    rows: rows.map(row => columns.map((_, at) => textAt(row, at))),
  }
}
