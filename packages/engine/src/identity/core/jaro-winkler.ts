/** Letters at the beginning that count more, and how much (Winkler 1990). */
const PREFIX_MAX = 4
const PREFIX_WEIGHT = 0.1
/** Texts less alike than this are not helped by their beginning. */
const BOOST_MIN = 0.7

/** What counting may be wrong by. */
const ROUNDING = 1e-9

/** How alike two texts are, 0 to 1: Jaro's measure, more for the same beginning. Symmetric. */
export function jaroWinkler(one: string, other: string): number {
  return boosted(jaroOf(one, other, 0), prefixOf(one, other))
}

/** Whether `jaroWinkler` is at least so much, told as soon as too few letters are in common. */
export function isJaroWinkler(one: string, other: string, min: number): boolean {
  const prefix = prefixOf(one, other)
  const boost = prefix * PREFIX_WEIGHT
  // Solved for Jaro's measure, then for the letters in common if all are in order.
  const jaroMin = (min - boost) / (1 - boost)
  const sameMin = (3 * jaroMin - 1) / (1 / one.length + 1 / other.length)
  return boosted(jaroOf(one, other, sameMin - ROUNDING), prefix) >= min
}

function prefixOf(one: string, other: string): number {
  const end = Math.min(PREFIX_MAX, one.length, other.length)
  let prefix = 0
  while (prefix < end && one.charCodeAt(prefix) === other.charCodeAt(prefix)) prefix += 1
  return prefix
}

function boosted(jaro: number, prefix: number): number {
  return jaro <= BOOST_MIN ? jaro : jaro + prefix * PREFIX_WEIGHT * (1 - jaro)
}

/** Letters of the shorter text that the longer one has near the same place, in order; and which of it are taken. */
let common = new Uint16Array(64)
let taken = new Uint8Array(64)

/** Jaro's measure; 0 where fewer than so many letters are in common. */
function jaroOf(one: string, other: string, sameMin: number): number {
  if (one === other) return one === '' ? 0 : 1
  // Which text is walked can matter, so it does not depend on which is named first.
  const isFirst = one.length < other.length || (one.length === other.length && one < other)
  const a = isFirst ? one : other
  const b = isFirst ? other : one
  const same = takeCommon(a, b, sameMin)
  if (same === 0) return 0
  let moved = 0
  let found = 0
  for (let at = 0; found < same; at++) {
    if (taken[at] === 0) continue
    if (b.charCodeAt(at) !== common[found]) moved += 1
    found += 1
  }
  return (same / a.length + same / b.length + (same - (moved >> 1)) / same) / 3
}

/** Notes the letters that two texts have in common; gives how many, or 0 where they are fewer than so many. */
function takeCommon(a: string, b: string, sameMin: number): number {
  if (b.length > taken.length) {
    common = new Uint16Array(2 * b.length)
    taken = new Uint8Array(2 * b.length)
  }
  taken.fill(0, 0, b.length)
  const reach = Math.max(0, (b.length >> 1) - 1)
  let same = 0
  for (let at = 0; at < a.length; at++) {
    if (same + a.length - at < sameMin) return 0
    const letter = a.charCodeAt(at)
    const end = Math.min(at + reach, b.length - 1)
    for (let place = Math.max(0, at - reach); place <= end; place++) {
      if (taken[place] === 1 || b.charCodeAt(place) !== letter) continue
      taken[place] = 1
      common[same++] = letter
      break
    }
  }
  return same < sameMin ? 0 : same
}
