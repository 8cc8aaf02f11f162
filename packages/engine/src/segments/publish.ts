import { MainstemError } from '@mainstem/contracts'
import { must } from '../kernel/assert.ts'
import type { Cell, SqlSession } from '../lake/index.ts'
import type { CompiledSegment } from './compile-segment.ts'
import { differenceSql, RETAIN_SQL, SEGMENT_TABLES } from './publish.sql.ts'

/** What a publish is told beside the segment. */
export interface PublishOptions {
  readonly asOf: Date
  readonly position: bigint
  /** The definition's version, and since when it holds. */
  readonly version: number
  readonly versionAt?: Date | undefined
  /** Days that history is kept (`seg.historyDays`). */
  readonly historyDays?: number | undefined
  /** False leaves "persisted" rows out of the history: for segments that publish all the time. */
  readonly recordPersisted?: boolean | undefined
  /** True where the caller has a transaction open, of which this is to be part. */
  readonly insideTransaction?: boolean | undefined
}

/** What a publish did. */
export interface PublishResult {
  readonly members: number
  readonly added: number
  readonly removed: number
  readonly persisted: number
  /** Why there is nobody, where there is nobody. */
  readonly reason?: string | undefined
}

/** What a count found. */
export interface SegmentCount {
  readonly profiles: number
  readonly included: number
  readonly excluded: number
  readonly members: number
}

/** Makes the tables of published segments, where they are missing. */
export async function ensureSegmentTables(session: SqlSession): Promise<void> {
  for (const sql of SEGMENT_TABLES) await session.run(sql)
}

/** Counts a segment without publishing it. The count is that of the list: the same predicate. */
export async function countSegment(
  session: SqlSession,
  segment: CompiledSegment,
): Promise<SegmentCount> {
  await tryPatterns(session, segment)
  const [row] = await session.rows(segment.countsSql)
  const [profiles, included, excluded] = must(row, 'a count is one row').map(Number)
  const counts = { profiles: profiles ?? 0, included: included ?? 0, excluded: excluded ?? 0 }
  return { ...counts, members: counts.included - counts.excluded }
}

/**
 * Publishes a segment: the membership, its history and its state change together or not at all.
 * History keeps, whatever its age, the row that made a present member one.
 */
export async function publishSegment(
  session: SqlSession,
  segment: CompiledSegment,
  options: PublishOptions,
): Promise<PublishResult> {
  await tryPatterns(session, segment)
  const work = (): Promise<PublishResult> => publish(session, segment, options)
  return options.insideTransaction ? work() : session.transaction(work)
}

async function publish(
  session: SqlSession,
  segment: CompiledSegment,
  options: PublishOptions,
): Promise<PublishResult> {
  const { name } = segment
  const at = options.asOf.toISOString()
  await session.run(differenceSql(segment.sql), [name])
  const [counted] = await session.rows(
    `select count(*) filter (delta = 'added'), count(*) filter (delta = 'removed'),
       count(*) filter (delta = 'persisted') from segment_difference`,
  )
  const [added = 0, removed = 0, persisted = 0] = must(counted, 'a count is one row').map(Number)
  const members = added + persisted
  const reason = members === 0 ? await reasonForNobody(session, segment) : undefined

  const [last] = await session.rows(
    `select coalesce(max(publish), 0) from segment_state where segment = $1`,
    [name],
  )
  const publishNumber = BigInt(must(last?.[0], 'a maximum is one row')) + 1n
  await session.run(
    `insert into segment_history
     select $1, id, uid, delta, $2::TIMESTAMPTZ, $3::BIGINT, $4::INTEGER, $5::BIGINT
     from segment_difference where delta <> 'persisted' or $6::BOOLEAN`,
    [name, at, options.position, options.version, publishNumber, options.recordPersisted ?? true],
  )
  await session.run(
    `delete from segment_member where segment = $1
       and uid in (select uid from segment_difference where delta = 'removed')`,
    [name],
  )
  await session.run(
    `insert into segment_member select $1, uid, id from segment_difference where delta = 'added'`,
    [name],
  )
  await writeState(session, {
    segment: name,
    segmentOn: segment.segmentOn,
    members: BigInt(members),
    options,
    reason: reason ?? null,
    publishNumber,
  })
  if (options.historyDays !== undefined)
    await retainSegmentHistory(session, options.asOf, options.historyDays)
  await session.run(`drop table segment_difference`)
  return { members, added, removed, persisted, ...(reason === undefined ? {} : { reason }) }
}

