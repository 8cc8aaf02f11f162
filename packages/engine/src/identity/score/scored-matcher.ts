import type { MatchRule, ScoredField, ScoreModelDefinition } from '@mainstem/contracts'
import { must } from '../../kernel/assert.ts'
import type { SqlSession } from '../../lake/index.ts'
import {
  inHashOrder,
  type KeyBatch,
  type KeyRow,
  keyBatch,
  keyColumns,
  type ScoredLinks,
} from '../core/index.ts'
import type { SourceScope } from '../match-key-sql.ts'
import { type FieldPart, groupsOf, KeyMaker, type PassKeys } from './blocking-groups.ts'
import {
  blockingOf,
  type ChosenBlocking,
  chooseBlocking,
  passesOf,
  samplesOf,
} from './blocking-passes.ts'
import { estimateModel } from './estimate-model.ts'
import { type LoadedTable, loadTable } from './load-table.ts'
import { blockingPasses, definitionOf, modelOf, scoredFieldName } from './model-definition.ts'
import { bitsOf, type FieldWeight, PairScore, probabilityOf, type Waterfall } from './pair-score.ts'
import { profileFieldsSql } from './profile-fields.ts'
import { keysOfRow } from './row-keys.ts'
import type { ScoreModel } from './score-model.ts'
import { BLANK, ScoreTable } from './score-table.ts'
import { fieldForm, SEVERAL } from './value-form.ts'

/** How records are scored where nothing else is said. */
export const SCORE_DEFAULTS = {
  /** The probability from which a pair is a link. */
  threshold: 0.8,
  /** Distinct records that share a blocking key and are compared with each other. */
  groupMax: 300,
  /** Pairs that one blocking pass may propose, for each record. */
  pairsPerRecord: 8,
  /** Blocking passes that are chosen at most. */
  passesMax: 16,
  /** Members up to which a cluster is looked at pair by pair. */
  membersMax: 400,
} as const

/** How many of the pairs of a pass a model is learned from. */
const PAIRS_LEARNED = 20_000
/** Records from which blocking is chosen; of more a part says enough. */
const RECORDS_CHOSEN_FROM = 30_000
/** Keys that are put in order at once. */
const KEYS_GATHERED = 1 << 19

/** What a scored rule is made of. */
export interface ScoredRuleOptions {
  readonly rule: MatchRule
  /** The object whose records are compared. */
  readonly profile: string
  /** The number of the rule's first blocking pass among the ruleset's rules. */
  readonly firstRule: number
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
  #fields: readonly ScoredField[]
  #table: ScoreTable
  #model: ScoreModel | undefined
  #score: PairScore | undefined
  #passes: readonly (readonly FieldPart[])[] = []
  readonly #link: number
  /** Pairs whose score was asked for. */
  pairsCompared = 0

  constructor({ rule, profile, firstRule }: ScoredRuleOptions) {
    this.#rule = rule
    this.#profile = profile
    this.firstRule = firstRule
    const model = typeof rule.model === 'object' ? rule.model : undefined
    this.#fields = model?.fields ?? rule.fields ?? []
    this.#table = new ScoreTable(this.#scoreFields())
    this.#link = bitsOf(rule.threshold ?? SCORE_DEFAULTS.threshold)
    if (model) this.#use(modelOf(model))
  }

