import { MainstemError, type Criterion } from '@mainstem/contracts'
import {
  type ContestedWhy,
  criterionSql,
  type EvidenceStep,
  explainPath,
  explainWhyNot,
} from '../../identity/index.ts'
import type { SqlSession } from '../../lake/index.ts'
import { ident, literal, literals } from '../../query/index.ts'
import type { Engine } from '../engine/engine.ts'
import type { RulesetRuntime } from '../engine/ruleset-runtime.ts'
import { placeOf, textAt } from './answer.ts'
import { findProfile, pidOfSource } from './profile.ts'

/** One step of evidence, as people read it. */
export interface ExplainedStep {
  readonly from: string
  readonly to: string
  readonly rule: string
  readonly criteria: readonly {
    field: string
    method: string
    left: string | null
    right: string | null
  }[]
}

/** The document of `explain A [B]`: the evidence between two records, or of a whole cluster. */
export async function explain(
  engine: Engine,
  a: string,
  b?: string,
): Promise<Record<string, unknown>> {
  return await engine.reading(async session => {
    const [left, right] = [
      await sourceOf(session, engine, a),
      b === undefined ? undefined : await sourceOf(session, engine, b),
    ]
    if (right === undefined) return { ...placeOf(engine), ...(await explainCluster(session, left)) }
    if (left.ruleset !== right.ruleset) {
      return {
        ...placeOf(engine),
        together: false,
        path: [],
        reason: 'One is a person and the other an account.',
      }
    }
    return { ...placeOf(engine), ...(await explainPair(session, left, right.pids)) }
  })
}

interface Source {
  readonly ruleset: RulesetRuntime
  /** One source profile for `stream/id`; all of them for a unified id. */
  readonly pids: readonly number[]
}

async function sourceOf(session: SqlSession, engine: Engine, key: string): Promise<Source> {
  for (const ruleset of engine.applied.rulesets) {
    const profile = ruleset.definition.configurationType
    const pid = await pidOfSource(session, engine.applied, { profile, key })
    if (pid !== undefined && ruleset.stage.index.isPresent(pid)) return { ruleset, pids: [pid] }
  }
  const found = await findProfile(session, engine.applied, key)
  if (!found) {
    throw new MainstemError(
      'PROFILE_NOT_FOUND',
      'There is no record or profile of one of the given keys. Give stream/id of a source record, or a unified id.',
    )
  }
  const rows = await session.rows(
    `select pid from ${found.ruleset.stage.tables.link} where uid = ${found.uid} order by pid`,
  )
  return { ruleset: found.ruleset, pids: rows.map(([pid]) => Number(pid)) }
}

async function explainPair(
  session: SqlSession,
  { ruleset, pids }: Source,
  others: readonly number[],
): Promise<Record<string, unknown>> {
  const { index, resolveOptions } = ruleset.stage
  const [from = -1, to = -1] = [pids[0], others[0]]
  if (from === to) {
    return {
      together: true,
      path: [],
      reason: 'They have the same fully qualified key: one source profile.',
    }
  }
  const path = explainPath(index, { from, to }, resolveOptions)
  if (path) return { together: true, path: await explained(session, ruleset, path) }
  const why = explainWhyNot(index, { from, to }, resolveOptions)
  const closest = why.wouldJoin ?? why.unlike.slice(0, 1)
  const steps = await explained(session, ruleset, closest)
  return { together: false, path: steps, reason: reasonOf(ruleset, why) }
}

/** Why a key is contested, for people. */
const LIMITS: Readonly<Record<ContestedWhy, { readonly limit: string; readonly what: string }>> = {
  block: { limit: 'blockMax', what: 'too many share it' },
  surnames: { limit: 'surnamesMax', what: 'people of too many last names share it' },
  ids: { limit: 'idsMax', what: 'people of too many identification numbers share it' },
  values: { limit: 'valuesMax', what: 'too many first names share it' },
  cluster: { limit: 'clusterMax', what: 'too many would be one' },
}

