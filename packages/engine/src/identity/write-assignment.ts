import type { SqlSession } from '../lake/index.ts'
import { literal, literals } from '../query/index.ts'
import { type Assignment, IDENTITY_EVENT_KINDS, NO_UID } from './core/index.ts'
import type { IdentityTables } from './identity-tables.ts'
import type { RunAt } from './run-at.ts'

/** Who is who from now on, and where to write it. */
export interface AssignmentToWrite {
  readonly tables: IdentityTables
  /** What unified ids are made from, with the uid. */
  readonly idPrefix: string
  readonly pids: Int32Array
  readonly previous: Int32Array
  readonly assignment: Assignment
  /** The number of the first event. */
  readonly firstEvent: number
  readonly at: RunAt
}

/** Writes links, unified ids and identity events; answers how many source profiles moved. */
export async function writeAssignment(
  session: SqlSession,
  writing: AssignmentToWrite,
): Promise<number> {
  const moved = await writeLinks(session, writing)
  await writeIds(session, writing)
  await writeEvents(session, writing)
  return moved
}

async function writeLinks(
  session: SqlSession,
  { tables, pids, previous, assignment }: AssignmentToWrite,
): Promise<number> {
  const moved = pids.filter((_pid, at) => previous[at] !== assignment.uids[at])
  if (moved.length === 0) return 0
  const uids = new Int32Array(moved.length)
  let next = 0
  for (let at = 0; at < pids.length; at++) {
    const uid = assignment.uids[at] ?? NO_UID
    if (previous[at] !== uid) uids[next++] = uid
  }
  const hadSome = previous.some(uid => uid !== NO_UID)
  const haveAll = previous.every((uid, at) => uid !== NO_UID && assignment.uids[at] !== NO_UID)
  if (moved.length <= ROWS_A_STATEMENT) {
    const rows = `(values ${Array.from(moved, (pid, at) => `(${pid}, ${uids[at] ?? NO_UID})`).join(', ')}) v(pid, uid)`
    if (haveAll) {
      const isOne = uids.every(uid => uid === uids[0])
      const change = isOne
        ? `set uid = ${uids[0] ?? NO_UID} where pid in ${literals(moved)}`
        : `l set uid = v.uid from ${rows} where l.pid = v.pid`
      await session.run(`update ${tables.link} ${change}`)
      return moved.length
    }
    if (hadSome) await session.run(`delete from ${tables.link} where pid in ${literals(moved)}`)
    await session.run(`insert into ${tables.link} select * from ${rows} where uid >= 0`)
    return moved.length
  }
  await session.run('create or replace temp table fresh_link (pid integer, uid integer)')
  await session.load('temp.fresh_link', [
    { name: 'pid', type: 'INTEGER', values: moved },
    { name: 'uid', type: 'INTEGER', values: uids },
  ])
  if (hadSome)
    await session.run(`delete from ${tables.link} where pid in (select pid from fresh_link)`)
  await session.run(`insert into ${tables.link} select pid, uid from fresh_link where uid >= 0`)
  return moved.length
}

/** SQL of the id that others see of a unified profile, from its dense one. */
export function unifiedIdSql(idPrefix: string, uid: string): string {
  return `md5(${literal(idPrefix)} || ${uid})`
}

async function writeIds(
  session: SqlSession,
  { tables, idPrefix, assignment, at }: AssignmentToWrite,
): Promise<void> {
  const when = `make_timestamptz(${at.atMs * 1000}::bigint)`
  const created = Int32Array.from(assignment.created)
  const first = created[0]
  if (first !== undefined) {
    await session.run(
      `insert into ${tables.unifiedId}
       select uid, ${unifiedIdSql(idPrefix, 'uid')}, null, ${at.position}, ${when}, null
       from (select unnest(range(${first}, ${first + created.length}))::integer as uid)`,
    )
  }
  const gone = [
    ...assignment.aliases.map(({ loser, survivor }) => `(${loser}, ${survivor})`),
    ...assignment.retired.map(uid => `(${uid}, null)`),
  ]
  for (let start = 0; start < gone.length; start += IDS_A_STATEMENT) {
    await session.run(
      `update ${tables.unifiedId} u set alias_of = g.other, retired_pos = ${at.position}
       from (values ${gone.slice(start, start + IDS_A_STATEMENT).join(', ')}) g(uid, other) where u.uid = g.uid`,
    )
  }
}

/** Ids that one statement names at most. */
const IDS_A_STATEMENT = 10_000

/** Rows up to which they are written as values, which saves a table and two statements. */
const ROWS_A_STATEMENT = 2000

async function writeEvents(
  session: SqlSession,
  { tables, assignment, firstEvent, at }: AssignmentToWrite,
): Promise<void> {
  const { events } = assignment
  if (events.count === 0) return
  const when = `${at.position}, make_timestamptz(${at.atMs * 1000}::bigint)`
  if (events.count <= ROWS_A_STATEMENT) {
    const rows = Array.from({ length: events.count }, (_none, place) => {
      const other = idOrNull(events.other[place])
      const uid = events.uid[place] ?? NO_UID
      return `(${firstEvent + place}, '${kindOf(events.kind[place])}', ${uid}, ${other}, ${when}, null)`
    })
    await session.run(`insert into ${tables.event} values ${rows.join(', ')}`)
    return
  }
  await session.run(
    'create or replace temp table fresh_event (place integer, kind varchar, uid integer, other integer)',
  )
  await session.load('temp.fresh_event', [
    {
      name: 'place',
      type: 'INTEGER',
      values: Int32Array.from({ length: events.count }, (_none, place) => place),
    },
    {
      name: 'kind',
      type: 'VARCHAR',
      values: Array.from({ length: events.count }, (_none, place) => kindOf(events.kind[place])),
    },
    { name: 'uid', type: 'INTEGER', values: events.uid.subarray(0, events.count) },
    { name: 'other', type: 'INTEGER', values: events.other.subarray(0, events.count) },
  ])
  await session.run(
    `insert into ${tables.event}
     select ${firstEvent} + place, kind, uid, nullif(other, -1), ${when}, null from fresh_event order by place`,
  )
}

function idOrNull(uid: number = NO_UID): string {
  return uid === NO_UID ? 'null' : String(uid)
}

function kindOf(number: number | undefined): string {
  return IDENTITY_EVENT_KINDS[number ?? 0] ?? 'created'
}
