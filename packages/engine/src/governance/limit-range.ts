/** What a limit may be set to: a whole number, or a share, within bounds. */
export interface LimitRange {
  readonly isWhole: boolean
  readonly least: number
  /** None where only the machine bounds it. */
  readonly most?: number | undefined
}

/** An amount: none is possible, half of one is not. */
export const AMOUNT: LimitRange = { isWhole: true, least: 0 }
/** An amount without which nothing could be done. */
export const AT_LEAST_ONE: LimitRange = { isWhole: true, least: 1 }
/** A part of a whole. */
export const SHARE: LimitRange = { isWhole: false, least: 0, most: 1 }

/** Whether a limit with this range may be set to a value. */
export function isWithin(value: unknown, { isWhole, least, most }: LimitRange): value is number {
  if (typeof value !== 'number' || value < least || value > (most ?? Number.MAX_SAFE_INTEGER)) {
    return false
  }
  return isWhole ? Number.isInteger(value) : Number.isFinite(value)
}

/** The range as words of a sentence: `a whole number, 1 or more`. */
export function rangeWords({ isWhole, least, most }: LimitRange): string {
  const number = isWhole ? 'a whole number' : 'a number'
  return most === undefined
    ? `${number}, ${least} or more`
    : `${number} from ${least} to ${most.toLocaleString('en-US')}`
}
