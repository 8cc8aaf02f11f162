import type { Intake } from './intake-request.ts'
import type { FilePlace, OpenedFile } from './read-file.ts'
import type { SourceFile } from './source-file.ts'
import type { SqlSession } from './sql-session.ts'

/** Reads some bytes of a file as it came; undefined where they cannot be had (compressed). */
export type ReadBytes = (path: string, offset: number, length: number) => Uint8Array | undefined

/** What was wrong with a line, in our codes, by the engine's. */
const CODES: Readonly<Record<string, string>> = {
  'INVALID ENCODING': 'INVALID_ENCODING',
  'LINE SIZE OVER MAXIMUM': 'LINE_TOO_LONG',
  'TOO MANY COLUMNS': 'TOO_MANY_COLUMNS',
  'MISSING COLUMNS': 'MISSING_COLUMNS',
  'UNQUOTED VALUE': 'BROKEN_QUOTES',
}

/** Where the lines came from, and the run that met them. */
export interface Rejection {
  readonly file: SourceFile
  readonly opened: OpenedFile
  readonly place: FilePlace
  readonly intake: Intake
  readonly readBytes: ReadBytes
}

/**
 * Lines that the engine could not split into records become problem records with their bytes, and
 * the rows after them keep their true place in the file. Answers how many there were.
 */
export async function takeRejectedLines(
  session: SqlSession,
  rejection: Rejection,
): Promise<number> {
  const { opened, intake, place, file } = rejection
  if (!opened.rejects) return 0
  const found = await session.rows(
    `select line, line_byte_position, any_value(csv_line), min(error_type::varchar),
            bool_or(error_type = 'INVALID ENCODING') from ${opened.rejects.table}
     group by line, line_byte_position order by line_byte_position, line`,
  )
  if (found.length === 0) return 0
  const lines: number[] = []
  for (const [line, offset, text, kind, garbled] of found) {
    const row = Number(line) - opened.rejects.linesBefore
    lines.push(row)
    const shown = new TextEncoder().encode(String(text ?? ''))
    const original = garbled
      ? rejection.readBytes(file.path, Number(offset) - 1, shown.length)
      : shown
    const code = garbled ? 'INVALID_ENCODING' : (CODES[String(kind)] ?? 'MALFORMED_RECORD')
    await session.run(
      `insert into problem select (select coalesce(max(id), 0) + 1 from problem), ?, ?, null, ?::blob,
         ${place.position}, ?, ?, ${intake.runId}, make_timestamptz(${place.atMs * 1000}::bigint), 'open'`,
      [intake.schema.name, code, original ?? shown, row, file.label],
    )
  }
  await renumber(session, lines)
  return found.length
}

/** The n-th good row stands as many rows further down as there are bad lines before it. */
async function renumber(session: SqlSession, lines: readonly number[]): Promise<void> {
  const before = lines.map((line, at) => `(${line - at - 1})`).join(', ')
  await session.run(
    `update stage set _row = _row + (select count(*) from (values ${before}) b(good) where b.good < stage._row)`,
  )
}
