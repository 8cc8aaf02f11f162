/** How much a level of agreement says, and how often it is seen. */
export interface ShownLevel {
  readonly level: string
  /** log2(match / random): one more doubles the odds that two records are one. */
  readonly bits: number
  /** Shares, 0 to 1: among pairs that are one, among relatives, and among strangers. */
  readonly match: number
  readonly related: number
  readonly random: number
}

/** A field that a model compares. */
export interface ShownField {
  readonly field: string
  readonly kind: string
  /** How many values have a frequency of their own: an equal one of these says less, another one more. */
  readonly frequentValues: number
  readonly levels: readonly ShownLevel[]
}

/** The model of a scored rule, as it runs. */
export interface ShownModel {
  readonly ruleset: string
  readonly rule: string
  /** The probability from which a pair is a link, and the same in bits. */
  readonly threshold: number
  readonly linkBits: number
  /** The chance that any two records are one, in bits. */
  readonly priorBits: number
  /** The same, that they are relatives; null where none were seen. */
  readonly relatedBits: number | null
  /** Records that it was estimated from. */
  readonly records: number
  readonly fields: readonly ShownField[]
  /** What two records must share to be compared. */
  readonly blocking: readonly string[]
}
