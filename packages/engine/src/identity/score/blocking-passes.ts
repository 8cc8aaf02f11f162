import {
  type FieldPart,
  groupsOf,
  type KeyGroups,
  KeyMaker,
  pairsIn,
  samplePairs,
} from './blocking-groups.ts'
import { type BlockingPart, PARTS_OF } from './blocking-part.ts'
import { type EstimatedModel, estimateModel, type PassSample } from './estimate-model.ts'
import { bitsOf, PairScore } from './pair-score.ts'
import type { BlockingPass } from './score-model.ts'
import type { ScoreTable } from './score-table.ts'

/** A pass with its groups. */
export interface PassGroups {
  readonly pass: readonly FieldPart[]
  readonly groups: KeyGroups
}

/** How passes are chosen. */
export interface ChooseOptions {
  /** Rows a group may have. */
  readonly groupMax: number
  /** Pairs that one pass may propose, for each record. */
  readonly pairsPerRecord: number
  /** Pairs that all passes may propose, for each record; `pairsFree` may be proposed in any case. */
  readonly pairsPerRecordInAll: number
  readonly pairsFree: number
  /** Passes that are chosen at most. */
  readonly passesMax: number
}

/** The part of all records that passes are chosen from: pairs of all are more by the square of it. */
interface Part {
  /** Above 0, at most 1. */
  readonly share: number
  /** Rows of it that a group may have. */
  readonly groupMax: number
}

/** Pairs that are looked at to choose: of each pass its part, but not too few. */
const PAIRS_LOOKED_AT = { all: 800_000, pass: 2000 }
/** Pairs that a pass may propose of few records, however many that are for each: all pairs of two hundred. */
const PAIRS_FEW = 20_000
/** A pass whose groups over the limit have more than this part of its pairs proposes too little of what it says. */
const WITHIN_MIN = 0.3
/** Passes are chosen until so much of the likely matches is found. */
const COVERED = 0.998
/** A pair is a likely match from this probability on. */
const LIKELY = 0.8

/** The passes that were chosen, and what all that were looked at taught of matches and relatives. */
export interface ChosenBlocking {
  readonly passes: readonly (readonly FieldPart[])[]
  readonly known: EstimatedModel
}

/**
 * Chooses by which fields candidates are found, from the data alone: of all passes of one or two
 * field parts that do not propose too many pairs, those that find the likely matches with the fewest
 * pairs, the most telling first.
 */
export function chooseBlocking(
  table: ScoreTable,
  rowOf: Int32Array,
  { share = 1, ...options }: ChooseOptions & { readonly share?: number },
): ChosenBlocking {
  const groupMax = groupMaxOfPart(share, options.groupMax)
  const part: Part = { share, groupMax }
  const candidates = candidatePasses(table, rowOf, { ...options, ...part })
  const samples = samplesOf(
    candidates,
    groupMax,
    Math.max(PAIRS_LOOKED_AT.pass, PAIRS_LOOKED_AT.all / Math.max(1, candidates.length)),
  )
  const known = estimateModel({ table, rowOf, samples })
  const model = { ...known, blocking: [] }
  const score = new PairScore(table, model)
  const likely = new Map<number, number[]>()
  for (const [at, { pairs }] of samples.entries()) {
    for (let pair = 0; pair < pairs.first.length; pair++) {
      const [one, other] = [pairs.first[pair] ?? 0, pairs.second[pair] ?? 0]
      const name = Math.min(one, other) * table.rows + Math.max(one, other)
      const found = likely.get(name)
      if (found) found.push(at)
      else if (score.isAtLeast(one, other, bitsOf(LIKELY))) likely.set(name, [at])
    }
  }
  const records = rowOf.length / share
  const pairsMax = Math.max(options.pairsFree, options.pairsPerRecordInAll * records)
  const costs = candidates.map(({ groups }) => pairsIn(groups, groupMax) / share ** 2)
  const choice = { candidates, samples, costs, likely: [...likely.values()] }
  return { passes: cover(choice, { pairsMax, passesMax: options.passesMax }), known }
}

/** Rows that a group of at most so many has in a part of all rows; not many more by chance. */
export function groupMaxOfPart(share: number, groupMax: number): number {
  const expected = share * groupMax
  return Math.ceil(expected + 2 * Math.sqrt(expected * (1 - share)))
}

