/** Whether two different values are alike by a rule: symmetric, and a function of nothing else. */
export type Similar = (one: number, other: number, rule: number) => boolean

/** Pairs remembered at most: about 0.3 GB. Over it everything is forgotten, and asked again. */
const PAIRS_MAX = 4_000_000

/** Remembers answers of `similar`, which is the dear part of a fuzzy rule. */
export function rememberSimilar(similar: Similar, pairsMax = PAIRS_MAX): Similar {
  const answers = new Map<number, Map<number, boolean>>()
  let pairs = 0
  return function remembered(one, other, rule) {
    const low = Math.min(one, other)
    const high = Math.max(one, other)
    // Values are below 2^31 and rules below 2^8: exact in a double.
    const first = rule * 0x80000000 + low
    let known = answers.get(first)
    const held = known?.get(high)
    if (held !== undefined) return held
    if (pairs >= pairsMax) {
      answers.clear()
      pairs = 0
      known = undefined
    }
    if (known === undefined) answers.set(first, (known = new Map()))
    const answer = similar(low, high, rule)
    known.set(high, answer)
    pairs += 1
    return answer
  }
}
