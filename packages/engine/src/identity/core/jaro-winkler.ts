/** Letters at the beginning that count more, and how much (Winkler 1990). */
const PREFIX_MAX = 4
const PREFIX_WEIGHT = 0.1
/** Texts less alike than this are not helped by their beginning. */
const BOOST_MIN = 0.7

/** How alike two texts are, 0 to 1: Jaro's measure, more for the same beginning. Symmetric. */
export function jaroWinkler(one: string, other: string): number {
  const jaro = jaroOf(one, other)
  if (jaro <= BOOST_MIN) return jaro
  let prefix = 0
  while (prefix < PREFIX_MAX && prefix < one.length && one[prefix] === other[prefix]) prefix += 1
  return jaro + prefix * PREFIX_WEIGHT * (1 - jaro)
}

function jaroOf(one: string, other: string): number {
  if (one === other) return one === '' ? 0 : 1
  const [a, b] = inOrder(one, other)
  const reach = Math.max(0, Math.floor(b.length / 2) - 1)
  const taken = new Uint8Array(b.length)
  let inA = ''
  for (let at = 0; at < a.length; at++) {
    const found = firstFree(b, taken, { letter: a[at] ?? '', from: at - reach, to: at + reach })
    if (found < 0) continue
    taken[found] = 1
    inA += a[at] ?? ''
  }
  if (inA === '') return 0
  const inB = lettersWhere(b, taken)
  let moved = 0
  for (let at = 0; at < inA.length; at++) if (inA[at] !== inB[at]) moved += 1
  const same = inA.length
  return (same / a.length + same / b.length + (same - Math.floor(moved / 2)) / same) / 3
}

/** Which text is walked can matter, so it does not depend on which is named first. */
function inOrder(one: string, other: string): readonly [string, string] {
  const isFirst = one.length < other.length || (one.length === other.length && one < other)
  return isFirst ? [one, other] : [other, one]
}

interface Window {
  readonly letter: string
  readonly from: number
  readonly to: number
}

function firstFree(text: string, taken: Uint8Array, { letter, from, to }: Window): number {
  const end = Math.min(to, text.length - 1)
  for (let at = Math.max(0, from); at <= end; at++) {
    if (taken[at] === 0 && text[at] === letter) return at
  }
  return -1
}

function lettersWhere(text: string, taken: Uint8Array): string {
  let letters = ''
  for (let at = 0; at < text.length; at++) if (taken[at] === 1) letters += text[at] ?? ''
  return letters
}