  /** The model as a file has it; of a rule without one, once it was estimated. */
  get definition(): ScoreModelDefinition {
    return definitionOf(this.#known(), this.#fields)
  }

  /** What a blocking pass is about, for people: `LastName + BirthDate (year)`. */
  passLabel(rule: number): string {
    const pass = this.#known().blocking[rule - this.firstRule]
    if (!pass) return 'equal in all fields'
    return pass
      .map(({ field, part }) => {
        const name = field.split('.')[1] ?? field
        return part === 'whole' ? name : `${name} (${part})`
      })
      .join(' + ')
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
      membersMax: SCORE_DEFAULTS.membersMax,
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
      const value = this.#table.column(at)[row] ?? BLANK
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
    const canLink = Uint8Array.from({ length: this.#table.rows }, (_none, row) =>
      this.#canLink(row) ? 1 : 0,
    )
    const maker = new KeyMaker(this.#table)
    const expand = { pids, canLink, sharedOnly }
    for (const [at, pass] of this.#passes.entries()) {
      yield* expanded(maker.keys(pass), this.firstRule + at, expand)
    }
    yield* expanded(equalKeys(this.#table), this.firstRule + this.#passes.length, expand)
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
      const form = text === null ? null : fieldForm(values.field.kind, String(text))
      return form === null || form === '' ? BLANK : values.number(form)
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

  #estimate(loaded: LoadedTable): void {
    const { table } = loaded
    const records = Int32Array.from(loaded.rowOf.filter(row => row >= 0))
    const { blocking } = this.#rule
    const chosen = blocking ? undefined : chosenBlocking(table, records)
    const passes =
      chosen?.passes ?? passesOf(blockingPasses(blocking ?? [], this.#scoreFields()), table)
    const maker = new KeyMaker(table)
    const groups = passes.map(pass => ({ pass, groups: groupsOf(maker.keys(pass), table.rows) }))
    const samples = samplesOf(groups, SCORE_DEFAULTS.groupMax, PAIRS_LEARNED)
    const estimate = estimateModel({ table, rowOf: records, samples, known: chosen?.known })
    this.#use({ ...estimate, blocking: blockingOf(passes, table) })
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

function chosenBlocking(table: ScoreTable, records: Int32Array): ChosenBlocking {
  if (records.length <= RECORDS_CHOSEN_FROM) return chooseBlocking(table, records, SCORE_DEFAULTS)
  const part = table.sample(records, RECORDS_CHOSEN_FROM)
  return chooseBlocking(part.table, part.rowOf, SCORE_DEFAULTS)
}

/** The records of each row: those of row `r` are `pids[starts[r]]` to `pids[starts[r + 1] - 1]`. */
interface RowPids {
  readonly pids: Int32Array
  readonly starts: Int32Array
}

function pidsByRow({ rowOf, table }: LoadedTable): RowPids {
  const starts = new Int32Array(table.rows + 1)
  for (const row of rowOf) if (row >= 0) starts[row + 1] = (starts[row + 1] ?? 0) + 1
  for (let row = 0; row < table.rows; row++) {
    starts[row + 1] = (starts[row + 1] ?? 0) + (starts[row] ?? 0)
  }
  const ends = starts.slice()
  const pids = new Int32Array(starts[table.rows] ?? 0)
  for (const [pid, row] of rowOf.entries()) {
    if (row < 0) continue
    const place = ends[row] ?? 0
    pids[place] = pid
    ends[row] = place + 1
  }
  return { pids, starts }
}

/** Records that are equal in all fields, as a pass of its own. */
function equalKeys(table: ScoreTable): PassKeys {
  const hashes = Int32Array.from({ length: table.rows }, (_none, row) => table.contentHash(row))
  return { low: hashes, high: hashes, row: Int32Array.from(hashes.keys()), count: table.rows }
}

interface Expansion {
  readonly pids: RowPids
  readonly canLink: Uint8Array
  readonly sharedOnly: boolean
}

/** The keys of rows as the keys of their records, in pieces, in the order that costs an index least. */
function* expanded(keys: PassKeys, rule: number, expansion: Expansion): Iterable<KeyBatch> {
  const { pids, canLink, sharedOnly } = expansion
  const isShared = sharedOnly ? sharedKeys(keys, pids) : undefined
  const whole = keyColumns(KEYS_GATHERED)
  const ordered = keyColumns(KEYS_GATHERED)
  const halves = new Int32Array(whole.key.buffer)
  whole.rule.fill(rule)
  let count = 0
  for (let at = 0; at < keys.count; at++) {
    const row = keys.row[at] ?? 0
    if (canLink[row] !== 1 || isShared?.[at] === 0) continue
    for (let place = pids.starts[row] ?? 0; place < (pids.starts[row + 1] ?? 0); place++) {
      if (count === KEYS_GATHERED) {
        yield inHashOrder({ ...whole, count }, ordered)
        count = 0
      }
      halves[2 * count] = keys.low[at] ?? 0
      halves[2 * count + 1] = keys.high[at] ?? 0
      whole.pid[count] = pids.pids[place] ?? 0
      whole.value[count++] = row
    }
  }
  if (count > 0) yield inHashOrder({ ...whole, count }, ordered)
}

/** Which keys several records have, about: a few that one alone has may be among them. */
function sharedKeys({ low, high, count, row }: PassKeys, { starts }: RowPids): Uint8Array {
  const bits = Math.max(4, Math.ceil(Math.log2(count + 1)) + 2)
  const seen = new Uint8Array(2 ** bits)
  const slotOf = (at: number): number =>
    (Math.imul((low[at] ?? 0) ^ Math.imul(high[at] ?? 0, 0x9e3779b1), 0x85ebca6b) >>>
      (32 - Math.min(32, bits))) >>>
    0
  for (let at = 0; at < count; at++) {
    const slot = slotOf(at)
    const own = row[at] ?? 0
    const records = (starts[own + 1] ?? 0) - (starts[own] ?? 0)
    seen[slot] = Math.min(2, (seen[slot] ?? 0) + records)
  }
  return Uint8Array.from({ length: count }, (_none, at) => ((seen[slotOf(at)] ?? 0) > 1 ? 1 : 0))
}
