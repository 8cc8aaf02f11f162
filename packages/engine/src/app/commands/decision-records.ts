import { MainstemError } from '@mainstem/contracts'
import { must } from '../../kernel/assert.ts'
import type { SqlSession } from '../../lake/index.ts'
import { partyNumber } from '../../model/index.ts'
import { ident, literals } from '../../query/index.ts'
import type { Engine } from '../engine/engine.ts'
import type { RulesetRuntime } from '../engine/ruleset-runtime.ts'
import type { RecordKey } from '../engine/take-decisions.ts'
import { findProfile, pidOfSource } from './profile.ts'

/** Whom a key of a command means: one source profile, or all of a unified one. */
export interface DecisionSide {
  readonly ruleset: RulesetRuntime
  /** The number of the object that they are of. */
  readonly object: number
  readonly pids: readonly number[]
  readonly isUnified: boolean
}

/** The records that `stream/id`, or a unified id, names; an error says what to do where there is none. */
export async function sideOf(
  session: SqlSession,
  engine: Engine,
  key: string,
): Promise<DecisionSide> {
  const { rulesets } = engine.applied
  for (const ruleset of rulesets) {
    const profile = ruleset.definition.configurationType
    const pid = await pidOfSource(session, engine.applied, { profile, key })
    if (pid === undefined) continue
    // Who waits for a ruleset's next run is not in it yet.
    if (ruleset.stage.index.isPresent(pid) || !ruleset.isContinuous)
      return { ruleset, object: objectOf(ruleset), pids: [pid], isUnified: false }
  }
  const found = UNIFIED_ID.test(key) ? await findProfile(session, engine.applied, key) : undefined
  if (!found) {
    throw new MainstemError(
      'PROFILE_NOT_FOUND',
      'There is no record of one of the given keys. Give stream/id of a source record that is there, or a unified id.',
      {
        fix: '"mainstem profile" shows the records of a profile.',
        fixOverHttp: 'GET /api/profile?key=… shows the records of a profile.',
      },
    )
  }
  const rows = await session.rows(
    `select pid from ${found.ruleset.stage.tables.link} where uid = ${found.uid} order by pid`,
  )
  const pids = rows.map(([pid]) => Number(pid))
  return { ruleset: found.ruleset, object: objectOf(found.ruleset), pids, isUnified: true }
}

const UNIFIED_ID = /^[0-9a-f]{32}$/

function objectOf({ definition }: RulesetRuntime): number {
  return must(partyNumber(definition.configurationType), 'what rulesets unify is numbered')
}

/** The fully qualified keys of source profiles. */
export async function recordKeys(
  session: SqlSession,
  pids: readonly number[],
): Promise<ReadonlyMap<number, RecordKey>> {
  const rows = await session.rows(`select pid, id, kq from party where pid in ${literals(pids)}`)
  return new Map(
    rows.map(([pid, id, kq]) => [
      Number(pid),
      { id: String(id), qualifier: kq === null || kq === undefined ? null : String(kq) },
    ]),
  )
}

/**
 * SQL of the names of records, `pid, name`: `stream/id` of those that are there, of the first stream
 * that has them.
 */
export function recordNamesSql(engine: Engine): string {
  const views = new Set(engine.applied.rulesets.map(({ profiles }) => profiles.sourceView))
  const reads = Array.from(
    views,
    view => `select "_p_Id" as pid, _stream || '/' || "Id" as name from ${view}`,
  )
  if (reads.length === 0) return `(select null::integer as pid, null::varchar as name where false)`
  return `(select pid, min(name) as name from (${reads.join(' union all ')}) group by pid)`
}

/** The unified ids of source profiles, in their order, each once. */
export async function unifiedIdsOf(
  session: SqlSession,
  { stage }: RulesetRuntime,
  pids: readonly number[],
): Promise<readonly string[]> {
  const { link, unifiedId } = stage.tables
  const rows = await session.rows(
    `select l.pid, u.${ident('id')} from ${link} l join ${unifiedId} u on u.uid = l.uid where l.pid in ${literals(pids)}`,
  )
  const ids = new Map(rows.map(([pid, id]) => [Number(pid), String(id)]))
  return [...new Set(pids.flatMap(pid => ids.get(pid) ?? []))]
}
