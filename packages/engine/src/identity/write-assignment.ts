import { literal, literals } from '../query/index.ts'
import { type Assignment, IDENTITY_EVENT_KINDS, NO_UID } from './core/index.ts'
import type { IdentityTables } from './identity-tables.ts'
import type { RunAt } from './run-at.ts'
import { ROWS_A_STATEMENT, ROWS_FEW, type Writes } from './writes.ts'

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
export async function writeAssignment(writes: Writes, writing: AssignmentToWrite): Promise<number> {
  const moved = await writeLinks(writes, writing)
  await writeIds(writes, writing)
  await writeEvents(writes, writing)
  return moved
}

async function writeLinks(
  writes: Writes,
  { tables, pids, previous, assignment }: AssignmentToWrite,
): Promise<number> {
  const isMoved = (_pid: number, at: number): boolean => previous[at] !== assignment.uids[at]
  const moved = pids.filter(isMoved)
  const uids = assignment.uids.filter((uid, at) => previous[at] !== uid)
  const before = previous.filter((uid, at) => uid !== assignment.uids[at])
  if (moved.length === 0) return 0
  const hadSome = before.some(uid => uid !== NO_UID)
  if (moved.length <= ROWS_A_STATEMENT) {
    const haveAll = [...before, ...uids].every(uid => uid !== NO_UID)
    writeFewLinks(writes, { link: tables.link, moved, uids, hadSome, haveAll })
    return moved.length
  }
  const session = await writes.large()
  await session.run('create or replace temp table fresh_link (pid integer, uid integer)')
  await session.load('temp.fresh_link', [
    { name: 'pid', type: 'INTEGER', values: moved },
    { name: 'uid', type: 'INTEGER', values: uids },
  ])
  if (hadSome)
    await session.run(`delete from ${tables.link} where pid in (select pid from fresh_link)`)
  // In this order a link is soon found when it changes.
  await session.run(
    `insert into ${tables.link} select pid, uid from fresh_link where uid >= 0 order by pid`,
  )
  return moved.length
}

interface FewLinks {
  readonly link: string
  readonly moved: Int32Array
  readonly uids: Int32Array
  readonly hadSome: boolean
  /** Whether all had a link, and have one now. */
  readonly haveAll: boolean
}

function writeFewLinks(writes: Writes, { link, moved, uids, hadSome, haveAll }: FewLinks): void {
  const rows = Array.from(moved, (pid, at) => [pid, uids[at] ?? NO_UID] as const)
  if (haveAll) {
    const isOne = uids.every(uid => uid === uids[0])
    const change =
      isOne || rows.length <= ROWS_FEW
        ? `set uid = ${isOne ? uids[0] : caseSql('pid', rows)} where pid in ${literals(moved)}`
        : `l set uid = v.uid from (values ${tuples(rows)}) v(pid, uid) where l.pid = v.pid`
    writes.add(`update ${link} ${change}`)
    return
  }
  if (hadSome) writes.add(`delete from ${link} where pid in ${literals(moved)}`)
  const linked = rows.filter(([, uid]) => uid !== NO_UID)
  if (linked.length > 0) writes.add(`insert into ${link} values ${tuples(linked)}`)
}

type Pair = readonly [value: number, is: number | null]

function tuples(pairs: readonly Pair[]): string {
  return pairs.map(([value, is]) => `(${value}, ${is ?? 'null'})`).join(', ')
}

/** SQL of what a column's value stands for; of few values, since they are looked through in turn. */
function caseSql(column: string, pairs: readonly Pair[]): string {
  const arms = pairs.map(([value, is]) => `when ${value} then ${is ?? 'null'}`)
  return `case ${column} ${arms.join(' ')} end`
}

/** SQL of the id that others see of a unified profile, from its dense one. */
export function unifiedIdSql(idPrefix: string, uid: string): string {
  return `md5(${literal(idPrefix)} || ${uid})`
}

async function writeIds(
  writes: Writes,
  { tables, idPrefix, assignment, at }: AssignmentToWrite,
): Promise<void> {
  const when = `make_timestamptz(${at.atMs * 1000}::bigint)`
  const created = Int32Array.from(assignment.created)
  const first = created[0]
  if (first !== undefined && created.length <= ROWS_FEW) {
    const rows = Array.from(created, uid => {
      return `(${uid}, ${unifiedIdSql(idPrefix, `'${uid}'`)}, null, ${at.position}, ${when}, null)`
    })
    writes.add(`insert into ${tables.unifiedId} values ${rows.join(', ')}`)
  } else if (first !== undefined) {
    writes.add(
      `insert into ${tables.unifiedId}
       select uid, ${unifiedIdSql(idPrefix, 'uid')}, null, ${at.position}, ${when}, null
       from (select unnest(range(${first}, ${first + created.length}))::integer as uid)`,
    )
  }
  const gone: readonly Pair[] = [
    ...assignment.aliases.map(({ loser, survivor }): Pair => [loser, survivor]),
    ...assignment.retired.map((uid): Pair => [uid, null]),
  ]
  if (gone.length > 0 && gone.length <= ROWS_FEW) {
    writes.add(
      `update ${tables.unifiedId} set alias_of = ${caseSql('uid', gone)}, retired_pos = ${at.position}
       where uid in ${literals(gone.map(([uid]) => uid))}`,
    )
    return
  }
  for (let start = 0; start < gone.length; start += IDS_A_STATEMENT) {
    const some = gone.slice(start, start + IDS_A_STATEMENT)
    const session = await writes.large()
    await session.run(
      `update ${tables.unifiedId} u set alias_of = g.other, retired_pos = ${at.position}
       from (values ${tuples(some)}) g(uid, other) where u.uid = g.uid`,
    )
  }
}

/** Ids that one statement names at most. */
const IDS_A_STATEMENT = 10_000

async function writeEvents(
  writes: Writes,
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
    writes.add(`insert into ${tables.event} values ${rows.join(', ')}`)
    return
  }
  const session = await writes.large()
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
