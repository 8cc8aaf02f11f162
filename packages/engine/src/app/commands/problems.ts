import type { Engine } from '../engine/engine.ts'
import { type AnswerPlace, isoSql, numberAt, placeOf, textAt } from './answer.ts'
import { problemFix, problemReason } from './problems-catalogue.ts'
import { problemFilter } from './problems-filter.ts'

export { type Reprocessed, reprocessLines, reprocessProblems } from './problems-reprocess.ts'

/** A record that could not be taken in. */
export interface ProblemRow {
  readonly id: number
  readonly stream: string
  readonly code: string
  readonly field: string | null
  readonly reason: string
  readonly fix: string
  /** Its original bytes: as text, or as `hex:` and hexadecimal digits where they are not UTF-8. */
  readonly payload: string | null
  readonly payloadBytes: number
  /** The run that met it; null if it was posted. */
  readonly run: number | null
  readonly origin: string | null
  /** Its record number in the file or request, from 1. */
  readonly row: number | null
  readonly at: string | null
}

/** The answer of `problems`. */
export interface ProblemList extends AnswerPlace {
  /** Problem records that are open; `rows` may show fewer. */
  readonly total: number
  readonly rows: readonly ProblemRow[]
}

/** What to show of the problem records. */
export interface ProblemRequest {
  readonly stream?: string | undefined
  /** Rows at most; the oldest come first. */
  readonly limit?: number | undefined
}

/** Rows that are shown where nobody says how many. */
export const PROBLEM_ROWS = 1000

/** Bytes of a payload that are shown; all of them are kept. */
export const PAYLOAD_BYTES_SHOWN = 65_536

/** The open problem records, oldest first. */
export async function problems(engine: Engine, request: ProblemRequest = {}): Promise<ProblemList> {
  const where = problemFilter(engine, request.stream)
  const limit = Math.max(0, Math.min(Math.trunc(request.limit ?? PROBLEM_ROWS), 50_000))
  return await engine.reading(async session => {
    const [total] = await session.rows(`select count(*) from problem where ${where}`)
    const rows = await session.rows(
      `select id, stream, code, field, ${PAYLOAD_SQL}, octet_length(payload),
         (select min(r.id) from run r where r.stage = 'streams' and r.name = p.stream and r.position >= p.pos
            and exists (select 1 from file_taken f where f.stream = p.stream and f.pos = p.pos)),
         origin, nullif(source_row, 0), ${isoSql('noted_at')}
       from problem p where ${where} order by id limit ${limit}`,
    )
    return { ...placeOf(engine), total: numberAt(total, 0), rows: rows.map(problemRow) }
  })
}

/** The same for people: one block a kind of problem, with what to do. */
export function problemLines(list: ProblemList): readonly string[] {
  if (list.total === 0) return ['There are no problem records.']
  const kinds = new Map<string, ProblemRow[]>()
  for (const row of list.rows) {
    const kind = `${row.stream}\n${row.code}\n${row.field ?? ''}`
    kinds.set(kind, [...(kinds.get(kind) ?? []), row])
  }
  const more = list.total > list.rows.length ? `, the first ${list.rows.length} are shown` : ''
  return [
    `${list.total} problem records${more}.`,
    ...[...kinds.values()].flatMap(rows => kindLines(rows)),
  ]
}

/** Records of one kind that people are shown. */
const EXAMPLES_SHOWN = 3

function kindLines(rows: readonly ProblemRow[]): readonly string[] {
  const [first] = rows
  if (!first) return []
  const shown = rows.slice(0, EXAMPLES_SHOWN).map(row => {
    const place = row.row === null ? (row.origin ?? '') : `${row.origin ?? ''} record ${row.row}`
    return `    ${place}: ${oneLine(row.payload ?? '')}`
  })
  const more =
    rows.length > EXAMPLES_SHOWN ? [`    … and ${rows.length - EXAMPLES_SHOWN} more`] : []
  return [
    '',
    `${first.stream}: ${rows.length} × ${first.code}. ${first.reason}`,
    `  ${first.fix}`,
    ...shown,
    ...more,
  ]
}

/** Control characters could rewrite what stands on a terminal. */
function oneLine(text: string): string {
  const plain = text.slice(0, 200).replaceAll(/[\p{Cc}\p{Cf}]/gu, ' ')
  return text.length > 200 ? `${plain}…` : plain
}

const PAYLOAD_SQL = `
  case when octet_length(payload) <= ${PAYLOAD_BYTES_SHOWN} then coalesce(try(decode(payload)), 'hex:' || hex(payload))
       else coalesce(left(try(decode(payload)), ${PAYLOAD_BYTES_SHOWN}), 'hex:' || left(hex(payload), ${PAYLOAD_BYTES_SHOWN})) || '…' end`

function problemRow(row: readonly unknown[]): ProblemRow {
  const code = textAt(row, 2) ?? ''
  const field = textAt(row, 3)
  return {
    id: numberAt(row, 0),
    stream: textAt(row, 1) ?? '',
    code,
    field,
    reason: problemReason(code, field),
    fix: problemFix(code, field),
    payload: textAt(row, 4),
    payloadBytes: numberAt(row, 5),
    run: row[6] === null ? null : numberAt(row, 6),
    origin: textAt(row, 7),
    row: row[8] === null ? null : numberAt(row, 8),
    at: textAt(row, 9),
  }
}
