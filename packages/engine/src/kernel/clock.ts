/** Where "now" comes from. An input everywhere: nothing else in the engine reads the time. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  nowMs(): number
}

/** The machine's clock. */
export const systemClock: Clock = { nowMs: () => Date.now() }

/** A clock that stands still, for `--now` and for tests. */
export function fixedClock(atMs: number): Clock {
  return { nowMs: () => atMs }
}
