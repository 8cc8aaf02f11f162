/** What the compiler is given beside the definition. Absent limits do not hold. */
export interface SegmentSettings {
  /** The run's clock. Nothing in a segment reads another. */
  readonly asOf: Date
  /** The organisation's time zone (IANA): whose midnight the date operators mean. */
  readonly timeZone: string
  /** `seg.lookback`: engagement rows older than this are left out; null looks at all of them. */
  readonly lookbackDays: number | null
  /** `seg.filtersPerTab`: conditions in `include`, and in `exclude`. */
  readonly filtersMax?: number | undefined
  /** `seg.textInValues`. */
  readonly valuesMax?: number | undefined
  /** How deep groups nest. */
  readonly depthMax?: number | undefined
  readonly patternCharsMax?: number | undefined
}

/** Holds without any setting: deeper trees are mistakes of a generator, not of a person. */
export const DEPTH_MAX = 32

/** Holds without any setting: the engine matches in linear time, but compiles the pattern too. */
export const PATTERN_CHARS_MAX = 500
