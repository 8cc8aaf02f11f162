import type { FieldType } from '@mainstem/contracts'
import { evidenceSql, fieldName, inferType, type SchemaField } from '../streams/index.ts'
import type { OpenedFile } from './read-file.ts'
import type { SqlSession } from './sql-session.ts'

/** Records that a schema is inferred from. */
const SAMPLE_ROWS = 20_000

/** The fields of a file, told from the records of its first batch; the named ones are always text. */
export async function inferFields(
  session: SqlSession,
  file: OpenedFile,
  asText: readonly string[],
): Promise<readonly SchemaField[]> {
  const measures = file.columns.flatMap(column => evidenceSql(column))
  const rows = await session.rows(
    `select ${measures.join(', ')} from (${file.sample(SAMPLE_ROWS)})`,
  )
  const counts = (rows[0] ?? []).map(Number)
  const taken = new Set<string>()
  return file.columns.map((column, at) => {
    const [filled = 0, numbers = 0, dates = 0, times = 0, booleans = 0] = counts.slice(
      at * 5,
      at * 5 + 5,
    )
    const name = unused(fieldName(column), taken)
    const type: FieldType = asText.includes(name)
      ? 'Text'
      : inferType(column, { filled, numbers, dates, times, booleans })
    return { name, type, path: column }
  })
}

function unused(name: string, taken: Set<string>): string {
  let free = name
  for (let next = 2; taken.has(free.toLowerCase()); next++) free = `${name}_${next}`
  taken.add(free.toLowerCase())
  return free
}
