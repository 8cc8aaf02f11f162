import { MainstemError } from '@mainstem/contracts'
import {
  type ContestedWhy,
  DECIDED,
  type EvidenceStep,
  evidenceGroups,
  explainPath,
  explainTree,
  explainWhyNot,
  type NodePair,
} from '../../identity/index.ts'
import type { SqlSession } from '../../lake/index.ts'
import type { Engine } from '../engine/engine.ts'
import type { RulesetRuntime } from '../engine/ruleset-runtime.ts'
import { placeOf } from './answer.ts'
import { type DecisionRow, decisionRows } from './decision-record.ts'
import { evidencePicture } from './explain-picture.ts'
import { SCORED } from './explain-score.ts'
import {
  type Compare,
  type ExplainedRecord,
  explainedRecords,
  readCompared,
} from './explain-values.ts'
import type { ExplainedStep, Explanation } from './explanation.ts'
import { findProfile, pidOfSource } from './profile.ts'

/** The evidence between two records, or of a whole cluster. */
export async function explain(
  engine: Engine,
  {
    a,
    b,
    wantsSvg = false,
  }: { readonly a: string; readonly b?: string | undefined; readonly wantsSvg?: boolean },
): Promise<Explanation> {
  const told = await engine.reading(async session => {
    const left = await sourceOf(session, engine, a)
    if (b === undefined) return await explainCluster({ session, engine, ...left })
    const right = await sourceOf(session, engine, b)
    if (left.ruleset !== right.ruleset) {
      const reason = 'One is a person and the other an account.'
      return { together: false, path: [], records: [], reason }
    }
    return await explainPair({ session, engine, ...left }, right.pids)
  })
  const document = { ...placeOf(engine), ...told }
  if (!wantsSvg) return document
  const recordsMax = engine.applied.project.definition.limits['ir.maxPictureRecords'] ?? undefined
  return { ...document, svg: evidencePicture(document, recordsMax) }
}

interface Source {
  readonly ruleset: RulesetRuntime
  /** One source profile for `stream/id`; all of them for a unified id. */
  readonly pids: readonly number[]
}

/** Where an explanation is made. */
interface Scene extends Source {
  readonly session: SqlSession
  readonly engine: Engine
}

type Told = Omit<Explanation, 'position' | 'asOf'>

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

async function explainPair(scene: Scene, others: readonly number[]): Promise<Told> {
  const { index, resolveOptions } = scene.ruleset.stage
  const [from = -1, to = -1] = [scene.pids[0], others[0]]
  if (from === to) {
    const reason = 'They have the same fully qualified key: one source profile.'
    const read = await readScene(scene, { steps: [], more: [from] })
    return { together: true, path: [], records: read.records([from]), reason }
  }
  const path = explainPath(index, { from, to }, resolveOptions)
  if (path) {
    const read = await readScene(scene, { steps: path, more: [from, to] })
    return {
      together: true,
      path: path.map(read.step),
      records: read.records([from, ...path.map(step => step.to)]),
    }
  }
  return await explainApart(scene, { from, to })
}

async function explainApart(
  scene: Scene,
  ends: { readonly from: number; readonly to: number },
): Promise<Told> {
  const { stage, definition } = scene.ruleset
  const why = explainWhyNot(stage.index, ends, stage.resolveOptions)
  const unlike = why.unlike[0]
  const steps: readonly KnownStep[] =
    why.wouldJoin ?? (unlike ? [{ ...unlike, isUnlike: true }] : [])
  const rules = [...definition.matchRules.keys()]
  const read = await readScene(scene, { steps, more: [ends.from, ends.to], rules })
  const path = steps.map(read.step)
  const on = [ends.from, ...steps.flatMap(step => [step.from, step.to]), ends.to]
  return {
    together: false,
    path,
    reason: reasonOf(path, unlike !== undefined),
    records: read.records([...new Set(on)]),
    compared: rules.map(rule => ({
      rule: labelOf(scene.ruleset, rule),
      criteria: read.compare(rule, ends.from, ends.to),
    })),
  }
}

/** Why a key is contested, for people. */
const LIMITS: Readonly<Record<ContestedWhy, { readonly limit: string; readonly what: string }>> = {
  block: { limit: 'blockMax', what: 'too many share it' },
  surnames: { limit: 'surnamesMax', what: 'people of too many last names share it' },
  ids: { limit: 'idsMax', what: 'people of too many identification numbers share it' },
  values: { limit: 'valuesMax', what: 'too many that differ share it' },
  cluster: { limit: 'clusterMax', what: 'too many would be one' },
}

function reasonOf(path: readonly ExplainedStep[], isUnlike: boolean): string {
  const kept = path.find(step => step.keptOutBy !== undefined)
  if (kept?.keptOutBy === 'decision') {
    const { decision } = kept
    const who = decision
      ? `Decision ${decision.number} of ${decision.author} (${decision.reason}) says that ${decision.a} and ${decision.b} are never together`
      : 'Somebody decided that two of those on the path are never together'
    return `${who}. The weakest link between them was cut: ${kept.from} and ${kept.to}, by rule "${kept.rule}".`
  }
  if (kept?.keptOutBy === 'fit') {
    const link = `Rule "${kept.rule}" would link ${kept.from} and ${kept.to}`
    return `${link}, but the two sides do not fit together on the whole: the mean score of their pairs is too low.`
  }
  if (kept?.keptOutBy !== undefined && kept.keptOutBy !== 'comparison') {
    const { limit, what } = LIMITS[kept.keptOutBy]
    return `A key of rule "${kept.rule}" would join them, but ${what} (limit ${limit}): it is contested.`
  }
  if (isUnlike && path[0]) return unlikeText(path[0])
  return 'No rule proposed the pair: they share no match key, and neither do those they are joined with.'
}