interface State {
  readonly segment: string
  readonly segmentOn: string
  readonly members: bigint
  readonly options: PublishOptions
  readonly reason: string | null
  readonly publishNumber: bigint
}

async function writeState(session: SqlSession, state: State): Promise<void> {
  const { asOf, position, version, versionAt } = state.options
  await session.run(`delete from segment_state where segment = $1`, [state.segment])
  await session.run(
    `insert into segment_state values ($1, $2, $3, $4, $5::TIMESTAMPTZ, $6, $7::TIMESTAMPTZ,
       'ACTIVE', $8, $9, $5::TIMESTAMPTZ)`,
    [
      state.segment,
      state.segmentOn,
      state.members,
      position,
      asOf.toISOString(),
      version,
      (versionAt ?? asOf).toISOString(),
      state.reason,
      state.publishNumber,
    ],
  )
}

/** Records that a publish failed. The members of the last success stay. */
export async function failSegment(
  session: SqlSession,
  segment: { readonly name: string; readonly segmentOn: string },
  reason: string,
): Promise<void> {
  const known = await session.rows(`select 1 from segment_state where segment = $1`, [segment.name])
  if (known.length === 0) {
    await session.run(
      `insert into segment_state (segment, segment_on, members, status, reason, publish)
       values ($1, $2, 0, 'ERROR', $3, 0)`,
      [segment.name, segment.segmentOn, reason],
    )
    return
  }
  await session.run(`update segment_state set status = 'ERROR', reason = $2 where segment = $1`, [
    segment.name,
    reason,
  ])
}

/** Deletes history older than so many days, except what makes present members members. */
export async function retainSegmentHistory(
  session: SqlSession,
  asOf: Date,
  days: number,
): Promise<void> {
  const before = new Date(asOf.getTime() - days * 86_400_000)
  await session.run(RETAIN_SQL, [before.toISOString()])
}

/** Forgets a segment whose definition was removed: members, history and state. */
export async function dropSegment(session: SqlSession, segment: string): Promise<void> {
  for (const table of ['segment_member', 'segment_history', 'segment_state']) {
    await session.run(`delete from ${table} where segment = $1`, [segment])
  }
}

/** The state of one segment: a row of `status`. */
export interface SegmentState {
  readonly name: string
  readonly members: number
  readonly status: string
  readonly reason?: string | undefined
  readonly lastPublish: string | null
  readonly position: string | null
  readonly asOf: string | null
  readonly version: number | null
}

/** The states of all segments that were published or failed, by name. */
export async function segmentStates(session: SqlSession): Promise<readonly SegmentState[]> {
  const utc = (column: string): string =>
    `strftime(timezone('UTC', ${column}), '%Y-%m-%dT%H:%M:%S.%gZ')`
  const rows = await session.rows(
    `select segment, members, status, reason, ${utc('last_publish')}, cast(position as varchar),
       ${utc('as_of')}, version from segment_state order by segment`,
  )
  return rows.map(([name, members, status, reason, lastPublish, position, asOf, version]) => ({
    name: String(name),
    members: Number(members),
    status: String(status),
    reason: reason === null ? undefined : String(reason),
    lastPublish: textOf(lastPublish),
    position: textOf(position),
    asOf: textOf(asOf),
    version: version === null ? null : Number(version),
  }))
}

function textOf(cell: Cell | undefined): string | null {
  return cell === null || cell === undefined ? null : String(cell)
}

async function reasonForNobody(session: SqlSession, segment: CompiledSegment): Promise<string> {
  const { profiles, included } = await countSegment(session, segment)
  if (profiles === 0) return `There are no profiles of ${segment.segmentOn} yet.`
  if (included === 0) return `None of the ${profiles} profiles meets the conditions of include.`
  return `All ${included} profiles that include takes in are taken out by exclude.`
}

/** Tries each regular expression on nothing, so that a bad one is the segment's error. */
async function tryPatterns(session: SqlSession, segment: CompiledSegment): Promise<void> {
  for (const { path, pattern } of segment.patterns) {
    await session.rows(`select regexp_matches('', $1, 'i')`, [pattern]).catch((error: unknown) => {
      throw new MainstemError(
        'SEGMENT_INVALID',
        `Segment ${segment.name}: ${path} has a regular expression that cannot be read (RE2 syntax: no look-around, no back-references).`,
        { key: path, segment: segment.name },
        error,
      )
    })
  }
}
