/** What stands behind a name in somebody's SQL. */
export interface Relation {
  readonly name: string
  /** Qualified, quoted table or view text, or a subquery in parentheses. */
  readonly sql: string
  readonly columns: readonly RelationColumn[]
  readonly kind: 'alias' | 'dmo' | 'dlo' | 'unified' | 'link' | 'insight' | 'membership'
}

/** One column that a statement may read: its name as it is written, and its engine type. */
export interface RelationColumn {
  readonly name: string
  readonly type: string
}

/** What each currency is worth, in units of the corporate one: `{ USD: 0.92 }` if 1 USD is 0.92 EUR. */
export interface CurrencyRates {
  readonly corporate: string
  readonly rates: Readonly<Record<string, number>>
}

/**
 * All that a statement can see: the relations of one data space, and the moment it is run at.
 * Names are resolved case-insensitively. The session that runs the result must have `timeZone` set.
 */
export interface SqlScope {
  resolve(name: string): Relation | undefined
  names(): readonly string[]
  readonly asOf: Date
  readonly timeZone: string
  readonly rates?: CurrencyRates
}

/** A scope over a list of relations. */
export function scopeOf(
  relations: Iterable<Relation>,
  run: Pick<SqlScope, 'asOf' | 'timeZone' | 'rates'>,
): SqlScope {
  const known = new Map(Array.from(relations, relation => [folded(relation.name), relation]))
  return {
    ...run,
    resolve: name => known.get(folded(name)),
    names: () => Array.from(known.values(), relation => relation.name),
  }
}

/** A name as it is compared: names differ by more than their case. */
export function folded(name: string): string {
  return name.toLowerCase()
}
