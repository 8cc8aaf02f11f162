import { e164Column } from '../../identity/index.ts'
import type { SqlSession } from '../../lake/index.ts'
import type { Applied } from './engine-state.ts'

/**
 * Puts phone numbers that were not met before into the dictionary, with their E.164 form; null
 * for what is no number. `from` is a relation with the fields of the stream.
 */
export async function fillPhones(
  session: SqlSession,
  { phones }: Pick<Applied, 'phones'>,
  { stream, from }: { stream: string; from: string },
): Promise<number> {
  const sources = phones.filter(source => source.stream === stream)
  if (sources.length === 0) return 0
  const reads = sources.map(
    source => `select ${source.rawSql} as raw, ${source.regionSql} as region from ${from}`,
  )
  const sql = `
    select raw::varchar, region::varchar from (select distinct raw, region from (${reads.join(' union all ')}) where raw is not null) n
    where not exists (select 1 from phone_e164 k where k.raw = n.raw and k.region = n.region)`
  const raws: string[] = []
  const regions: string[] = []
  for await (const { columns, rowCount } of session.batches(sql)) {
    for (let at = 0; at < rowCount; at++) {
      raws.push(String(columns[0]?.[at] ?? ''))
      regions.push(String(columns[1]?.[at] ?? ''))
    }
  }
  for (let start = 0; start < raws.length; start += NUMBERS_A_LOAD) {
    await loadNumbers(
      session,
      raws.slice(start, start + NUMBERS_A_LOAD),
      regions.slice(start, start + NUMBERS_A_LOAD),
    )
  }
  return raws.length
}

/** Numbers that are written at one time: each write costs, and between them others get their turn. */
const NUMBERS_A_LOAD = 32_768

async function loadNumbers(
  session: SqlSession,
  raws: readonly string[],
  regions: readonly string[],
): Promise<void> {
  await session.load('phone_e164', [
    { name: 'raw', type: 'VARCHAR', values: raws },
    { name: 'region', type: 'VARCHAR', values: regions },
    { name: 'e164', type: 'VARCHAR', values: e164Column(raws, regions) },
  ])
}
