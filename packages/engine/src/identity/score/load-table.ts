import type { ColumnBatch, SqlSession } from '../../lake/index.ts'
import { int32 } from '../key-batches.ts'
import type { FieldKind, ScoreField } from './field-kind.ts'
import { BLANK, type FieldValues, ScoreTable } from './score-table.ts'
import { fieldForm } from './value-form.ts'

/** A field to score by, and the SQL of its text in a record. */
export interface FieldSource extends ScoreField {
  readonly sql: string
}

/** Records as rows of a table. */
export interface LoadedTable {
  readonly table: ScoreTable
  /** The row of each record, by its pid; -1 where no record has it. */
  readonly rowOf: Int32Array
}

/**
 * Reads the fields of records into a table. Each distinct text crosses once, and is brought into the
 * form that is compared once; records cross as numbers.
 */
export async function loadTable(
  session: SqlSession,
  records: { readonly relation: string; readonly rows: number },
  sources: readonly FieldSource[],
): Promise<LoadedTable> {
  const table = new ScoreTable(sources.map(({ name, kind }) => ({ name, kind })))
  const numbers: Int32Array[] = []
  for (const [at, source] of sources.entries()) {
    await session.run(
      `create or replace temp table score_text_${at} as
       select (row_number() over ()) - 1 as id, text, n
       from (select ${source.sql} as text, count(*) as n from ${records.relation} group by 1)
       where text is not null`,
    )
    const values = table.fields[at]
    if (values) numbers.push(await numbersOf(session, at, values))
  }
  const rowOf = await loadRows(session, records, { sources, table, numbers })
  for (const at of sources.keys()) await session.run(`drop table temp.score_text_${at}`)
  return { table, rowOf }
}

/** Stands between texts that cross together, and for a space in them; texts that are longer cross alone. */
const BETWEEN = '\u001E'
const TOGETHER = { texts: 4096, lengthMax: 1000 }

/** The number of the compared form of each text. */
async function numbersOf(
  session: SqlSession,
  field: number,
  values: FieldValues,
): Promise<Int32Array> {
  const table = `temp.score_text_${field}`
  const counts = await countsOf(session, table)
  const numbers = new Int32Array(counts.length).fill(BLANK)
  const take = (id: number, text: string): void => {
    const form = recordForm(values.field.kind, text)
    if (form === null || form === '') return
    const value = values.number(form)
    values.addCount(value, counts[id] ?? 0)
    numbers[id] = value
  }
  // A text by itself costs some microseconds on its way, a thousand in one hardly more.
  const { texts, lengthMax } = TOGETHER
  const between = `chr(${BETWEEN.charCodeAt(0)})`
  const short = `case when length(text) > ${lengthMax} then '' else replace(text, ${between}, ' ') end`
  for await (const { columns, rowCount } of session.batches(
    `select (id - id % ${texts})::integer, string_agg(${short}, ${between} order by id)
     from ${table} group by 1`,
  )) {
    const firsts = int32(columns[0], rowCount)
    for (let at = 0; at < rowCount; at++) {
      let id = firsts[at] ?? 0
      for (const text of textsIn(String(columns[1]?.[at]))) {
        if (text !== '') take(id, text)
        id += 1
      }
    }
  }
  for await (const { columns, rowCount } of session.batches(
    `select id::integer, text from ${table} where length(text) > ${lengthMax}`,
  )) {
    const ids = int32(columns[0], rowCount)
    for (let at = 0; at < rowCount; at++) take(ids[at] ?? 0, String(columns[1]?.[at]))
  }
  return numbers
}

/** The texts that crossed together, each a string of its own: parts of a longer one are slow to read. */
function* textsIn(together: string): Iterable<string> {
  const bytes = Buffer.from(together)
  const between = BETWEEN.charCodeAt(0)
  for (let start = 0; start <= bytes.length;) {
    const found = bytes.indexOf(between, start)
    const end = found < 0 ? bytes.length : found
    yield bytes.toString('utf8', start, end)
    start = end + 1
  }
}

/** How many records have each text. */
async function countsOf(session: SqlSession, table: string): Promise<Int32Array> {
  const [row] = await session.rows(`select count(*) from ${table}`)
  const counts = new Int32Array(Number(row?.[0] ?? 0))
  for await (const { columns, rowCount } of session.batches(
    `select id::integer, n::integer from ${table}`,
  )) {
    const ids = int32(columns[0], rowCount)
    const all = int32(columns[1], rowCount)
    for (let at = 0; at < rowCount; at++) counts[ids[at] ?? 0] = all[at] ?? 0
  }
  return counts
}

/** The form in which a record's text is compared; null where it says nothing. */
export function recordForm(kind: FieldKind, text: string): string | null {
  return fieldForm(kind, text.replaceAll(BETWEEN, ' '))
}

async function loadRows(
  session: SqlSession,
  { relation, rows }: { readonly relation: string; readonly rows: number },
  loaded: {
    readonly sources: readonly FieldSource[]
    readonly table: ScoreTable
    readonly numbers: readonly Int32Array[]
  },
): Promise<Int32Array> {
  const { sources, table, numbers } = loaded
  const texts = sources.map(({ sql }, at) => `${sql} as t${at}`)
  const ids = sources.map((_source, at) => `coalesce(d${at}.id, -1)::integer`)
  const joins = sources.map(
    (_source, at) => `left join temp.score_text_${at} d${at} on d${at}.text = r.t${at}`,
  )
  const sql = `select r.pid::integer, ${ids.join(', ')} from (select pid, ${texts.join(', ')} from ${relation}) r ${joins.join(' ')}`
  // Rows come in any order: the numbers of a table's rows are to be the same every time.
  const columns = sources.map(() => new Int32Array(rows))
  const isThere = new Uint8Array(rows)
  for await (const batch of session.batches(sql)) scatter(batch, columns, isThere)
  const rowOf = new Int32Array(rows).fill(-1)
  const tuple = new Int32Array(sources.length)
  for (let pid = 0; pid < rows; pid++) {
    if (isThere[pid] === 0) continue
    for (let at = 0; at < tuple.length; at++) {
      const id = columns[at]?.[pid] ?? BLANK
      tuple[at] = id === BLANK ? BLANK : (numbers[at]?.[id] ?? BLANK)
    }
    rowOf[pid] = table.rowOf(tuple)
  }
  return rowOf
}

function scatter(
  { columns, rowCount }: ColumnBatch,
  into: readonly Int32Array[],
  isThere: Uint8Array,
): void {
  const pids = int32(columns[0], rowCount)
  for (let row = 0; row < rowCount; row++) isThere[pids[row] ?? 0] = 1
  for (const [at, column] of into.entries()) {
    const ids = int32(columns[at + 1], rowCount)
    for (let row = 0; row < rowCount; row++) column[pids[row] ?? 0] = ids[row] ?? BLANK
  }
}
