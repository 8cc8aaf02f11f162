/**
 * Whether a JSON object names one of its own keys twice. `JSON.parse` keeps the last, other readers
 * the first, so what was checked would not be what is stored. The text is known to be valid JSON.
 */
export function isTopLevelKeyTwice(text: string, key: string): boolean {
  if (!mayBeTwice(text, key)) return false
  let depth = 0
  let named = 0
  for (const [token] of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"\s*:?|[{}[\]]/gs)) {
    if (token === '{' || token === '[') depth++
    else if (token === '}' || token === ']') depth--
    else if (depth === 1 && keyOf(token) === key) named++
  }
  return named > 1
}

/** A cheap look first: nearly every body names the key once and spells it without escapes. */
function mayBeTwice(text: string, key: string): boolean {
  const first = text.indexOf(`"${key}"`)
  return text.indexOf(`"${key}"`, first + 1) >= 0 || /\\u00[67]/i.test(text)
}

function keyOf(token: string): unknown {
  return token.endsWith(':') ? JSON.parse(token.slice(0, -1)) : undefined
}
