import type {
  MatchRule,
  ScoredField,
  ScoredLimits,
  ScoreModelDefinition,
} from '@mainstem/contracts'
import { must } from '../../kernel/assert.ts'
import type { SqlSession } from '../../lake/index.ts'
import { type KeyBatch, type KeyRow, keyBatch, type ScoredLinks } from '../core/index.ts'
import type { SourceScope } from '../rule-sources.ts'
import { type FieldPart, groupsOf, KeyMaker } from './blocking-groups.ts'
import {
  blockingOf,
  type ChosenBlocking,
  chooseBlocking,
  groupMaxOfPart,
  passesOf,
  samplesOf,
} from './blocking-passes.ts'
import { estimateModel } from './estimate-model.ts'
import { equalKeys, expanded, pidsByRow } from './expand-keys.ts'
import { type LoadedTable, loadTable } from './load-table.ts'
import { blockingPasses, definitionOf, modelOf, scoredFieldName } from './model-definition.ts'
import { bitsOf, type FieldWeight, PairScore, probabilityOf, type Waterfall } from './pair-score.ts'
import { profileFieldsSql } from './profile-fields.ts'
import { keysOfRow } from './row-keys.ts'
import type { ScoreModel } from './score-model.ts'
import { BLANK, ScoreTable } from './score-table.ts'
import { recordForm } from './text-numbers.ts'
import { SEVERAL } from './value-form.ts'

/** What a scored rule may cost where its `limits` say nothing else; they say what each is. */
export const SCORE_DEFAULTS = {
  membersMax: 400,
  passesMax: 16,
  pairsPerRecord: 8,
  pairsPerRecordInAll: 4,
  pairsFree: 8_000_000,
  recordsLookedAt: 150_000,
  recordsLearned: 200_000,
  pairsLearned: 20_000,
} as const satisfies Required<ScoredLimits>

/** The probability from which a pair is a link, where the rule says none. */
export const THRESHOLD = 0.8

/** Of many records blocking is chosen from this part, but not from fewer than so many. */
const LOOKED_AT = { part: 1 / 30, min: 30_000 }

/** What a scored rule is made of. */
export interface ScoredRuleOptions {
  readonly rule: MatchRule
  /** The object whose records are compared. */
  readonly profile: string
  /** The number of the rule's first blocking pass among the ruleset's rules. */
  readonly firstRule: number
  /** Different records of a blocking key that are compared with each other. */
  readonly valuesMax: number
}

/** A pair's score, and what was compared. */
export interface ExplainedScore extends Waterfall {
  readonly fields: readonly (FieldWeight & { readonly left: string; readonly right: string })[]
}

/**
 * A scored rule at work: what source profiles are compared by, in memory, and the keys by which pairs
 * are found. Derived from the lake alone; the model is frozen, so a pair's score depends on nothing else.
 */
export class ScoredMatcher {
  readonly firstRule: number
  readonly #rule: MatchRule
  readonly #profile: string
  readonly #limits: Limits
  #fields: readonly ScoredField[]
  #table: ScoreTable
  #model: ScoreModel | undefined
  #score: PairScore | undefined
  #passes: readonly (readonly FieldPart[])[] = []
  readonly #link: number
  /** Pairs whose score was asked for. */
  pairsCompared = 0

  constructor({ rule, profile, firstRule, valuesMax }: ScoredRuleOptions) {
    this.#rule = rule
    this.#limits = { ...SCORE_DEFAULTS, ...rule.limits, groupMax: valuesMax }
    this.#profile = profile
    this.firstRule = firstRule
    const model = typeof rule.model === 'object' ? rule.model : undefined
    this.#fields = model?.fields ?? rule.fields ?? []
    this.#table = new ScoreTable(this.#scoreFields())
    this.#link = bitsOf(rule.threshold ?? THRESHOLD)
    if (model) this.#use(modelOf(model))
  }

