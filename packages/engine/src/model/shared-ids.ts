import { ident, literal } from '../query/index.ts'
import { branchesOf, type ModelPlan } from './plan.ts'
import { viewName } from './views.ts'

/** Two streams whose records share keys without a qualifier, and how the people behind them differ. */
export interface SharedIds {
  readonly left: string
  readonly right: string
  /** Keys that both streams have. */
  readonly shared: number
  /** Of these, keys whose records are of different people. */
  readonly differing: number
  /** Some of the differing keys, lowest first. */
  readonly ids: readonly string[]
}

/** How many differing keys are named. */
export const SHARED_IDS_NAMED = 5

/**
 * SQL of keys of Individual that two streams have without a qualifier: one row a pair of streams,
 * columns `left, right, shared, differing, ids` (ids joined by U+001F). People differ when both have
 * e-mail addresses and none in common, else when their full names differ. Null when no two streams
 * can share keys.
 */
export function sharedIdsSql(plan: ModelPlan): string | null {
  const branches = branchesOf(plan, 'Individual').filter(one => one.qualifiers.get('Id') === null)
  const streams = new Set(branches.map(branch => branch.stream))
  if (streams.size < 2) return null
  const names = Array.from(streams, name => literal(name)).join(', ')
  const full = `lower(trim(concat_ws(' ', trim("FirstName"), trim("LastName"))))`
  return `with person as (
  select "_p_Id" as pid, _stream, min("Id") as id, min(nullif(${full}, '')) as name
  from ${ident(viewName('Individual'))} where not _system and "KQ_Id" is null and _stream in (${names})
  group by all),
both_sides as (
  select l.pid, l._stream as l_stream, r._stream as r_stream, l.id, l.name as l_name, r.name as r_name
  from person l join person r on l.pid = r.pid and l._stream < r._stream),
mail as (
  select "_p_PartyId" as pid, _stream, list(distinct lower(trim("EmailAddress"))) as mails
  from ${ident(viewName('ContactPointEmail'))}
  where "_p_PartyId" in (select pid from both_sides) group by all),
judged as (
  select l_stream, r_stream, id,
    case when l.mails is not null and r.mails is not null then not list_has_any(l.mails, r.mails)
      else coalesce(l_name <> r_name, false) end as differs
  from both_sides b
  left join mail l on l.pid = b.pid and l._stream = l_stream
  left join mail r on r.pid = b.pid and r._stream = r_stream)
select l_stream, r_stream, count(*), count(*) filter (differs),
  array_to_string(min(id, ${SHARED_IDS_NAMED}) filter (differs), chr(31))
from judged group by all order by all`
}

/** A row of `sharedIdsSql`. */
export function sharedIdsOf(row: readonly unknown[]): SharedIds {
  const [left, right, shared, differing, ids] = row
  const names = typeof ids === 'string' && ids !== '' ? ids.split('\u001f') : []
  return {
    left: String(left),
    right: String(right),
    shared: Number(shared),
    differing: Number(differing),
    ids: names,
  }
}

/** The qualifier to propose for a stream: the word of its name that says its source. */
export function proposedQualifier(stream: string, other: string): string {
  const first = stream.split('_')[0] ?? stream
  return first !== (other.split('_')[0] ?? other) && first !== '' ? first : stream
}