function unlikeText({ rule, criteria }: ExplainedStep): string {
  const found =
    criteria[0]?.method === SCORED
      ? 'their score is below its threshold'
      : 'the keys are equal, the first names are not alike'
  return `Rule "${rule}" compared them: ${found}.`
}

async function explainCluster(scene: Scene): Promise<Told> {
  const { session, ruleset } = scene
  const { index, resolveOptions, tables } = ruleset.stage
  const [first = -1] = scene.pids
  const rows = await session.rows(
    `select pid from ${tables.link} where uid = (select uid from ${tables.link} where pid = ${first}) order by pid`,
  )
  const members = rows.map(([pid]) => Number(pid))
  const steps = explainTree(index, members[0] ?? first, resolveOptions)
  const groups = evidenceGroups(index, members, resolveOptions)
  const pairs = groups.map(({ rule, key, pids: [from = -1, to = -1] }): KnownStep => {
    return { rule, key, from, to }
  })
  const read = await readScene(scene, { steps: [...steps, ...pairs], more: members })
  return {
    together: true,
    path: steps.map(read.step),
    records: read.records(members),
    links: groups.map(({ pids }, at) => {
      const { rule, criteria, decision } = read.step(pairs[at] ?? NO_STEP)
      const records = read.records(pids).map(one => one.record)
      return { records, rule, criteria, ...(decision ? { decision } : {}) }
    }),
  }
}

/** A step, as far as it has to be known to be told. */
type KnownStep = Pick<EvidenceStep, 'from' | 'to' | 'rule' | 'key' | 'contested' | 'never'> & {
  readonly isUnlike?: boolean
}

const NO_STEP: KnownStep = { from: -1, to: -1, rule: DECIDED, key: 0n }

/** What the store says of the records of some steps. */
interface ReadScene {
  readonly compare: Compare
  readonly step: (step: KnownStep) => ExplainedStep
  readonly records: (pids: readonly number[]) => readonly ExplainedRecord[]
}

async function readScene(
  { session, engine, ruleset }: Scene,
  told: {
    readonly steps: readonly KnownStep[]
    readonly more: readonly number[]
    readonly rules?: readonly number[]
  },
): Promise<ReadScene> {
  const pids = [...new Set([...told.more, ...told.steps.flatMap(step => [step.from, step.to])])]
  const names = await explainedRecords(session, ruleset, pids)
  const rules = told.rules ?? told.steps.map(step => step.rule).filter(rule => rule !== DECIDED)
  const compare = await readCompared(session, ruleset, { rules, pids })
  const decisions = await readDecisions(session, engine, told.steps)
  const record = (pid: number): ExplainedRecord =>
    names.get(pid) ?? { ...UNKNOWN, record: String(pid) }
  return {
    compare,
    records: of => of.map(record),
    step(step) {
      const { from, to, rule } = step
      const decision = decisions.get(pairText(decidedPair(step)))
      const times = [from, to].map(pid => record(pid).modifiedAt ?? record(pid).loadedAt ?? '')
      const keptOutBy = step.isUnlike === true ? 'comparison' : step.contested
      const isDecided = rule === DECIDED
      return {
        from: record(from).record,
        to: record(to).record,
        rule: isDecided ? `decision ${decision?.number ?? ''}`.trim() : labelOf(ruleset, rule),
        criteria: isDecided ? [] : compare(rule, from, to),
        at: (isDecided ? decision?.at : times.toSorted().at(-1)) || null,
        ...(decision ? { decision } : {}),
        ...(keptOutBy ? { keptOutBy } : {}),
      }
    },
  }
}

const UNKNOWN = { stream: '', modifiedAt: null, loadedAt: null, isSystem: false } as const

/** The pair that was decided about, where a step is or was cut by a decision. */
function decidedPair({ rule, from, to, never }: KnownStep): NodePair | undefined {
  if (never) return never
  return rule === DECIDED ? [Math.min(from, to), Math.max(from, to)] : undefined
}

function pairText(pair: NodePair | undefined): string {
  return pair?.join(' ') ?? ''
}

/** The decisions that hold on the pairs of some steps. */
async function readDecisions(
  session: SqlSession,
  engine: Engine,
  steps: readonly KnownStep[],
): Promise<ReadonlyMap<string, DecisionRow>> {
  const decisions = new Map<string, DecisionRow>()
  for (const step of steps) {
    const pair = decidedPair(step)
    if (!pair || decisions.has(pairText(pair))) continue
    const [one, other] = pair
    const where = `l.number is not null and d.one = ${one} and d.other = ${other}`
    const [row] = await decisionRows(session, engine, where)
    if (row) decisions.set(pairText(pair), row)
  }
  return decisions
}

function labelOf(ruleset: RulesetRuntime, rule: number): string {
  return ruleset.stage.ruleLabel(rule)
}
