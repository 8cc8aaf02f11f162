import type { FieldPart, RowPairs } from './blocking-groups.ts'
import { COMPARISONS } from './field-comparison.ts'
import { isNearlyUnique, isOwn } from './field-kind.ts'
import {
  expectedIn,
  learnFrom,
  learnFromLast,
  LevelPatterns,
  type Ratios,
  STRIDE,
  type Training,
} from './learn-from-pass.ts'
import { matchGuess } from './match-guess.ts'
import { NO_LEVEL, PairLevels } from './pair-levels.ts'
import { FREQUENT_RECORDS } from './pair-score.ts'
import type { LevelShares, ModelField, ScoreModel } from './score-model.ts'
import type { FieldValues, ScoreTable } from './score-table.ts'

/** Pairs of one blocking pass. */
export interface PassSample {
  readonly pass: readonly FieldPart[]
  readonly pairs: RowPairs
  /** How many pairs the pass has for each of the sample that no earlier pass has too. */
  readonly scale: number
  /** Which pairs of the sample no earlier pass has: 1 for those. */
  readonly isFirst: Uint8Array
}

/** What a model is estimated from. */
export interface EstimateInput {
  readonly table: ScoreTable
  /** All records, where `table` is of a part of them: it tells how frequent values are. */
  readonly whole?: ScoreTable | undefined
  /** The row of each record. */
  readonly rowOf: Int32Array
  readonly samples: readonly PassSample[]
  /**
   * A model of a part of the records, learned from more passes than there are here: what matches and
   * relatives share is taken from it, and how many relatives there are for each match.
   */
  readonly known?: EstimatedModel | undefined
}

/** A model that has yet to be told by which passes it will be used. */
export type EstimatedModel = Omit<ScoreModel, 'blocking'>

const ROUNDS = 10
/** Rounds where what matches share is known. */
const ROUNDS_KNOWN = 4
/** Random pairs that levels are counted in. */
const RANDOM_PAIRS = 100_000
/** Pairs that a pass needs to be learned from. */
const PAIRS_MIN = 20
/** A share is never taken for smaller: what was not seen can still be. */
const SHARE_MIN = 1e-9
/** Strangers that a field is taken to have been looked at in at least: few values do not tell that most agree. */
const PAIRS_UNSEEN = 1000
/** Random pairs of which is taken that they differ, before any is counted. */
const DIFFERENT_GUESSED = 5
/** Of a share of random pairs at least so much is random, however many matches are among them. */
const RANDOM_PART = 0.02
/** Of pairs with an equal number or address at least so many are strangers. */
const STRANGERS_MIN = 0.002
/** The same where nothing is learned of it. */
const STRANGERS_GUESSED = 0.05
/** Relatives are a class of their own from this part of the matches on; less is their tail. */
const RELATED_MIN = 0.02
/** What is added to each level's count, absolutely and as a part of all: nothing is impossible. */
const SMOOTHING = { absolute: 0.1, part: 0.0005 }
/** Pairs that a share is learned from at least. */
const LEARNED_MIN = 5
/** Matches that are taken to have agreed as most do, so that a few pairs alone say little. */
const MATCHES_GUESSED = 50
/** Values of a field that are kept as frequent. */
const FREQUENT_MAX = 1000

/** Shares of levels, field by field. */
type Shares = Float64Array[]

/**
 * Estimates a model without labels by expectation maximisation (Fellegi–Sunter 1969, Winkler 1988).
 * What strangers share is counted in random pairs. What matches and relatives share is learned from
 * the pairs of each blocking pass by the fields that the pass does not fix, with odds of its own.
 */
export function estimateModel(input: EstimateInput): EstimatedModel {
  return new Estimation(input).run()
}

class Estimation {
  readonly #records: number
  readonly #known: EstimatedModel | undefined
  readonly #fields: readonly FieldValues[]
  readonly #levels: PairLevels
  readonly #passes: readonly Training[]
  /** The shares of levels in all pairs, matches among them. */
  readonly #all: Shares
  readonly #match: Shares
  readonly #related: Shares
  /** The smallest share of random pairs that each field can have. */
  readonly #unseen: readonly number[]
  /** Fields that every pass fixes which leaves two: of few fields no two are left beside a pair of them. */
  readonly #untaught: ReadonlySet<number>
  #random: Shares
  #matchOdds: number
  #relatedOdds: number

