/** The two values that a criterion compared. */
export interface ExplainedCriterion {
  readonly field: string
  readonly method: string
  readonly left: string | null
  readonly right: string | null
  /** Whether they are equal, or alike, in the sense of the method. */
  readonly holds: boolean
  /** Of a scored rule: how much of the score this comparison gave, and how well the values agree. */
  readonly weight?: number
  readonly level?: string
}
