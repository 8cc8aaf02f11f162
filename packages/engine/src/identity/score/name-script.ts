const LATIN = /\p{Script=Latin}/u
const LETTER = /\p{L}/u

/** Whether texts are written in different scripts, of which one is Latin: letter by letter nothing can be said of them. */
export function areOfDifferentScripts(one: string, other: string): boolean {
  if (LATIN.test(one) === LATIN.test(other)) return false
  return LETTER.test(one) && LETTER.test(other)
}