  /** The model as a file has it; of a rule without one, once it was estimated. */
  get definition(): ScoreModelDefinition {
    return definitionOf(this.#known(), this.#fields)
  }

  /** What a blocking pass is about, for people: `LastName + BirthDate (year)`. */
  passLabel(rule: number): string {
    const pass = this.#passes[rule - this.firstRule]
    if (!pass) return 'equal in all fields'
    return pass
      .map(({ field, part }) => {
        const whole = this.#table.fields[field]?.field.name ?? ''
        const name = whole.split('.')[1] ?? whole
        return part === 'whole' ? name : `${name} (${part})`
      })
      .join(' + ')
  }

  /** What two records must share to be compared, for people: one of these. */
  get passLabels(): readonly string[] {
    return this.#passes.map((_pass, at) => this.passLabel(this.firstRule + at))
  }

  /** What the resolver has to know. */
  get links(): ScoredLinks {
    const score = must(this.#score, 'a scored rule has a model')
    return {
      firstRule: this.firstRule,
      weight: (one, other) => score.weight(one, other),
      prior: score.prior,
      link: this.#link,
      order: row => (row < 0 ? 0 : this.#table.contentHash(row)),
      membersMax: this.#limits.membersMax,
    }
  }

  isLink(one: number, other: number): boolean {
    this.pairsCompared += 1
    return must(this.#score, 'a scored rule has a model').isAtLeast(one, other, this.#link)
  }

  probability(one: number, other: number): number {
    return probabilityOf(must(this.#score, 'a scored rule has a model').weight(one, other))
  }

  /** How the score of two comparison rows comes about, with the values that were compared. */
  explain(one: number, other: number): ExplainedScore {
    const waterfall = must(this.#score, 'a scored rule has a model').waterfall(one, other)
    const places = new Map(this.#table.fields.map(({ field }, at) => [field.name, at]))
    const text = (field: string, row: number): string => {
      const at = places.get(field) ?? 0
      const value = this.#table.value(at, row)
      return (this.#table.fields[at]?.text(value) ?? '').replaceAll(SEVERAL, ', ')
    }
    return {
      ...waterfall,
      fields: waterfall.fields.map(weighed => ({
        ...weighed,
        left: text(weighed.field, one),
        right: text(weighed.field, other),
      })),
    }
  }

  /**
   * Reads all source profiles anew; estimates the model if there is none. Gives their keys: all of
   * them, or without those that nobody shares, if nobody will be added.
   */
  async *loadAll(
    session: SqlSession,
    scope: SourceScope,
    { sharedOnly }: { readonly sharedOnly: boolean },
  ): AsyncIterable<KeyBatch> {
    const loaded = await this.#load(session, scope)
    this.#table = loaded.table
    if (this.#model) this.#use(this.#model)
    else this.#estimate(loaded)
    const pids = pidsByRow(loaded)
    const canLink = new Uint8Array(this.#table.rows)
    for (let row = 0; row < canLink.length; row++) canLink[row] = this.#canLink(row) ? 1 : 0
    const maker = new KeyMaker(this.#table)
    const expand = { pids, canLink, sharedOnly }
    for (const [at, pass] of this.#passes.entries()) {
      yield* expanded(maker.keys(pass), this.firstRule + at, expand)
    }
    yield* expanded(equalKeys(this.#table, expand), this.firstRule + this.#passes.length, expand)
  }

  /** The keys of some source profiles as they are now. */
  async fresh(session: SqlSession, scope: SourceScope): Promise<KeyBatch> {
    const sql = await profileFieldsSql(session, this.#fields, { profile: this.#profile, scope })
    const rows: KeyRow[] = []
    for await (const { columns, rowCount } of session.batches(sql)) {
      for (let at = 0; at < rowCount; at++) {
        const texts = this.#fields.map((_field, field) => columns[field + 1]?.[at] ?? null)
        this.#keysOf(Number(columns[0]?.[at]), texts, rows)
      }
    }
    return keyBatch(rows)
  }

  #keysOf(pid: number, texts: readonly unknown[], into: KeyRow[]): void {
    const tuple = this.#table.fields.map((values, field) => {
      const text = texts[field]
      const form = typeof text === 'string' ? recordForm(values.field.kind, text) : null
      return form === null ? BLANK : values.number(form)
    })
    const row = this.#table.rowOf(tuple)
    if (!this.#canLink(row)) return
    for (const [at, pass] of this.#passes.entries()) {
      for (const key of keysOfRow(this.#table, pass, row)) {
        into.push({ rule: this.firstRule + at, key, pid, value: row })
      }
    }
    const hash = this.#table.contentHash(row)
    const key = BigInt.asUintN(64, (BigInt(hash >>> 0) << 32n) | BigInt(hash >>> 0))
    into.push({ rule: this.firstRule + this.#passes.length, key, pid, value: row })
  }

  /** Whether a record could link to its equal; if not, it can link to nobody. */
  #canLink(row: number): boolean {
    return (this.#score?.weight(row, row) ?? 0) >= this.#link
  }

  async #load(session: SqlSession, scope: SourceScope): Promise<LoadedTable> {
    const sql = await profileFieldsSql(session, this.#fields, { profile: this.#profile, scope })
    await session.run(`create or replace temp table score_record as ${sql}`)
    const [row] = await session.rows('select coalesce(max(pid), -1) + 1 from temp.score_record')
    const records = { relation: 'temp.score_record', rows: Number(row?.[0] ?? 0) }
    const sources = this.#scoreFields().map((field, at) => ({ ...field, sql: `f${at}` }))
    const loaded = await loadTable(session, records, sources)
    await session.run('drop table temp.score_record')
    return loaded
  }

  #estimate({ table: whole, rowOf }: LoadedTable): void {
    const all = rowOf.filter(row => row >= 0)
    const { blocking } = this.#rule
    const { recordsLearned, pairsLearned } = this.#limits
    const chosen = blocking ? undefined : chosenBlocking(whole, all, this.#limits)
    const passes =
      chosen?.passes ?? passesOf(blockingPasses(blocking ?? [], this.#scoreFields()), whole)
    const isMany = all.length > recordsLearned
    const { table, rowOf: records } = isMany
      ? whole.sample(all, recordsLearned)
      : { table: whole, rowOf: all }
    const maker = new KeyMaker(table)
    const groups = passes.map(pass => ({ pass, groups: groupsOf(maker.keys(pass), table.rows) }))
    const groupMax = groupMaxOfPart(records.length / all.length, this.#limits.groupMax)
    const samples = samplesOf(groups, groupMax, pairsLearned)
    const known = chosen?.known
    const estimate = estimateModel({ table, whole, rowOf: records, samples, known })
    this.#use({ ...estimate, records: all.length, blocking: blockingOf(passes, whole) })
  }

  #use(model: ScoreModel): void {
    this.#model = model
    this.#score = new PairScore(this.#table, model)
    const { blocking } = this.#rule
    const passes = blocking ? blockingPasses(blocking, model.fields) : model.blocking
    this.#passes = passesOf(passes, this.#table)
  }

  #known(): ScoreModel {
    return must(this.#model, 'a scored rule has a model once its records are loaded')
  }

  #scoreFields(): readonly { name: string; kind: ScoredField['kind'] }[] {
    return this.#fields.map(one => ({ name: scoredFieldName(one), kind: one.kind }))
  }
}

/** The limits of a rule, and of its ruleset how many records of a blocking key are compared. */
type Limits = Required<ScoredLimits> & { readonly groupMax: number }

function chosenBlocking(table: ScoreTable, records: Int32Array, limits: Limits): ChosenBlocking {
  const { part, min } = LOOKED_AT
  const from = Math.min(limits.recordsLookedAt, Math.max(min, part * records.length))
  if (records.length <= from) return chooseBlocking(table, records, limits)
  const sample = table.sample(records, from)
  const share = sample.rowOf.length / records.length
  return chooseBlocking(sample.table, sample.rowOf, { ...limits, share })
}
