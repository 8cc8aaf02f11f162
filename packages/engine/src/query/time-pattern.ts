const SIGNS: readonly (readonly [string, string])[] = [
  ['yyyy', '%Y'],
  ['YYYY', '%Y'],
  ['yy', '%y'],
  ['YY', '%y'],
  ['MMMM', '%B'],
  ['MMM', '%b'],
  ['Month', '%B'],
  ['Mon', '%b'],
  ['MM', '%m'],
  ['DDD', '%j'],
  ['dd', '%d'],
  ['DD', '%d'],
  ['HH24', '%H'],
  ['HH12', '%I'],
  ['HH', '%H'],
  ['hh', '%I'],
  ['mm', '%M'],
  ['MI', '%M'],
  ['mi', '%M'],
  ['SSS', '%g'],
  ['MS', '%g'],
  ['ss', '%S'],
  ['SS', '%S'],
  ['EEEE', '%A'],
  ['Day', '%A'],
  ['EEE', '%a'],
  ['Dy', '%a'],
  ['AM', '%p'],
  ['PM', '%p'],
  ['a', '%p'],
]

const PATTERN_MAX = 100

/** A pattern of Spark (`yyyy-MM-dd`) or PostgreSQL (`YYYY-MM-DD`) as the engine reads it. */
export function timePattern(pattern: string): string | undefined {
  if (pattern.length > PATTERN_MAX) return undefined
  let made = ''
  for (let at = 0; at < pattern.length;) {
    const sign = SIGNS.find(([written]) => pattern.startsWith(written, at))
    const quoted = /^'([^'%]*)'|^"([^"%]*)"/.exec(pattern.slice(at))
    if (sign) {
      made += sign[1]
      at += sign[0].length
    } else if (quoted) {
      made += quoted[1] ?? quoted[2] ?? ''
      at += quoted[0].length
    } else {
      const char = pattern.charAt(at)
      if (/[\p{L}%]/u.test(char) && char !== 'T') return undefined
      made += char
      at++
    }
  }
  return made
}
