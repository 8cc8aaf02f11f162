/**
 * Whether two texts are one slip of the keyboard apart: a letter more, less or other, or two
 * neighbours in the wrong order (Damerau 1964). Equal texts are none apart, so true.
 */
export function isOneEditApart(one: string, other: string): boolean {
  const [short, long] = one.length <= other.length ? [one, other] : [other, one]
  if (long.length - short.length > 1) return false
  let at = 0
  while (at < short.length && short.charCodeAt(at) === long.charCodeAt(at)) at += 1
  if (at === short.length) return true
  if (short.length < long.length) return short.slice(at) === long.slice(at + 1)
  if (short.slice(at + 1) === long.slice(at + 1)) return true
  return (
    short.charCodeAt(at) === long.charCodeAt(at + 1) &&
    short.charCodeAt(at + 1) === long.charCodeAt(at) &&
    short.slice(at + 2) === long.slice(at + 2)
  )
}

/** Whether two texts are at most two such slips apart: after the first, whichever it was, one is left. */
export function areTwoEditsApart(one: string, other: string): boolean {
  if (Math.abs(one.length - other.length) > 2) return false
  let at = 0
  while (at < one.length && one.charCodeAt(at) === other.charCodeAt(at)) at += 1
  const isMoved =
    one.charCodeAt(at) === other.charCodeAt(at + 1) &&
    one.charCodeAt(at + 1) === other.charCodeAt(at)
  return (
    isOneEditApart(one.slice(at + 1), other.slice(at + 1)) ||
    isOneEditApart(one.slice(at + 1), other.slice(at)) ||
    isOneEditApart(one.slice(at), other.slice(at + 1)) ||
    (isMoved && isOneEditApart(one.slice(at + 2), other.slice(at + 2)))
  )
}
