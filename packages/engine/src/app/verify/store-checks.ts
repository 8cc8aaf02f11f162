import { ident, literal } from '../../query/index.ts'
import { definitionsOf } from '../engine/definition-log.ts'
import { METRICS_CAUSES } from '../engine/metrics-history.ts'
import { RUN_STAGES } from '../engine/run-stages.ts'
import { checkLaws, type Law, oneOfLaw, positionLaw, uniqueLaw, violating } from './check-laws.ts'
import type { TableName } from './report.ts'
import type { Verification } from './verification.ts'

const recorded = (object: string): TableName => ({ stage: 'store', object, kind: 'recorded' })

/** Recorded: where the store stands, what it runs by, and what was done. */
export async function checkStore(verification: Verification): Promise<void> {
  await checkLaws(verification, recorded('meta'), metaLaws(verification))
  await checkLaws(verification, recorded('definition'), definitionLaws(verification))
  await checkLaws(verification, recorded('run'), runLaws(verification))
  await checkLaws(verification, recorded('ruleset_metrics'), metricsLaws(verification))
  await checkLaws(verification, recorded('verify_result'), resultLaws(verification))
}

function metaLaws({ position, journalEnd, applied }: Verification): readonly Law[] {
  const known = [`('position', ${literal(String(position))})`]
  if (applied.shiftDays !== 0)
    known.push(`('sample.shiftDays', ${literal(String(applied.shiftDays))})`)
  return [
    uniqueLaw('ME1: a fact about the store is there once', 'meta', ['key']),
    {
      law: 'ME2: the facts about the store are those it runs by',
      sql: violating({
        from: `(values ${known.join(', ')}) w(key, value) left join meta m on m.key = w.key`,
        where: 'm.value is distinct from w.value',
        key: 'w.key',
        field: 'value',
        live: 'm.value',
        recomputed: 'w.value',
      }),
    },
    {
      law: 'ME3: nothing was applied that is not in the journal',
      sql: violating({
        from: 'meta',
        where: `key is null or value is null or (key = 'position' and not coalesce(try_cast(value as bigint) <= ${journalEnd}, false))`,
        key: 'key',
        field: 'value',
      }),
    },
  ]
}

function definitionLaws({ applied }: Verification): readonly Law[] {
  const object = 'definition'
  const key = `concat_ws(' / ', kind, name)`
  const wanted = definitionsOf(applied.project).map(
    ({ kind, name, body }) => `(${[kind, name, body].map(literal).join(', ')})`,
  )
  return [
    uniqueLaw('DF1: a definition is there once', object, ['kind', 'name']),
    {
      law: 'DF2: the hash of a definition is of its body',
      sql: violating({
        from: object,
        where: 'hash is distinct from sha256(body)',
        key,
        field: 'hash',
        recomputed: 'sha256(body)',
      }),
    },
    {
      law: 'DF3: the definitions are those that the store runs by',
      sql: violating({
        from: `(values ${wanted.join(', ')}) w(kind, name, body) full join definition d on d.kind = w.kind and d.name = w.name`,
        where: 'd.body is distinct from w.body',
        key: `concat_ws(' / ', coalesce(d.kind, w.kind), coalesce(d.name, w.name))`,
        field: 'body',
        live: 'd.body',
        recomputed: 'w.body',
      }),
    },
    {
      law: 'DF4: a definition is JSON, with a version from 1 on',
      sql: violating({
        from: object,
        where: 'not coalesce(json_valid(body) and version >= 1 and applied_at is not null, false)',
        key,
        field: 'version',
      }),
    },
  ]
}

