/**
 * What the resolver has to know of scored match rules: how well records fit each other. `similar` says
 * of two rows whether their score is at least `link`. A record whose row would not link to itself has
 * no keys of these rules: equal values in a block are joined without being asked.
 */
export interface ScoredLinks {
  /** The rules from this number on are blocking passes of a scored rule; a row's value is its record's comparison row. */
  readonly firstRule: number
  /** The score of two comparison rows, in bits. Symmetric, and a function of their content. */
  readonly weight: (one: number, other: number) => number
  /** The score of a pair of which nothing is known. */
  readonly prior: number
  /** Bits from which a pair is a link. */
  readonly link: number
  /** A number made of a comparison row's content, by which records are put in an order of their own. */
  readonly order: (row: number) => number
  /** Members up to which a cluster is looked at pair by pair; a larger one is divided at its weakest links first. */
  readonly membersMax: number
}

/** Whether a rule is a blocking pass of a scored rule. */
export function isScored(
  { scored }: { readonly scored?: ScoredLinks | undefined },
  rule: number,
): boolean {
  return scored !== undefined && rule >= scored.firstRule
}
