import type { BlockingPart } from './blocking-part.ts'
import type { ScoreField } from './field-kind.ts'

/** How often a level of agreement is seen, in three kinds of pairs of records. */
export interface LevelShares {
  readonly level: string
  /** Among pairs that are one. */
  readonly match: number
  /** Among pairs of relatives or neighbours, who share what is not a person's own. */
  readonly related: number
  /** Among all other pairs. */
  readonly random: number
}

/** A field of a model. */
export interface ModelField extends ScoreField {
  /** The strongest level first. */
  readonly levels: readonly LevelShares[]
  /**
   * The share of records that have a value, for values that are more frequent than most. An equal
   * value says the less, the more frequent it is.
   */
  readonly frequent: Readonly<Record<string, number>>
  /** The share that a value has that is not among `frequent`. */
  readonly rare: number
}

/** One reason to look at a pair: it shares all of these. */
export type BlockingPass = readonly { readonly field: string; readonly part: BlockingPart }[]

/**
 * A scored rule's knowledge, after Fellegi and Sunter (1969), with a third class of pairs for
 * people who live together. Data: saved, compared and versioned with its ruleset.
 */
export interface ScoreModel {
  readonly version: 1
  /** How many records it was estimated from. */
  readonly records: number
  /** The probability that two records, taken at random, are one. */
  readonly match: number
  /** The same, that they are of relatives; 0 where none were seen. */
  readonly related: number
  readonly fields: readonly ModelField[]
  readonly blocking: readonly BlockingPass[]
}
