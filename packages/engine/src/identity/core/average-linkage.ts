/** How groups of records become one. */
export interface LinkageOptions {
  /** The score of two members, in bits. */
  readonly weight: (one: number, other: number) => number
  /** The score of a pair that was compared and says nothing either way. */
  readonly prior: number
  /** Bits from which a pair links two groups. */
  readonly link: number
  /** Whether two groups, by their places, must not become one. */
  readonly isApart: (one: number, other: number) => boolean
}

/** The sum of the scores of two groups that must not become one. */
const APART = Number.NEGATIVE_INFINITY
/** A score from which on down a pair can not be one: the same for all that either is one with. */
const NEVER = -500
/** A pair counts at most so many bits for or against, or as many as a link needs: one cannot outweigh all others. */
const CLAMP = 12
/**
 * The mean score that two groups need: so many bits less than a link needs where one pair is the
 * whole of it, and the more pairs there are, the nearer to the second number.
 */
const MEAN_BELOW_LINK = { onePair: 3, manyPairs: 0 }
/** Bits by which a group has to fit one of two that contradict each other better than the other one, to be of either. */
const TELLING = 3

/**
 * Divides records that are connected by links so that those of a part fit together on the whole
 * (average linkage): the two groups that fit best are joined, as long as a link holds them and the
 * mean score of their pairs is enough. A pair that lacks evidence for being one does not speak
 * against it; one with contrary evidence does. Two that somebody keeps apart are never in one part.
 *
 * `groups` are of one already. Cost grows with the square of the members. Which of two equal fits is
 * taken depends on the order of the groups.
 */
export function averageLinkage(
  groups: readonly (readonly number[])[],
  options: LinkageOptions,
): readonly (readonly number[])[] {
  return new Linkage(groups, options).parts()
}

class Linkage {
  readonly #count: number
  readonly #link: number
  readonly #prior: number
  readonly #countedMax: number
  /** The sum of the scores of all pairs of two groups, and the best of them. */
  readonly #sums: Float64Array
  readonly #links: Float64Array
  readonly #sizes: Int32Array
  readonly #members: number[][]
  readonly #isThere: Uint8Array
  /** Which two groups contradict each other: 1 for those. */
  readonly #isContrary: Uint8Array
  /** The group that fits each best, and how well. */
  readonly #best: Int32Array
  readonly #fits: Float64Array

  constructor(groups: readonly (readonly number[])[], options: LinkageOptions) {
    const count = groups.length
    this.#count = count
    this.#link = options.link
    this.#prior = options.prior
    this.#countedMax = Math.max(CLAMP, options.link)
    this.#sums = new Float64Array(count * count)
    this.#links = new Float64Array(count * count)
    this.#sizes = Int32Array.from(groups, ({ length }) => length)
    this.#members = groups.map(members => [...members])
    this.#isThere = new Uint8Array(count).fill(1)
    this.#isContrary = new Uint8Array(count * count)
    this.#best = new Int32Array(count).fill(-1)
    this.#fits = new Float64Array(count)
    for (let one = 0; one < count; one++) {
      for (let other = one + 1; other < count; other++) {
        if (options.isApart(one, other)) this.#setSum(one, other, APART)
        else this.#score(one, other, options)
      }
    }
  }

