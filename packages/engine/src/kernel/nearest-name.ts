/**
 * The candidate that a mistyped name most likely meant, or undefined when none is near: at most
 * one slip for every three characters, letter case not counted. Earlier candidates win ties.
 */
export function nearestName(name: string, candidates: Iterable<string>): string | undefined {
  const slipsMax = Math.max(1, Math.floor(Math.min(name.length, NAME_LENGTH_MAX) / 3))
  let best: { name: string; slips: number } | undefined
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - name.length) > slipsMax) continue
    const slips = slipsBetween(name.toLowerCase(), candidate.toLowerCase())
    if (slips <= slipsMax && slips < (best?.slips ?? Infinity)) best = { name: candidate, slips }
  }
  return best?.name
}

/** Longer names are compared by length only loosely: nobody mistypes a page of text. */
const NAME_LENGTH_MAX = 100

/** Damerau-Levenshtein: insert, delete, replace, or swap two neighbours. */
function slipsBetween(left: string, right: string): number {
  let twoBack: number[] = []
  let oneBack = Array.from({ length: right.length + 1 }, (_, place) => place)
  for (let row = 1; row <= left.length; row++) {
    const now = [row]
    for (let column = 1; column <= right.length; column++) {
      const same = left[row - 1] === right[column - 1]
      const edit = Math.min(at(oneBack, column) + 1, at(now, column - 1) + 1)
      const replaced = at(oneBack, column - 1) + (same ? 0 : 1)
      const swapped = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1]
      now[column] = Math.min(edit, replaced, swapped ? at(twoBack, column - 2) + 1 : Infinity)
    }
    twoBack = oneBack
    oneBack = now
  }
  return at(oneBack, right.length)
}

function at(row: readonly number[], place: number): number {
  return row[place] ?? Infinity
}
