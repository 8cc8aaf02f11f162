/**
 * Whether a record nests deeper than `depthMax`. What reads JSON by recursion further down would
 * end on its stack, so such a record is refused before it is stored.
 */
export function isDeeperThan(record: object, depthMax: number): boolean {
  let level: object[] = [record]
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > depthMax) return true
    level = level.flatMap(nestedIn)
  }
  return false
}

function nestedIn(value: object): object[] {
  const nested: object[] = []
  for (const member of Object.values(value)) {
    if (typeof member === 'object' && member !== null) nested.push(member)
  }
  return nested
}
