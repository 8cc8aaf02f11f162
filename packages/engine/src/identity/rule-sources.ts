import {
  criteriaOf,
  type Criterion,
  type MatchRule,
  type RulesetDefinition,
} from '@mainstem/contracts'
import { ident, literal, literals } from '../query/index.ts'

/** The column of the source profiles' rows that holds the dense id of the profile. */
export const SELF = '_p_Id'

/** The column of other objects' rows that says whose a row is. */
export const PARTY = '_p_PartyId'

/** SQL of a field of some rows. */
export type ColumnOf = (field: string) => string

/** The fields of the rows of an alias. */
export function columnsOf(alias: string): ColumnOf {
  return field => `${alias}.${ident(field)}`
}

/** Rows that no table has: a limit that only keeps conditions from being moved to before it. */
export const ROWS_UNLIMITED = '1000000000000'

/** Which source profiles a statement is about, and where their rows are read. */
export interface SourceScope {
  /** A condition on a party column, such as `in (1, 2)`; undefined is all. */
  readonly parties?: string | undefined
  /** The relation of an object's rows, quoted. */
  readonly relationOf: (object: string) => string
  /** Whether each party is known to have one row of an object at most; else it is looked for. */
  readonly isOneEach?: ((object: string) => boolean) | undefined
  /** The rows of all objects in one relation, where they lie so: what costs is to read, not what. */
  readonly together?: RowsTogether | undefined
}

/** Rows of several objects; each has the columns of its own object filled, and those of others empty. */
export interface RowsTogether {
  readonly relation: string
  readonly columnsOf: (object: string) => ColumnOf
}

/** Rows that criteria hold on together: an object's, or those of one kind of party identification. */
export interface RuleSource {
  readonly name: string
  readonly object: string
  readonly party: Criterion['partyIdentificationInfo']
}

/** The name of the rows that a criterion looks at. */
export function sourceNameOf({ entityName, partyIdentificationInfo: party }: Criterion): string {
  return party ? `${entityName}\u001F${party.partyName}\u001F${party.partyType}` : entityName
}

/**
 * What a rule looks at beside the source profile itself. Criteria on one contact-point object hold on
 * the same row of it; party identifiers each on their own.
 */
export function sourcesOf(rule: MatchRule, profile: string): readonly RuleSource[] {
  const sources = new Map<string, RuleSource>()
  for (const criterion of criteriaOf(rule)) {
    if (criterion.entityName === profile) continue
    const name = sourceNameOf(criterion)
    const { entityName: object, partyIdentificationInfo: party } = criterion
    if (!sources.has(name)) sources.set(name, { name, object, party })
  }
  return [...sources.values()]
}

/** The conditions on the rows of a source. */
export function kindOf({ party }: RuleSource, column: ColumnOf): readonly string[] {
  if (!party) return []
  return [
    `${column('Name')} = ${literal(party.partyName)}`,
    `${column('PartyIdentificationTypeId')} = ${literal(party.partyType)}`,
  ]
}

/**
 * The rows of an object, of some parties or of all. The few rows of some are taken out first:
 * without the limit the engine looks at the other conditions, which cost more, on all rows.
 */
export function rowsOf(
  object: string,
  party: string,
  { parties, relationOf }: SourceScope,
): string {
  const relation = relationOf(object)
  if (parties === undefined) return relation
  return `(select * from ${relation} where ${ident(party)} ${parties} limit ${ROWS_UNLIMITED})`
}

/** Which source profiles take part, as conditions on their rows. */
export function profileConditions(ruleset: RulesetDefinition, column: ColumnOf): readonly string[] {
  return [`${column(SELF)} is not null`, ...filtersOf(ruleset, column)]
}

function filtersOf(ruleset: RulesetDefinition, column: ColumnOf): readonly string[] {
  return (ruleset.filters ?? []).map(({ fieldName, op, value }) => {
    const text = `lower(${column(fieldName)}::varchar)`
    const values = (Array.isArray(value) ? value : [value]).map(one =>
      String(one ?? '').toLowerCase(),
    )
    switch (op) {
      case 'hasValue':
        return `nullif(${text}, '') is not null`
      case 'hasNoValue':
        return `nullif(${text}, '') is null`
      case 'isNotEqualTo':
        return `${text} <> ${literal(values[0] ?? '')}`
      default:
        return `${text} in ${literals(values)}`
    }
  })
}
