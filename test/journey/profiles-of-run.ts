import { sorted, type ToldProfile } from './rules-aloud.ts'
import type { World } from './world.ts'

const text = (value: unknown): string => String(value ?? '')
const list = (value: unknown): string[] => {
  const items = text(value)
  return items === '' ? [] : items.split('\n').toSorted()
}

/** The unified profiles of one history, as the store has them. */
export async function storedProfiles(world: World, run: number): Promise<readonly ToldProfile[]> {
  await world.run({ stage: 'insights' })
  const rows = await world.rows(`
    with member as (
      select l.uid, case when p.kq = '_identity' then (
          select min(lower(trim(c."EmailAddress"))) from "m_ContactPointEmail" c where c."_p_PartyId" = l.pid)
        else p.id end as name
      from link__i_ l join party p on p.pid = l.pid),
    own as (select uid, string_agg(name, chr(10) order by name) as names from member
            where name like '${run}-%' or name like '%@r${run}.example' group by uid)
    select o.names, u."FirstName", u."LastName",
      (select string_agg(_value, chr(10)) from "unified_ContactPointEmail__i_" e where e.uid = o.uid),
      (select string_agg(_value, chr(10)) from "unified_ContactPointPhone__i_" e where e.uid = o.uid),
      (select string_agg((("lifetime_value" * 100)::bigint)::varchar || '/' || "total_orders"::bigint, ',')
       from cio_lifetime_value v where v."Id" = u."Id")
    from own o left join unified__i_ u on u.uid = o.uid`)
  return sorted(
    rows.map(([members, first, last, emails, phones, value]) => ({
      members: list(members),
      first: first === null ? null : text(first),
      last: last === null ? null : text(last),
      emails: list(emails),
      phones: list(phones),
      value: value === null ? undefined : text(value),
    })),
  )
}

/** Every column of the unified profiles and contact points of one history, but the ids given out. */
export async function storedRows(world: World, run: number): Promise<readonly string[]> {
  const parts = [
    `select * exclude (uid, _hash, "Id", "CustomerKey") from unified__i_ u where exists (
       select 1 from link__i_ l join party p on p.pid = l.pid where l.uid = u.uid and p.id like '${run}-%')`,
    `select * exclude (uid, _hash, "Id", "PartyId") from "unified_ContactPointEmail__i_" where _value like '%@r${run}.example'`,
    `select * exclude (uid, _hash, "Id", "PartyId") from "unified_ContactPointPhone__i_" where _value like '+44207${String(run).padStart(4, '0')}%'`,
  ]
  const rows: string[] = []
  for (const part of parts) {
    for (const [row] of await world.rows(`select to_json(x)::varchar from (${part}) x`))
      rows.push(text(row))
  }
  return rows.toSorted()
}