function reasonOf(ruleset: RulesetRuntime, why: ReturnType<typeof explainWhyNot>): string {
  const blocked = why.wouldJoin?.find(step => step.contested !== undefined)
  if (blocked) {
    if (blocked.contested === 'decision')
      return 'Somebody decided that two of those on the path are never together.'
    const { limit, what } = LIMITS[blocked.contested ?? 'block']
    return `A key of rule "${labelOf(ruleset, blocked.rule)}" would join them, but ${what} (limit ${limit}): it is contested.`
  }
  const [unlike] = why.unlike
  if (unlike)
    return `Rule "${labelOf(ruleset, unlike.rule)}" compared them: the keys are equal, the first names are not alike.`
  return 'No rule proposed the pair: they share no match key, and neither do those they are joined with.'
}

async function explainCluster(
  session: SqlSession,
  { ruleset, pids }: Source,
): Promise<Record<string, unknown>> {
  const { index, resolveOptions, tables } = ruleset.stage
  const [first = -1] = pids
  const rows = await session.rows(
    `select pid from ${tables.link} where uid = (select uid from ${tables.link} where pid = ${first}) order by pid`,
  )
  const members = rows.map(([pid]) => Number(pid))
  const seen = new Set<string>()
  const steps: EvidenceStep[] = []
  for (const to of members.slice(1)) {
    for (const step of explainPath(index, { from: members[0] ?? first, to }, resolveOptions) ??
      []) {
      const name = `${step.from}>${step.to}`
      if (!seen.has(name)) steps.push(step)
      seen.add(name)
    }
  }
  return { together: true, path: await explained(session, ruleset, steps) }
}

function labelOf(ruleset: RulesetRuntime, rule: number): string {
  return ruleset.definition.matchRules[rule]?.label ?? String(rule)
}

/** Steps of evidence, as people read them. */
export async function explained(
  session: SqlSession,
  ruleset: RulesetRuntime,
  path: readonly Omit<EvidenceStep, 'contested'>[],
): Promise<readonly ExplainedStep[]> {
  const names = await recordNames(
    session,
    ruleset,
    path.flatMap(step => [step.from, step.to]),
  )
  const steps: ExplainedStep[] = []
  for (const step of path) {
    const rule = ruleset.definition.matchRules[step.rule]
    const criteria: ExplainedStep['criteria'][number][] = []
    for (const criterion of rule?.criteria ?? []) {
      criteria.push(await evidenceOf(session, { ruleset, criterion, step }))
    }
    steps.push({
      from: names.get(step.from) ?? String(step.from),
      to: names.get(step.to) ?? String(step.to),
      rule: labelOf(ruleset, step.rule),
      criteria,
    })
  }
  return steps
}

/** `stream/id` of each source profile. */
export async function recordNames(
  session: SqlSession,
  { profiles }: RulesetRuntime,
  pids: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  const rows = await session.rows(
    `select "_p_Id", min(_stream || '/' || "Id") from ${profiles.sourceView} where "_p_Id" in ${literals(pids)} group by 1`,
  )
  return new Map(rows.map(([pid, name]) => [Number(pid), String(name)]))
}

/** The two values that a criterion compared: equal ones if there are several, else the first of each. */
async function evidenceOf(
  session: SqlSession,
  {
    ruleset,
    criterion,
    step,
  }: { ruleset: RulesetRuntime; criterion: Criterion; step: Pick<EvidenceStep, 'from' | 'to'> },
): Promise<ExplainedStep['criteria'][number]> {
  const profile = ruleset.definition.configurationType
  const isOwn = criterion.entityName === profile
  const party = criterion.partyIdentificationInfo
  const where = party
    ? ` and "Name" = ${literal(party.partyName)} and "PartyIdentificationTypeId" = ${literal(party.partyType)}`
    : ''
  const column = isOwn ? '"_p_Id"' : '"_p_PartyId"'
  const values = (pid: number): string =>
    `select ${ident(criterion.fieldName)}::varchar as raw, ${criterionSql(ruleset.definition, criterion, 'o')} ` +
    `as norm from ${ident(`m_${criterion.entityName}`)} o where o.${column} = ${pid}${where}`
  const [row] = await session.rows(
    `select l.raw, r.raw from (${values(step.from)}) l, (${values(step.to)}) r
     where l.norm is not null and r.norm is not null order by l.norm = r.norm desc, l.raw, r.raw limit 1`,
  )
  return {
    field: `${criterion.entityName}.${criterion.fieldName}`,
    method: criterion.matchMethodType,
    left: textAt(row, 0),
    right: textAt(row, 1),
  }
}
