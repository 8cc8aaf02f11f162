/** Digits that a double keeps exactly. */
const DIGITS_EXACT = 15

/**
 * The JSON text with every number of more than 15 digits put in quotes, so that nothing downstream
 * reads it as a double: a decimal keeps the digits its source gave it.
 */
export function quoteLongNumbers(json: string): string {
  if (!/[0-9][0-9.eE+-]{15}/.test(json)) return json
  const parts: string[] = []
  let kept = 0
  for (let at = 0; at < json.length; at++) {
    const char = json.charCodeAt(at)
    if (char === QUOTE) at = stringEnd(json, at)
    else if (char === MINUS || isDigit(char)) {
      const end = numberEnd(json, at)
      if (digitsIn(json, at, end) > DIGITS_EXACT) {
        parts.push(json.slice(kept, at), '"', json.slice(at, end), '"')
        kept = end
      }
      at = end - 1
    }
  }
  return parts.join('') + json.slice(kept)
}

const QUOTE = 34
const BACKSLASH = 92
const MINUS = 45

/** The index of the quote that closes the string opened at `from`. */
function stringEnd(json: string, from: number): number {
  for (let at = from + 1; at < json.length; at++) {
    const char = json.charCodeAt(at)
    if (char === BACKSLASH) at++
    else if (char === QUOTE) return at
  }
  return json.length
}

function numberEnd(json: string, from: number): number {
  let at = from + 1
  while (at < json.length && /[0-9.eE+-]/.test(json.charAt(at))) at++
  return at
}

function digitsIn(json: string, from: number, end: number): number {
  let digits = 0
  for (let at = from; at < end; at++) if (isDigit(json.charCodeAt(at))) digits++
  return digits
}

function isDigit(char: number): boolean {
  return char >= 48 && char <= 57
}
