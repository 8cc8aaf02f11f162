import { e164Column } from '../../identity/index.ts'
import { dloTable, type SqlSession } from '../../lake/index.ts'
import { ident } from '../../query/index.ts'
import { compareRows } from './compare-rows.ts'
import type { Verification } from './verification.ts'

/**
 * Derived: the dictionary of phone numbers. Every number of the lake must be in it once, and every
 * number that is in it (those of deleted rows stay) must have the E.164 form that the library gives.
 */
export async function comparePhones(verification: Verification): Promise<void> {
  const { session, applied } = verification
  const sources = applied.phones.map(
    ({ stream, rawSql, regionSql }) =>
      `select (${rawSql})::varchar as raw, (${regionSql})::varchar as region from ${ident(dloTable(stream))}`,
  )
  const known = 'select raw, region from phone_e164'
  await session.run(
    'create or replace temp table fresh_phone (raw varchar, region varchar, e164 varchar)',
  )
  await loadNumbers(
    session,
    `select distinct raw, coalesce(region, '') from (${[known, ...sources].join(' union all ')}) where raw is not null`,
  )
  await compareRows(verification, {
    stage: 'lake',
    object: 'phone_e164',
    kind: 'derived',
    key: ['raw', 'region'],
    freshSql: 'from temp.fresh_phone',
  })
  await session.run('drop table temp.fresh_phone')
}

/** A session is in one conversation at a time, so the numbers are read before any is written. */
async function loadNumbers(session: SqlSession, sql: string): Promise<void> {
  const raws: string[] = []
  const regions: string[] = []
  for await (const { columns, rowCount } of session.batches(sql)) {
    const [raw, region] = columns
    for (let at = 0; at < rowCount; at++) {
      raws.push(String(raw?.[at] ?? ''))
      regions.push(String(region?.[at] ?? ''))
    }
  }
  if (raws.length === 0) return
  await session.load('temp.fresh_phone', [
    { name: 'raw', type: 'VARCHAR', values: raws },
    { name: 'region', type: 'VARCHAR', values: regions },
    { name: 'e164', type: 'VARCHAR', values: e164Column(raws, regions) },
  ])
}