/** All passes of one or two parts of different fields that propose a bearable number of pairs. */
function candidatePasses(
  table: ScoreTable,
  rowOf: Int32Array,
  { groupMax, pairsPerRecord, share }: Pick<ChooseOptions, 'pairsPerRecord'> & Part,
): readonly PassGroups[] {
  const maker = new KeyMaker(table)
  // Of all records each has `1 / share` as many others to meet.
  const pairsMax = Math.max(share ** 2 * PAIRS_FEW, share * pairsPerRecord * rowOf.length)
  const parts = table.fields.flatMap(({ field: { kind } }, field) =>
    PARTS_OF[kind].map((part): FieldPart => ({ field, part })),
  )
  const passes = parts.map((part): readonly FieldPart[] => [part])
  for (const [at, one] of parts.entries()) {
    for (const other of parts.slice(at + 1)) {
      if (other.field !== one.field) passes.push([one, other])
    }
  }
  return passes.flatMap(pass => {
    const groups = groupsOf(maker.keys(pass), table.rows)
    const within = pairsIn(groups, groupMax)
    const all = pairsIn(groups, Number.POSITIVE_INFINITY)
    return within === 0 || within > pairsMax || within < WITHIN_MIN * all ? [] : { pass, groups }
  })
}

/** The pairs to learn from, of each pass, and which of them an earlier pass has too. */
export function samplesOf(
  passes: readonly PassGroups[],
  groupMax: number,
  pairsMax: number,
): readonly PassSample[] {
  return passes.map(({ pass, groups }, place) => {
    const pairs = samplePairs(groups, groupMax, pairsMax)
    const earlier = passes.slice(0, place)
    const isFirst = Uint8Array.from(pairs.first, (one, at) => {
      const other = pairs.second[at] ?? 0
      return earlier.some(before => isIn(before.groups, one, other)) ? 0 : 1
    })
    const scale = pairsIn(groups, groupMax) / Math.max(1, pairs.first.length)
    return { pass, pairs, scale, isFirst }
  })
}

function isIn({ groupOf }: KeyGroups, one: number, other: number): boolean {
  const group = groupOf[one] ?? -1
  return group >= 0 && group === groupOf[other]
}

/** What passes are chosen by. */
interface Choice {
  readonly candidates: readonly PassGroups[]
  readonly samples: readonly PassSample[]
  /** The pairs that each candidate proposes of all records. */
  readonly costs: readonly number[]
  /** For each likely match the candidates that find it. */
  readonly likely: readonly (readonly number[])[]
}

/** Greedily takes the pass that finds most likely matches not found yet for the pairs it costs, as far as pairs reach. */
function cover(
  choice: Choice,
  { passesMax, pairsMax }: { readonly passesMax: number; readonly pairsMax: number },
): readonly (readonly FieldPart[])[] {
  const { candidates, costs, likely } = choice
  const open = new Set(likely.keys())
  const chosen: number[] = []
  let pairsLeft = pairsMax
  while (chosen.length < passesMax && open.size > (1 - COVERED) * likely.length) {
    const gains = gainsOf(choice, open).map((gain, at) => ((costs[at] ?? 0) > pairsLeft ? 0 : gain))
    const best = mostWorth(gains, costs)
    if (best < 0) break
    chosen.push(best)
    pairsLeft -= costs[best] ?? 0
    for (const pair of open) if (likely[pair]?.includes(best) === true) open.delete(pair)
  }
  return chosen.map(at => candidates[at]?.pass ?? [])
}

/** How many of the open likely matches each candidate finds; a chosen one finds none. */
function gainsOf({ candidates, samples, likely }: Choice, open: ReadonlySet<number>): Float64Array {
  const gains = new Float64Array(candidates.length)
  for (const pair of open) {
    for (const at of likely[pair] ?? []) gains[at] = (gains[at] ?? 0) + (samples[at]?.scale ?? 1)
  }
  return gains
}

/** The place of the pass that is worth most; -1 if none finds anything. */
function mostWorth(gains: Float64Array, costs: readonly number[]): number {
  let best = -1
  let bestWorth = 0
  for (const [at, gain] of gains.entries()) {
    const its = worth(gain, costs[at])
    if (its <= bestWorth) continue
    best = at
    bestWorth = its
  }
  return best
}

/** What a pass is worth: matches, weighed against the pairs to look at. */
function worth(gain: number, cost = 0): number {
  return gain / Math.sqrt(cost + 1)
}

/** A model's passes by the places of a table's fields; a pass of unknown fields is left out. */
export function passesOf(
  blocking: readonly BlockingPass[],
  table: ScoreTable,
): readonly (readonly FieldPart[])[] {
  const places = new Map(table.fields.map(({ field }, at) => [field.name, at]))
  return blocking.map(pass =>
    pass.flatMap(({ field, part }: { field: string; part: BlockingPart }) => {
      const at = places.get(field)
      return at === undefined ? [] : { field: at, part }
    }),
  )
}

/** Passes as a model names them. */
export function blockingOf(
  passes: readonly (readonly FieldPart[])[],
  table: ScoreTable,
): readonly BlockingPass[] {
  return passes.map(pass =>
    pass.map(({ field, part }) => ({ field: table.fields[field]?.field.name ?? '', part })),
  )
}
