import { ident, literal, literals } from '../../query/index.ts'
import { type CheckedLaw, type RowSample, SAMPLE_MAX, type TableName } from './report.ts'
import { countOf, textOf, type Verification } from './verification.ts'

/** A law of a table. Its statement gives one row for each violation: `key, field, live, recomputed`. */
export interface Law {
  readonly law: string
  readonly sql: string
}

/** Checks the laws of a table and notes what was found; answers how many violations there are. */
export async function checkLaws(
  verification: Verification,
  table: TableName,
  laws: readonly Law[],
): Promise<number> {
  const { log, session } = verification
  const counted = laws.map(({ sql }, at) => `select ${at} as law, count(*) as n from (${sql})`)
  const total = `select ${laws.length} as law, count(*) as n from ${ident(table.object)}`
  const rows = await session.rows([...counted, total].join(' union all '))
  const count = (law: number): number => Number(rows.find(([at]) => Number(at) === law)?.[1] ?? 0)
  log.table(table, count(laws.length))
  let violations = 0
  for (const [at, law] of laws.entries()) {
    const checked = await withSample(verification, law, count(at))
    log.law(table, checked)
    violations += checked.violations
  }
  return violations
}

async function withSample(
  { session }: Verification,
  { law, sql }: Law,
  violations: number,
): Promise<CheckedLaw> {
  if (violations === 0) return { law, violations, sample: [] }
  const rows = await session.rows(
    `select key, field, live, recomputed from (${sql}) order by all limit ${SAMPLE_MAX}`,
  )
  return { law, violations, sample: rows.map(sampleOf) }
}

function sampleOf(row: readonly (string | number | bigint | boolean | null)[]): RowSample {
  const [key, field, live, recomputed] = row.map(textOf)
  return {
    key: key ?? '',
    live: { [field ?? 'value']: live ?? null },
    recomputed: { [field ?? 'value']: recomputed ?? null },
  }
}

/** What a violation is made of, as SQL; `recomputed` is what it should be, as text. */
export interface Violation {
  readonly from: string
  readonly where?: string
  readonly key: string
  readonly field: string
  readonly live?: string
  readonly recomputed?: string
}

/** The statement of a law's violations. */
export function violating({ from, where, key, field, live, recomputed }: Violation): string {
  const value = live ?? ident(field)
  return (
    `select (${key})::varchar as key, ${literal(field)} as field, (${value})::varchar as live, ` +
    `(${recomputed ?? 'null'})::varchar as recomputed from ${from} ${where === undefined ? '' : `where ${where}`}`
  )
}

/** Rows that are told apart by some columns are there once. */
export function uniqueLaw(law: string, object: string, columns: readonly string[]): Law {
  const names = columns.map(ident).join(', ')
  const key = `concat_ws(' / ', ${columns.map(name => `${ident(name)}::varchar`).join(', ')})`
  const from = `(select ${names}, count(*) as n from ${ident(object)} group by ${names} having count(*) > 1)`
  return { law, sql: violating({ from, key, field: 'rows', live: 'n', recomputed: '1' }) }
}

/** A column has one of a few values. */
export function oneOfLaw(
  law: string,
  {
    object,
    key,
    field,
    values,
  }: { object: string; key: string; field: string; values: readonly string[] },
): Law {
  const where = `${ident(field)} is null or ${ident(field)} not in ${literals(values)}`
  const recomputed = literal(`one of ${values.join(', ')}`)
  return { law, sql: violating({ from: ident(object), where, key, field, recomputed }) }
}

/** A position is one that was applied. */
export function positionLaw(
  law: string,
  {
    object,
    key,
    field,
    position,
  }: { object: string; key: string; field: string; position: bigint },
): Law {
  const where = `${ident(field)} is null or ${ident(field)} not between 0 and ${position}`
  return {
    law,
    sql: violating({
      from: ident(object),
      where,
      key,
      field,
      recomputed: literal(`0 to ${position}`),
    }),
  }
}

/** Notes a table that has no law of its own to break but what others say of it. */
export async function noteTable(verification: Verification, table: TableName): Promise<void> {
  verification.log.table(
    table,
    await countOf(verification.session, `select count(*) from ${ident(table.object)}`),
  )
}
