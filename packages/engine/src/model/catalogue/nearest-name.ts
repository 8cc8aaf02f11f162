/** How many letters to change, add or drop to make one text the other. */
export function editDistance(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1] ? 0 : 1
      const replaced = (above[column - 1] ?? 0) + same
      current.push(Math.min(replaced, (above[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1))
    }
    above = current
  }
  return above[b.length] ?? 0
}

/** The candidate that somebody who wrote `name` most likely meant, if any is near. */
export function nearestName(name: string, candidates: Iterable<string>): string | undefined {
  const wanted = bare(name)
  const reach = Math.max(2, Math.floor(wanted.length / 3))
  let best: { readonly name: string; readonly distance: number } | undefined
  for (const candidate of candidates) {
    const distance = distanceOf(wanted, bare(candidate))
    if (distance <= reach && (!best || distance < best.distance))
      best = { name: candidate, distance }
  }
  return best?.name
}

/** ` Did you mean X?`, or nothing. */
export function didYouMean(name: string, candidates: Iterable<string>): string {
  const nearest = nearestName(name, candidates)
  return nearest === undefined ? '' : ` Did you mean ${nearest}?`
}

/** Somebody who writes `Email` for `EmailAddress` left out a word; that is nearer than a typo. */
function distanceOf(wanted: string, candidate: string): number {
  const isPart =
    wanted.length >= 4 && (candidate.startsWith(wanted) || wanted.startsWith(candidate))
  if (isPart && candidate.length >= 4) return 1
  return editDistance(wanted.slice(0, 60), candidate.slice(0, 60))
}

function bare(name: string): string {
  return name.toLowerCase().replaceAll(/^(ssot|std)__|__(dlm|dll|c)$|[^a-z0-9]/g, '')
}