  #score(one: number, other: number, { weight }: LinkageOptions): void {
    let [sum, best] = [0, Number.NEGATIVE_INFINITY]
    for (const mine of this.#members[one] ?? []) {
      for (const yours of this.#members[other] ?? []) {
        const bits = weight(mine, yours)
        if (bits <= NEVER) return this.#setContrary(one, other)
        sum += this.#counted(bits)
        best = Math.max(best, bits)
      }
    }
    this.#setSum(one, other, sum)
    this.#setLink(one, other, best)
  }

  parts(): readonly (readonly number[])[] {
    for (let group = 0; group < this.#count; group++) this.#findBest(group)
    for (let next = this.#next(); next >= 0; next = this.#next()) {
      const best = this.#best[next] ?? next
      if (this.#isUndecided(next, best)) this.#leave(next, best)
      else this.#join(next, best)
    }
    return this.#members.filter((_members, group) => this.#isThere[group] === 1)
  }

  /** The group whose best fit is the best of all, or -1 if none is enough. */
  #next(): number {
    let next = -1
    for (let group = 0; group < this.#count; group++) {
      if (this.#isThere[group] === 0 || (this.#best[group] ?? -1) < 0) continue
      if (next < 0 || (this.#fits[group] ?? 0) > (this.#fits[next] ?? 0)) next = group
    }
    return next
  }

  /**
   * Whether a third group contradicts one of two and fits the other about as well: a son's record and
   * his father's, and one that only has the name of both.
   */
  #isUndecided(one: number, other: number): boolean {
    const enough = this.#margin(one, other) - TELLING
    for (let third = 0; third < this.#count; third++) {
      if (this.#isThere[third] === 0) continue
      if (this.#isContrary[third * this.#count + other] === 1) {
        if (this.#margin(third, one) >= enough) return true
      } else if (this.#isContrary[third * this.#count + one] === 1) {
        if (this.#margin(third, other) >= enough) return true
      }
    }
    return false
  }

  /** The two stay apart, unless another link holds what becomes of them. */
  #leave(one: number, other: number): void {
    this.#setLink(one, other, Number.NEGATIVE_INFINITY)
    this.#findBest(one)
    this.#findBest(other)
  }

  #join(one: number, other: number): void {
    this.#isThere[other] = 0
    this.#members[one]?.push(...(this.#members[other] ?? []))
    this.#addScores(one, other)
    this.#sizes[one] = (this.#sizes[one] ?? 1) + (this.#sizes[other] ?? 1)
    this.#findBest(one)
    for (let group = 0; group < this.#count; group++) {
      if (this.#isThere[group] === 0 || group === one) continue
      const best = this.#best[group] ?? -1
      if (best === one || best === other) this.#findBest(group)
      else this.#offer(group, one)
    }
  }

  /** What the second group is to all others, the first now is too. */
  #addScores(one: number, other: number): void {
    const size = this.#count
    for (let group = 0; group < size; group++) {
      if (this.#isThere[group] === 0 || group === one) continue
      const [at, from] = [one * size + group, other * size + group]
      this.#setSum(one, group, (this.#sums[at] ?? 0) + (this.#sums[from] ?? 0))
      this.#setLink(one, group, Math.max(this.#links[at] ?? 0, this.#links[from] ?? 0))
      if (this.#isContrary[from] === 1) this.#setContrary(one, group)
    }
  }

  #findBest(group: number): void {
    this.#best[group] = -1
    for (let other = 0; other < this.#count; other++) {
      if (other !== group && this.#isThere[other] === 1) this.#offer(group, other)
    }
  }

  #offer(group: number, other: number): void {
    const fit = this.#fit(group, other)
    if (fit < 0) return
    if ((this.#best[group] ?? -1) >= 0 && fit <= (this.#fits[group] ?? 0)) return
    this.#best[group] = other
    this.#fits[group] = fit
  }

  /** How much more than enough the mean score of two groups is; negative is not enough. */
  #fit(one: number, other: number): number {
    const at = one * this.#count + other
    if ((this.#links[at] ?? 0) < this.#link || this.#sums[at] === APART) return -1
    return this.#margin(one, other)
  }

  /** The same, whether or not a link holds them. */
  #margin(one: number, other: number): number {
    const at = one * this.#count + other
    const pairs = (this.#sizes[one] ?? 1) * (this.#sizes[other] ?? 1)
    const { onePair, manyPairs } = MEAN_BELOW_LINK
    const enough = this.#link - manyPairs - (onePair - manyPairs) / Math.sqrt(pairs)
    return (this.#sums[at] ?? 0) / pairs - enough
  }

  #setContrary(one: number, other: number): void {
    this.#setSum(one, other, APART)
    this.#isContrary[one * this.#count + other] = 1
    this.#isContrary[other * this.#count + one] = 1
  }

  #setSum(one: number, other: number, sum: number): void {
    this.#sums[one * this.#count + other] = sum
    this.#sums[other * this.#count + one] = sum
  }

  #setLink(one: number, other: number, link: number): void {
    this.#links[one * this.#count + other] = link
    this.#links[other * this.#count + one] = link
  }

  /** What a pair's score counts: what is less likely than not, but not spoken against, counts nothing. */
  #counted(bits: number): number {
    if (bits >= 0) return Math.min(this.#countedMax, bits)
    return Math.max(-CLAMP, Math.min(0, bits - this.#prior))
  }
}