function runLaws({ position }: Verification): readonly Law[] {
  const object = 'run'
  const ordered = `(select *, lag(id) over (order by id) as before from run)`
  return [
    uniqueLaw('RU1: a run has a number of its own', object, ['id']),
    {
      law: 'RU2: the runs of the last day are all there',
      sql: violating({
        from: ordered,
        where: `coalesce(before, 0) <> id - 1 and before is distinct from id and started_at > (select max(started_at) from run) - interval 1 day`,
        key: 'id',
        field: 'id',
        live: 'before',
        recomputed: 'id - 1',
      }),
    },
    oneOfLaw('RU3: a run is of a stage', { object, key: 'id', field: 'stage', values: RUN_STAGES }),
    oneOfLaw('RU4: a run succeeded, failed or was skipped', {
      object,
      key: 'id',
      field: 'status',
      values: ['SUCCESS', 'ERROR', 'SKIPPED'],
    }),
    oneOfLaw('RU5: a run was started by somebody', {
      object,
      key: 'id',
      field: 'trigger',
      values: ['manual', 'schedule', 'batch', 'start'],
    }),
    positionLaw('RU6: a run is of a position that is applied', {
      object,
      key: 'id',
      field: 'position',
      position,
    }),
    {
      law: 'RU7: a run has a time, and no count below 0',
      sql: violating({
        from: object,
        where: `not coalesce(seconds >= 0 and least(rows_in, rows_out, changed, removed, problems) >= 0, false)
          or started_at is null or as_of is null or (status = 'ERROR' and error is null)`,
        key: 'id',
        field: 'seconds',
      }),
    },
  ]
}

function metricsLaws({ position }: Verification): readonly Law[] {
  const object = 'ruleset_metrics'
  return [
    uniqueLaw('RM1: a run of a ruleset has a number of its own', object, ['id']),
    {
      law: 'RM2: the runs of the last day are all there',
      sql: violating({
        from: `(select *, lag(id) over (order by id) as before from ${object})`,
        where: `before <> id - 1 and before <> id and started_at > (select max(started_at) from ${object}) - interval 1 day`,
        key: 'id',
        field: 'id',
        live: 'before',
        recomputed: 'id - 1',
      }),
    },
    oneOfLaw('RM3: a run of a ruleset succeeded or failed', {
      object,
      key: 'id',
      field: 'status',
      values: ['SUCCESS', 'ERROR'],
    }),
    oneOfLaw('RM4: metrics have a cause', {
      object,
      key: 'id',
      field: 'cause',
      values: METRICS_CAUSES,
    }),
    positionLaw('RM5: metrics are of a position that is applied', {
      object,
      key: 'id',
      field: 'position',
      position,
    }),
    {
      law: 'RM6: what was counted fits together; what failed has a reason',
      sql: violating({
        from: object,
        where: `started_at is null or as_of is null or not coalesce(seconds >= 0, false) or case status
          when 'ERROR' then error is null or unified_profiles is not null
          else not coalesce(unified_profiles between 0 and source_profiles
            and known_profiles + anonymous_profiles = unified_profiles and anonymous_profiles >= 0, false) end`,
        key: 'id',
        field: 'unified_profiles',
      }),
    },
  ]
}

/** How many verifies are kept, newest first. */
export const VERIFIES_KEPT = 100

/** SQL of the number of a verify. */
export const VERIFY_NUMBER = `case when json_valid(body) then try_cast(json_extract_string(body, '$.number') as bigint) end`

function resultLaws({ position }: Verification): readonly Law[] {
  const object = 'verify_result'
  const numbered = `(select *, ${VERIFY_NUMBER} as number from ${ident(object)})`
  const told = `case when json_valid(body) then try_cast(json_extract_string(body, '$.differences') as bigint) end`
  return [
    {
      law: 'VR1: the verifies that are kept follow each other',
      sql: violating({
        from: `(select min(number) as first, max(number) as last, count(distinct number) as n, count(*) as "rows" from ${numbered})`,
        where: `"rows" > 0 and (n <> "rows" or last - first + 1 <> n or n > ${VERIFIES_KEPT})`,
        key: `'count'`,
        field: 'rows',
        live: '"rows"',
        recomputed: 'last - first + 1',
      }),
    },
    {
      law: 'VR2: a verify says how much it found',
      sql: violating({
        from: numbered,
        where: `verified_at is null or number is null or differences is null or differences is distinct from ${told}`,
        key: 'number',
        field: 'differences',
        recomputed: told,
      }),
    },
    positionLaw('VR3: a verify was of a position that is applied', {
      object,
      key: 'position',
      field: 'position',
      position,
    }),
  ]
}
