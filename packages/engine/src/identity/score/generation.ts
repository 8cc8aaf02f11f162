/** Words after a name that tell the generation; who is the second of a name is the first one's junior. */
const GENERATIONS: Readonly<Record<string, number>> = {
  sr: 1,
  senior: 1,
  i: 1,
  jr: 2,
  junior: 2,
  ii: 2,
  '2nd': 2,
  iii: 3,
  '3rd': 3,
  iv: 4,
  '4th': 4,
}

/** The generation that the last word of a name tells, from 1 for the eldest; 0 where it tells none. */
export function generationOf(name: string): number {
  const at = name.lastIndexOf(' ')
  if (at < 0) return 0
  return GENERATIONS[name.slice(at + 1)] ?? 0
}

/** A name without the word that tells the generation. */
export function withoutGeneration(name: string): string {
  return generationOf(name) === 0 ? name : name.slice(0, name.lastIndexOf(' '))
}
