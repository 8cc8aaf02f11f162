/** Places of a field in flat tables: one for blank, then its levels. */
export const STRIDE = 8

/** Distinct patterns of levels, and how many pairs have each. */
export class LevelPatterns {
  readonly width: number
  /** For each pattern and field the place of its level in flat tables. */
  readonly places: number[] = []
  readonly counts: number[] = []
  /** Pairs that no earlier pass has. */
  readonly firsts: number[] = []
  readonly #numbers = new Map<string, number>()
  pairs = 0

  constructor(width: number) {
    this.width = width
  }

  add(levels: Int8Array, isFirst: boolean): void {
    const name = levels.join()
    let at = this.#numbers.get(name)
    if (at === undefined) {
      at = this.counts.length
      this.#numbers.set(name, at)
      for (const [field, level] of levels.entries()) this.places.push(field * STRIDE + level + 1)
      this.counts.push(0)
      this.firsts.push(0)
    }
    this.counts[at] = (this.counts[at] ?? 0) + 1
    if (isFirst) this.firsts[at] = (this.firsts[at] ?? 0) + 1
    this.pairs += 1
  }
}

/** A pass to learn from, and what part of its pairs are matches and relatives. */
export interface Training {
  readonly patterns: LevelPatterns
  /** Fields that all pairs of the pass agree in, about. */
  readonly fixed: ReadonlySet<number>
  readonly scale: number
  /** The field whose whole value the pass is about, if it is one alone; else -1. */
  readonly keyOf: number
  match: number
  related: number
}

/** Flat tables, by field and level. */
export interface Ratios {
  readonly match: Float64Array
  readonly related: Float64Array
}

/** Makes a pass's own odds fit its pairs; adds what each pattern says of the levels to the sums. */
export function learnFrom(pass: Training, ratios: Ratios, sums: Ratios | undefined): void {
  const { counts, pairs } = pass.patterns
  const { match, related } = pass
  const random = 1 - match - related
  const found = expected(pass.patterns, counts, { ratios, match, related, random })
  if (sums) addLevels(pass, found, sums)
  pass.match = Math.min(0.999, Math.max(1e-6, sum(found.match) / pairs))
  pass.related = Math.min(1 - pass.match - 1e-4, Math.max(1e-7, sum(found.related) / pairs))
}

/**
 * The same of a pass that leaves one field: by that alone no odds can be told. What is a match is judged by
 * all fields, and the odds of any two records.
 */
export function learnFromLast(
  pass: Training,
  [match, related]: readonly [number, number],
  { ratios, sums }: { readonly ratios: Ratios; readonly sums: Ratios },
): void {
  const { counts } = pass.patterns
  addLevels(pass, expected(pass.patterns, counts, { ratios, match, related, random: 1 }), sums)
}

/** Expected matches and relatives among the pairs that no earlier pass has. */
export function expectedIn(
  { patterns }: Training,
  ratios: Ratios,
  [match, related]: readonly [number, number],
): readonly [number, number] {
  const found = expected(patterns, patterns.firsts, { ratios, match, related, random: 1 })
  return [sum(found.match), sum(found.related)]
}

/** How many of each pattern's pairs are matches and relatives, by the odds of each class to the others. */
function expected(
  { width, places }: LevelPatterns,
  counts: readonly number[],
  odds: {
    readonly ratios: Ratios
    readonly match: number
    readonly related: number
    readonly random: number
  },
): Ratios {
  const found = {
    match: new Float64Array(counts.length),
    related: new Float64Array(counts.length),
  }
  for (let pattern = 0; pattern < counts.length; pattern++) {
    let m = odds.match
    let r = odds.related
    for (let at = pattern * width; at < (pattern + 1) * width; at++) {
      const place = places[at] ?? 0
      m *= odds.ratios.match[place] ?? 1
      r *= odds.ratios.related[place] ?? 1
    }
    const each = (counts[pattern] ?? 0) / (m + r + odds.random)
    found.match[pattern] = m * each
    found.related[pattern] = r * each
  }
  return found
}

function sum(values: Float64Array): number {
  return values.reduce((held, one) => held + one, 0)
}

/** Adds the matches and relatives that each pattern has to its levels, but for what the pass fixes. */
function addLevels({ patterns, fixed }: Training, found: Ratios, sums: Ratios): void {
  const { width, places } = patterns
  for (const [pattern, match] of found.match.entries()) {
    const related = found.related[pattern] ?? 0
    for (let at = pattern * width; at < (pattern + 1) * width; at++) {
      const place = places[at] ?? 0
      if (fixed.has(Math.floor(place / STRIDE))) continue
      sums.match[place] = (sums.match[place] ?? 0) + match
      sums.related[place] = (sums.related[place] ?? 0) + related
    }
  }
}
