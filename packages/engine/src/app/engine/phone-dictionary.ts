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
  const reads = sources.map(source => `select ${source.rawSql} as raw, ${source.regionSql} as region from ${from}`)
  let added = 0
  const batches: { raws: string[]; regions: string[] }[] = []
  const sql = `
    select raw::varchar, region::varchar from (select distinct raw, region from (${reads.join(' union all ')}) where raw is not null) n
    where not exists (select 1 from phone_e164 k where k.raw = n.raw and k.region = n.region)`
  for await (const { columns, rowCount } of session.batches(sql)) {
    const [raws, regions] = columns
    batches.push({
      raws: Array.from({ length: rowCount }, (_none, at) => String(raws?.[at] ?? '')),
      regions: Array.from({ length: rowCount }, (_none, at) => String(regions?.[at] ?? '')),
    })
  }
  for (const { raws, regions } of batches) {
    await session.load('phone_e164', [
      { name: 'raw', type: 'VARCHAR', values: raws },
      { name: 'region', type: 'VARCHAR', values: regions },
      { name: 'e164', type: 'VARCHAR', values: e164Column(raws, regions) },
    ])
    added += raws.length
  }
  return added
}