  constructor({ table, whole, rowOf, samples, known }: EstimateInput) {
    this.#known = known
    this.#records = rowOf.length
    this.#fields = (whole ?? table).fields
    this.#levels = new PairLevels(table)
    this.#passes = samples.map(sample => this.#training(sample))
    this.#untaught = new Set(
      Array.from(this.#fields.keys()).filter(field =>
        this.#teaching(2).every(({ fixed }) => fixed.has(field)),
      ),
    )
    this.#all = this.#sharesOfAll(rowOf)
    // What no pair of those with a value showed may still be seen in one of about so many.
    this.#unseen = this.#fields.map(({ filled }) =>
      Math.max(SHARE_MIN, 1 / Math.max(PAIRS_UNSEEN, filled * (filled - 1))),
    )
    this.#match = this.#fields.map(
      (values, field) => sharesOf(known, field, 'match') ?? matchGuess(values.field.kind),
    )
    this.#random = this.#all.map(shares => shares.slice())
    this.#matchOdds = Math.min(0.5, 2 / Math.max(4, this.#records))
    // Relatives are told from matches by what is a person's own, from strangers by what is not.
    const kinds = new Set(this.#fields.map(({ field }) => isOwn(field.kind)))
    this.#relatedOdds = kinds.size === 2 ? this.#matchOdds : 0
    this.#related = this.#match.map(
      (shares, field) => sharesOf(known, field, 'related') ?? shares.slice(),
    )
    this.#setRandom()
  }

  run(): EstimatedModel {
    for (let round = 0; round < (this.#known ? ROUNDS_KNOWN : ROUNDS); round++) this.#round()
    if (this.#relatedOdds < RELATED_MIN * this.#matchOdds) this.#relatedOdds = 0
    return {
      version: 1,
      records: this.#records,
      match: this.#matchOdds,
      related: this.#relatedOdds,
      fields: this.#fields.map((values, field) => this.#modelField(values, field)),
    }
  }

  /** The patterns of levels in a sample's pairs, and the field that its pass leaves no choice of. */
  #training({ pass, pairs, scale, isFirst }: PassSample): Training {
    const width = this.#fields.length
    const patterns = new LevelPatterns(width)
    const levels = new Int8Array(width)
    for (let at = 0; at < pairs.first.length; at++) {
      this.#levels.all(pairs.first[at] ?? 0, pairs.second[at] ?? 0, levels)
      patterns.add(levels, isFirst[at] === 1)
    }
    const isKey = pass.length === 1 && pass[0]?.part === 'whole'
    return {
      patterns,
      fixed: new Set(pass.map(({ field }) => field)),
      scale,
      keyOf: isKey ? (pass[0]?.field ?? -1) : -1,
      match: 0.3,
      related: 0.1,
    }
  }

  /** Levels counted in random pairs; equal values by how often each is there. */
  #sharesOfAll(rowOf: Int32Array): Shares {
    const counts = this.#fields.map(values => new Float64Array(levelCount(values)))
    const levels = new Int8Array(this.#fields.length)
    eachRandomPair(rowOf, (one, other) => {
      this.#levels.all(one, other, levels)
      for (let field = 0; field < levels.length; field++) {
        const level = levels[field] ?? NO_LEVEL
        const its = counts[field]
        if (its && level !== NO_LEVEL) its[level] = (its[level] ?? 0) + 1
      }
    })
    return counts.map((its, field) => {
      const equal = this.#fields[field]?.collision() ?? 0
      const add = 0.2
      const last = its.length - 1
      its[last] = (its[last] ?? 0) + DIFFERENT_GUESSED
      const unequal = its.reduce((sum, count, level) => sum + (level === 0 ? 0 : count), 0)
      return its.map((count, level) =>
        level === 0 ? equal : ((1 - equal) * (count + add)) / (unequal + add * (its.length - 1)),
      )
    })
  }

  /** One step of expectation and maximisation over all passes, then the odds of any two records. */
  #round(): void {
    const width = this.#fields.length
    const sums = {
      match: new Float64Array(width * STRIDE),
      related: new Float64Array(width * STRIDE),
    }
    let taught = 0
    for (const pass of this.#teaching(2)) {
      taught += 1
      const ratios = this.#ratios(pass.fixed)
      for (let turn = 0; turn < 3; turn++) learnFrom(pass, ratios, turn === 2 ? sums : undefined)
    }
    if (this.#untaught.size > 0) {
      const odds = [this.#matchOdds, this.#relatedOdds] as const
      const ratios = this.#ratios()
      for (const pass of this.#teaching(1)) {
        if (![...this.#untaught].every(field => pass.fixed.has(field)))
          learnFromLast(pass, odds, { ratios, sums })
      }
    }
    // A pair is seen in several passes: it counts for one in what is guessed, too.
    const guessed = MATCHES_GUESSED * Math.max(1, taught)
    for (const [field, values] of this.#known ? [] : this.#fields.entries()) {
      fit(this.#match[field], sums.match, { field, guess: matchGuess(values.field.kind), guessed })
      if (!isOwn(values.field.kind)) fit(this.#related[field], sums.related, { field })
    }
    this.#setRandom()
    this.#setOdds()
  }

  /** The passes that leave so many fields to learn of, with pairs enough; two stand for two or more. */
  #teaching(free: 1 | 2): readonly Training[] {
    const width = this.#fields.length
    return this.#passes.filter(
      ({ patterns, fixed }) =>
        patterns.pairs >= PAIRS_MIN && Math.min(2, width - fixed.size) === free,
    )
  }

  /** What strangers share: what all pairs do, less the matches. */
  #setRandom(): void {
    const odds = this.#matchOdds
    this.#random = this.#all.map((shares, field) =>
      shares.map((share, level) => {
        const matched = odds * (this.#match[field]?.[level] ?? 0)
        const others = Math.max((share - matched) / (1 - odds), share * RANDOM_PART)
        // Counted and guessed shares may not agree to the last.
        return Math.min(1, Math.max(this.#unseen[field] ?? SHARE_MIN, others))
      }),
    )
    this.#setRandomOfKeys()
    for (const [field, { field: its }] of this.#fields.entries()) {
      if (isOwn(its.kind))
        this.#related[field] = this.#random[field]?.slice() ?? new Float64Array(0)
    }
  }

  /** Of pairs that share a nearly unique value, the strangers are what their pass leaves. */
  #setRandomOfKeys(): void {
    for (const [field, values] of this.#fields.entries()) {
      if (isNearlyUnique(values.field.kind)) this.#setStrangers(field, STRANGERS_GUESSED)
    }
    for (const { keyOf, patterns, match, related } of this.#passes) {
      const kind = this.#fields[keyOf]?.field.kind
      if (kind === undefined || !isNearlyUnique(kind) || patterns.pairs < PAIRS_MIN) continue
      this.#setStrangers(keyOf, Math.max(STRANGERS_MIN, 1 - match - related))
    }
  }

  /** Sets how many of the pairs with an equal value are strangers. */
  #setStrangers(field: number, share: number): void {
    const random = this.#random[field]
    const equal = (this.#all[field]?.[0] ?? 0) * share
    if (random) random[0] = Math.max(this.#unseen[field] ?? SHARE_MIN, equal)
  }

  /** The odds of any two records: expected matches among the pairs of all passes. */
  #setOdds(): void {
    const all = Math.max(1, (this.#records * (this.#records - 1)) / 2)
    const ratios = this.#ratios()
    for (let turn = 0; turn < 3; turn++) {
      let [matches, related] = [0, 0]
      for (const pass of this.#passes) {
        const found = expectedIn(pass, ratios, [this.#matchOdds, this.#relatedOdds])
        matches += found[0] * pass.scale
        related += found[1] * pass.scale
      }
      this.#matchOdds = Math.min(0.5, Math.max(1, matches) / all)
      if (this.#known) {
        this.#relatedOdds = (this.#known.related / this.#known.match) * this.#matchOdds
      } else if (this.#relatedOdds > 0) {
        this.#relatedOdds = Math.min(0.5, Math.max(1e-3, related) / all)
      }
    }
  }

  /** How much more often a level is seen in matches, and in relatives, than in strangers; of fixed fields not at all. */
  #ratios(fixed: ReadonlySet<number> = NO_FIELDS): Ratios {
    const over = (shares: Shares): Float64Array => {
      const ratios = new Float64Array(shares.length * STRIDE).fill(1)
      for (const [field, its] of shares.entries()) {
        if (fixed.has(field)) continue
        for (const [level, share] of its.entries()) {
          ratios[field * STRIDE + level + 1] = share / this.#randomShare(field, level)
        }
      }
      return ratios
    }
    return { match: over(this.#match), related: over(this.#related) }
  }

  #randomShare(field: number, level: number): number {
    return this.#random[field]?.[level] ?? 1
  }

  #modelField(values: FieldValues, field: number): ModelField {
    const names = COMPARISONS[values.field.kind].levels
    const levels = names.map((level, at): LevelShares => {
      const random = this.#randomShare(field, at)
      const related = this.#relatedOdds === 0 ? random : (this.#related[field]?.[at] ?? random)
      return { level, match: this.#match[field]?.[at] ?? random, related, random }
    })
    return { ...values.field, levels, ...frequencies(values, this.#randomShare(field, 0)) }
  }
}

const NO_FIELDS: ReadonlySet<number> = new Set()

/** What a known model says of a field's levels. */
function sharesOf(
  known: EstimatedModel | undefined,
  field: number,
  of: 'match' | 'related',
): Float64Array | undefined {
  const levels = known?.fields[field]?.levels
  return levels && Float64Array.from(levels, level => level[of])
}

/** Shares out of sums and of so many pairs as were guessed; with neither they stay as they were. */
function fit(
  shares: Float64Array | undefined,
  table: Float64Array,
  {
    field,
    guess,
    guessed = 0,
  }: { readonly field: number; readonly guess?: Float64Array; readonly guessed?: number },
): void {
  if (!shares) return
  const sums = table.subarray(field * STRIDE + 1, field * STRIDE + 1 + shares.length)
  const sum = sums.reduce((held, one) => held + one, 0)
  if (sum + guessed < LEARNED_MIN) return
  const add = SMOOTHING.absolute + SMOOTHING.part * sum
  for (let level = 0; level < shares.length; level++) {
    const seen = (sums[level] ?? 0) + add + guessed * (guess?.[level] ?? 0)
    shares[level] = seen / (sum + guessed + add * shares.length)
  }
}

function levelCount({ field }: FieldValues): number {
  return COMPARISONS[field.kind].levels.length
}

/** All pairs of few records, or as many random ones of many; the same ones every time. */
function eachRandomPair(rowOf: Int32Array, visit: (one: number, other: number) => void): void {
  const records = rowOf.length
  if ((records * (records - 1)) / 2 <= RANDOM_PAIRS) {
    for (let one = 0; one < records; one++) {
      for (let other = one + 1; other < records; other++) {
        visit(rowOf[one] ?? 0, rowOf[other] ?? 0)
      }
    }
    return
  }
  let state = 0x2545f491
  const draw = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * records)
  }
  for (let at = 0; at < RANDOM_PAIRS; at++) {
    const [one, other] = [draw(), draw()]
    if (one !== other) visit(rowOf[one] ?? 0, rowOf[other] ?? 0)
  }
}

/** The shares of values that are more frequent than others, and of all that are not. */
function frequencies(values: FieldValues, random: number): Pick<ModelField, 'frequent' | 'rare'> {
  const { filled, field } = values
  const isUnique = isNearlyUnique(field.kind)
  const rare = Math.max(RARE_PART * random, 2 / Math.max(2, filled))
  const shares: (readonly [value: number, share: number])[] = []
  for (let value = 0; value < values.texts.length; value++) {
    const count = values.count(value)
    const share = (isUnique ? count - FREQUENT_RECORDS : count) / Math.max(1, filled)
    if (share > (isUnique ? random : rare)) shares.push([value, share])
  }
  shares.sort(([a, one], [b, other]) => other - one || a - b)
  const dropped = shares[FREQUENT_MAX]?.[1] ?? 0
  const frequent = Object.fromEntries(
    shares.slice(0, FREQUENT_MAX).map(([value, share]) => [values.text(value), share]),
  )
  return { frequent, rare: isUnique ? random : Math.max(rare, dropped) }
}

const RARE_PART = 0.05
