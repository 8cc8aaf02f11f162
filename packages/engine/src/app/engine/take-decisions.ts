import { MainstemError } from '@mainstem/contracts'
import type { Decided, Verdict } from '../../identity/index.ts'
import type { JournalEntry } from '../../journal/index.ts'
import { type ChangeSet, qualifiedPartyHash, type SqlSession } from '../../lake/index.ts'
import type { DecidedPairs } from './downstream.ts'

/** A fully qualified key: what a decision is about, whether the record is there or not. */
export interface RecordKey {
  readonly id: string
  readonly qualifier: string | null
}

/** What is decided of a pair; `none` takes the decision that holds back. */
export type DecisionVerdict = Verdict | 'none'

/** One decision of an entry. */
export interface DecisionItem {
  readonly one: RecordKey
  readonly other: RecordKey
  readonly verdict: DecisionVerdict
  readonly author: string
  readonly reason: string
  readonly atMs: number
}

/** The body of a journal entry of kind `decision`: decisions about records of one object, in order. */
export interface DecisionEntry {
  readonly object: number
  readonly decisions: readonly DecisionItem[]
}

/** What an entry's body says. */
function parseDecisions(body: Uint8Array): DecisionEntry {
  const value: unknown = JSON.parse(new TextDecoder().decode(body))
  const { object, decisions } = partsOf(value)
  if (typeof object === 'number' && Array.isArray(decisions)) {
    return { object, decisions: decisions.map(parseItem) }
  }
  throw new MainstemError('STORE_DAMAGED', 'A decision of the journal cannot be read.')
}

function parseItem(value: unknown): DecisionItem {
  const { one, other, verdict, author, reason, atMs } = partsOf(value)
  return {
    one: parseKey(one),
    other: parseKey(other),
    verdict: verdict === 'together' || verdict === 'never' ? verdict : 'none',
    author: String(author),
    reason: String(reason),
    atMs: Number(atMs),
  }
}

function parseKey(value: unknown): RecordKey {
  const { id, qualifier } = partsOf(value)
  return { id: String(id), qualifier: typeof qualifier === 'string' ? qualifier : null }
}

function partsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value))
    : {}
}

/** Whether the decisions of a position are recorded: the journal may be applied again after a crash. */
export async function wereDecided(session: SqlSession, position: bigint): Promise<boolean> {
  const [row] = await session.rows(`select 1 from decision where pos = ${position} limit 1`)
  return row !== undefined
}

/** Records the decisions of an entry, and notes both records of each as changed. */
export async function recordDecisions(
  session: SqlSession,
  entry: JournalEntry,
  changes: ChangeSet,
): Promise<DecidedPairs> {
  const { object, decisions } = parseDecisions(entry.body)
  await stageDecisions(session, decisions)
  await nameParties(session, object)
  const pid = (side: string): string =>
    `(select pid from party where h = ${qualifiedPartyHash(object, `d.${side}_id`, `d.${side}_kq`)})`
  await session.run(
    `insert into decision
     select (select coalesce(max(number), 0) from decision) + 1 + place, ${object}, least(a, b), greatest(a, b),
            verdict, author, reason, ${entry.position}, make_timestamptz(at_ms * 1000)
     from (select *, ${pid('one')} as a, ${pid('other')} as b from temp.fresh_decision d) order by place`,
  )
  await session.run('drop table temp.fresh_decision')
  const own = `from decision where pos = ${entry.position}`
  await changes.add(
    session,
    'touched',
    `select one as pid, object ${own} union all select other, object ${own}`,
  )
  return { object, pairs: await decidedAt(session, own) }
}

async function stageDecisions(
  session: SqlSession,
  decisions: readonly DecisionItem[],
): Promise<void> {
  await session.run(
    `create or replace temp table fresh_decision (
       place integer, verdict varchar, author varchar, reason varchar, at_ms bigint, one_id varchar, one_kq varchar,
       other_id varchar, other_kq varchar)`,
  )
  const text = (name: string, of: (item: DecisionItem) => string | null) => ({
    name,
    type: 'VARCHAR' as const,
    values: decisions.map(of),
  })
  await session.load('temp.fresh_decision', [
    { name: 'place', type: 'INTEGER', values: Int32Array.from(decisions.keys()) },
    text('verdict', item => item.verdict),
    text('author', item => item.author),
    text('reason', item => item.reason),
    { name: 'at_ms', type: 'BIGINT', values: decisions.map(item => BigInt(item.atMs)) },
    text('one_id', item => item.one.id),
    text('one_kq', item => item.one.qualifier),
    text('other_id', item => item.other.id),
    text('other_kq', item => item.other.qualifier),
  ])
}

/** Gives dense ids to records that were never there: a decision waits for them. */
async function nameParties(session: SqlSession, object: number): Promise<void> {
  await session.run(
    `insert into party
     select (select coalesce(max(pid), -1) from party) + row_number() over (order by h), ${object}, id, kq, h
     from (select ${qualifiedPartyHash(object, 'id', 'kq')} as h, min(id) as id, any_value(kq) as kq
           from (select one_id as id, one_kq as kq from temp.fresh_decision
                 union all select other_id, other_kq from temp.fresh_decision) group by h) n
     where not exists (select 1 from party p where p.h = n.h)`,
  )
}

async function decidedAt(session: SqlSession, own: string): Promise<readonly Decided[]> {
  const rows = await session.rows(`select number, one, other, verdict ${own} order by number`)
  return rows.map(([number, one, other, verdict]) => ({
    number: Number(number),
    pair: [Number(one), Number(other)],
    verdict: verdict === 'together' || verdict === 'never' ? verdict : undefined,
  }))
}
