import type { SqlSession } from '../../lake/index.ts'
import { int32 } from '../key-batches.ts'
import type { ScoreField } from './field-kind.ts'
import { BLANK, ScoreTable } from './score-table.ts'
import { BETWEEN, TextNumbers } from './text-numbers.ts'

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
 * How records cross: a text by itself costs some microseconds on its way, a thousand records in one
 * hardly more. So many records are one text; so many are read at once, which bounds what the engine
 * holds; and a text of more bytes crosses alone.
 */
const TOGETHER = { records: 1024, read: 1 << 20, bytesMax: 1000 }

/** Reads the fields of records into a table. */
export async function loadTable(
  session: SqlSession,
  records: { readonly relation: string; readonly rows: number },
  sources: readonly FieldSource[],
): Promise<LoadedTable> {
  const table = new ScoreTable(sources.map(({ name, kind }) => ({ name, kind })))
  const reader = new RecordReader(table, records.rows)
  for (let first = 0; first < records.rows; first += TOGETHER.read) {
    const sql = togetherSql(records.relation, sources, first)
    for await (const { columns, rowCount } of session.batches(sql)) {
      for (let at = 0; at < rowCount; at++) reader.take(Buffer.from(String(columns[0]?.[at])))
    }
  }
  for (const [field, { sql }] of sources.entries()) {
    for await (const { columns, rowCount } of session.batches(
      `select pid::integer, ${sql} from ${records.relation} where strlen(${sql}) > ${TOGETHER.bytesMax}`,
    )) {
      const pids = int32(columns[0], rowCount)
      for (let at = 0; at < rowCount; at++) {
        reader.takeOne(pids[at] ?? 0, field, String(columns[1]?.[at]))
      }
    }
  }
  return { table, rowOf: reader.rowOf() }
}

/** SQL of the pid and the texts of each record from one on, many records in one text. */
function togetherSql(relation: string, sources: readonly FieldSource[], first: number): string {
  const between = `chr(${BETWEEN})`
  const read = sources.map(({ sql }, at) => `, ${sql} as t${at}`)
  const texts = sources.map(
    (_source, at) =>
      `case when t${at} is null or strlen(t${at}) > ${TOGETHER.bytesMax} then ''` +
      ` when contains(t${at}, ${between}) then replace(t${at}, ${between}, ' ') else t${at} end`,
  )
  return `select string_agg(concat_ws(${[between, 'pid', ...texts].join(', ')}), ${between})
    from (select pid${read.join('')} from ${relation} where pid >= ${first} and pid < ${first + TOGETHER.read})
    group by pid // ${TOGETHER.records}`
}

const ZERO = 0x30

/** Takes the texts of records, and gives each its row. */
class RecordReader {
  readonly #table: ScoreTable
  readonly #numbers: readonly TextNumbers[]
  /** The values of each record by its pid, as a table has them by row. */
  readonly #tuples: Int32Array
  readonly #isThere: Uint8Array

  constructor(table: ScoreTable, rows: number) {
    this.#table = table
    this.#numbers = table.fields.map(values => new TextNumbers(values))
    this.#tuples = new Int32Array(rows * table.fields.length).fill(BLANK)
    this.#isThere = new Uint8Array(rows)
  }

  /** Takes records that crossed together: of each its pid, then its texts. */
  take(bytes: Buffer): void {
    const width = this.#numbers.length
    for (let start = 0; start < bytes.length; start++) {
      let pid = 0
      for (; start < bytes.length && bytes[start] !== BETWEEN; start++) {
        pid = 10 * pid + (bytes[start] ?? 0) - ZERO
      }
      this.#isThere[pid] = 1
      for (let field = 0; field < width; field++) {
        let end = start + 1
        while (end < bytes.length && bytes[end] !== BETWEEN) end++
        const value = this.#numbers[field]?.number(bytes, start + 1, end) ?? BLANK
        this.#put(pid * width + field, value, field)
        start = end
      }
    }
  }

  /** Takes one text of a record. */
  takeOne(pid: number, field: number, text: string): void {
    const value = this.#numbers[field]?.numberOf(text) ?? BLANK
    this.#put(pid * this.#numbers.length + field, value, field)
  }

  #put(place: number, value: number, field: number): void {
    this.#tuples[place] = value
    if (value !== BLANK) this.#table.fields[field]?.addCount(value, 1)
  }

  /** The row of each record. They are numbered in the order of records, in which these need not have come. */
  rowOf(): Int32Array {
    const rowOf = new Int32Array(this.#isThere.length).fill(-1)
    const tuple = new Int32Array(this.#numbers.length)
    for (let pid = 0; pid < rowOf.length; pid++) {
      if (this.#isThere[pid] === 0) continue
      for (let field = 0; field < tuple.length; field++) {
        tuple[field] = this.#tuples[pid * tuple.length + field] ?? BLANK
      }
      rowOf[pid] = this.#table.rowOf(tuple)
    }
    return rowOf
  }
}
