/** Our code is wrong: the work at hand stops at once. Never used for what the world may do. */
export function assert(holds: boolean, claim: string): asserts holds {
  if (!holds) throw new Error(`Broken assumption: ${claim}`)
}

/** The value, which our code knows to be there. */
export function must<T>(value: T | null | undefined, claim: string): T {
  assert(value !== null && value !== undefined, claim)
  return value
}

/** The end of a `switch` over a union: a new case then fails to compile. */
export function unreachable(value: never): never {
  throw new Error(`Broken assumption: no such case: ${JSON.stringify(value)}`)
}
