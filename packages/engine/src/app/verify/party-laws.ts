import { dloTable, type PartyRef, partyHash } from '../../lake/index.ts'
import { ident, literal } from '../../query/index.ts'
import { checkLaws, type Law, oneOfLaw, uniqueLaw, violating } from './check-laws.ts'
import type { LakeStream } from './lake-stream.ts'
import type { TableName } from './report.ts'
import type { Verification } from './verification.ts'

const PARTY: TableName = { stage: 'lake', object: 'party', kind: 'recorded' }

const OWN_HASH = `md5_number_lower(object || chr(31) || coalesce(kq, '') || chr(31) || id)`

/** A party that can be relied on: its hash is of its key, and its number is one of the dense ones. */
const SOUND = `h = ${OWN_HASH} and pid >= 0 and pid < (select count(distinct pid) from party)`

/**
 * Recorded: the dictionary of parties. Makes the temporary table `sound_party (pid, h)`, which the
 * lake's references are compared with.
 */
export async function checkParties(
  verification: Verification,
  streams: readonly LakeStream[],
): Promise<void> {
  const { session } = verification
  await session.run(
    `create or replace temp table sound_party as select min(pid) as pid, h from party where ${SOUND} group by h`,
  )
  const violations = await checkLaws(verification, PARTY, [
    uniqueLaw('PA1: a party has one number', 'party', ['pid']),
    uniqueLaw('PA2: a fully qualified key is one party', 'party', ['h']),
    {
      law: 'PA3: the hash of a party is of its key',
      sql: violating({
        from: 'party',
        where: `h is distinct from ${OWN_HASH}`,
        key: 'pid',
        field: 'h',
        recomputed: OWN_HASH,
      }),
    },
    {
      law: 'PA4: the numbers of parties are dense from 0',
      sql: violating({
        from: '(select count(distinct pid) as n, max(pid) + 1 as "pid" from party)',
        where: `n <> coalesce("pid", 0)`,
        key: `'count'`,
        field: 'pid',
        recomputed: 'n',
      }),
    },
    oneOfLaw('PA5: a party is an individual or an account', {
      object: 'party',
      key: 'pid',
      field: 'object',
      values: ['0', '1'],
    }),
    referredLaw(streams),
  ])
  if (violations > 0) await repair(verification, streams)
}

/** All references of the lake: who the rows say that they belong to, and the number stored for it. */
function referencesSql(streams: readonly LakeStream[]): string {
  const reads = streams.flatMap(({ name, refs }) =>
    refs.map(ref => referenceSql(ident(dloTable(name)), ref)),
  )
  return reads.length === 0
    ? 'select null::integer as pid, 0 as object, null as id, null as kq, null::ubigint as h where false'
    : reads.join(' union all ')
}

function referenceSql(table: string, ref: PartyRef): string {
  return (
    `select ${ref.column} as pid, ${ref.object}::utinyint as object, (${ref.idSql})::varchar as id, ` +
    `${literal(ref.qualifier)}::varchar as kq, ${partyHash(ref)} as h from ${table} where (${ref.idSql}) is not null`
  )
}

function referredLaw(streams: readonly LakeStream[]): Law {
  const from = `(select min(object || ' ' || coalesce(kq || ':', '') || id) as id from (${referencesSql(streams)})
                 where h not in (select h from party where h is not null) group by h)`
  return {
    law: 'PA6: every party that rows of the lake belong to is in the dictionary',
    sql: violating({ from, key: 'id', field: 'id', live: 'null', recomputed: 'id' }),
  }
}

/** The dictionary as the lake has it, and of parties without rows those that are sound. */
async function repair({ session }: Verification, streams: readonly LakeStream[]): Promise<void> {
  await session.run(
    `create or replace temp table referred as
     select mode(pid) as pid, min(object)::utinyint as object, min(id) as id, min(kq) as kq, h
     from (${referencesSql(streams)}) where pid is not null group by h`,
  )
  await session.run(
    `insert into temp.referred select distinct pid, object, id, kq, h from party
     where ${SOUND} and h not in (select h from temp.referred)`,
  )
  await session.run('delete from party')
  await session.run('insert into party select pid, object, id, kq, h from temp.referred')
  await session.run('drop table temp.referred')
}
