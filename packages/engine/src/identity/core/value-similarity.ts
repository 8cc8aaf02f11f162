/** Whether two different values are alike by a rule: symmetric, and a function of nothing else. */
export type Similar = (one: number, other: number, rule: number) => boolean

/** Whether two values are surely not alike, told faster than `Similar` tells; false says nothing. */
export type RulesOut = Similar

/** Pairs remembered at first, and at most: 9 bytes each. */
const [PAIRS_MIN, PAIRS_MAX] = [1 << 8, 1 << 21]

/**
 * Remembers answers of `similar`, which is the dear part of a fuzzy rule. A pair has one place, and
 * the later of two that share it is the one that is remembered; places become more with the pairs.
 */
export function rememberSimilar(similar: Similar, pairsMax = PAIRS_MAX): Similar {
  let places = Math.min(PAIRS_MIN, pairsMax)
  let ones = new Int32Array(places).fill(-1)
  let others = new Int32Array(places)
  let answers = new Uint16Array(places)
  let asked = 0
  return function remembered(one, other, rule) {
    const low = one < other ? one : other
    const high = one < other ? other : one
    let mixed = Math.imul(
      low ^ Math.imul(high, 0x9e3779b1) ^ Math.imul(rule, 0x7feb352d),
      0x85ebca6b,
    )
    mixed ^= mixed >>> 15
    const at = mixed & (places - 1)
    const held = answers[at] ?? 0
    if (ones[at] === low && others[at] === high && held >> 1 === rule) return (held & 1) === 1
    const answer = similar(low, high, rule)
    ones[at] = low
    others[at] = high
    answers[at] = rule * 2 + (answer ? 1 : 0)
    asked += 1
    if (asked > places && places < pairsMax) {
      places *= 4
      ones = new Int32Array(places).fill(-1)
      others = new Int32Array(places)
      answers = new Uint16Array(places)
    }
    return answer
  }
}
