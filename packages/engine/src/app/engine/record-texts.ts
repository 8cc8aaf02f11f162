/**
 * The records of a request, each as it was written: the elements of the array `data` of its body.
 * For records that the SQL engine's reader of JSON cannot take, such as half a surrogate pair, which
 * RFC 8259 allows. Undefined where the body is no such request.
 */
export function recordTexts(body: string): readonly string[] | undefined {
  const start = dataStart(body)
  if (start === undefined) return undefined
  const texts: string[] = []
  for (let at = start + 1; at < body.length;) {
    const end = valueEnd(body, at)
    const text = body.slice(at, end).trim()
    if (text !== '') texts.push(text)
    if (body.charAt(end) === ']') return texts
    at = end + 1
  }
  return undefined
}

/** Where the array of the outermost key `data` opens. */
function dataStart(body: string): number | undefined {
  let depth = 0
  for (let at = 0; at < body.length; at++) {
    const char = body.charAt(at)
    if (char === '"') {
      const end = stringEnd(body, at)
      const colon = skipBlank(body, end + 1)
      if (depth === 1 && body.slice(at, end + 1) === '"data"' && body.charAt(colon) === ':') {
        const value = skipBlank(body, colon + 1)
        return body.charAt(value) === '[' ? value : undefined
      }
      at = end
    } else if (OPENS.includes(char)) depth++
    else if (CLOSES.includes(char)) depth--
  }
  return undefined
}

const OPENS = '[{'
const CLOSES = ']}'

/** Where the value that begins at `from` ends: at its comma, or the bracket around it. */
function valueEnd(body: string, from: number): number {
  let depth = 0
  for (let at = from; at < body.length; at++) {
    const char = body.charAt(at)
    if (char === '"') at = stringEnd(body, at)
    else if (OPENS.includes(char)) depth++
    else if (CLOSES.includes(char) && --depth < 0) return at
    else if (char === ',' && depth === 0) return at
  }
  return body.length
}

function stringEnd(body: string, from: number): number {
  let at = from + 1
  while (at < body.length && body.charAt(at) !== '"') at += body.charAt(at) === '\\' ? 2 : 1
  return at
}

function skipBlank(body: string, from: number): number {
  let at = from
  while (/\s/.test(body.charAt(at))) at++
  return at
}
