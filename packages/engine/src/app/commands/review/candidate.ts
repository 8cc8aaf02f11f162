import type { RulesetRuntime } from '../../engine/ruleset-runtime.ts'

/** What a person can be asked to look at. */
export const REVIEW_KINDS = ['pair', 'contested', 'bridge', 'conflict'] as const
export type ReviewKind = (typeof REVIEW_KINDS)[number]

/** A value that speaks for or against, as it stands in the two records. */
export interface ReviewValue {
  readonly field: string
  readonly left: string | null
  readonly right: string | null
}

/** Something to look at, before it is known what its records are called. */
export interface Candidate {
  readonly kind: ReviewKind
  readonly ruleset: RulesetRuntime
  /** Two source profiles that stand for all concerned. */
  readonly from: number
  readonly to: number
  /** That the two are one person. */
  readonly probability: number
  /** Source profiles that are one, or would be. */
  readonly clusterSize: number
  /** Pairs of source profiles that looking at it is expected to put right. */
  readonly value: number
  /** What a person is told. */
  readonly why: string
  /** The rule whose values of the two records are shown… */
  readonly rule?: number
  /** …or the values themselves. */
  readonly values?: readonly ReviewValue[]
}

/** A queue's order: what is worth most first, and the same for everybody. */
export function byWorth(one: Candidate, other: Candidate): number {
  return (
    other.value - one.value ||
    REVIEW_KINDS.indexOf(one.kind) - REVIEW_KINDS.indexOf(other.kind) ||
    one.from - other.from ||
    one.to - other.to
  )
}

/** Whether somebody decided about the two already. */
export function isDecided({ stage }: RulesetRuntime, from: number, to: number): boolean {
  const pair = [Math.min(from, to), Math.max(from, to)] as const
  return stage.resolveOptions.decisions?.verdict(pair) !== undefined
}
