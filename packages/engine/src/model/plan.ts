import type { Catalogue } from './catalogue/index.ts'
import type { StreamSchema } from './stream-schema.ts'

/** Something about the mappings that is worth telling and stops nothing. */
export interface ModelNotice {
  readonly code: 'EMAIL_MOVED' | 'QUALIFIER_ONE_SIDED' | 'NO_PERSON'
  readonly stream: string
  readonly object: string
  readonly field: string
  readonly message: string
  readonly fix?: string | undefined
}

/** Where the value of an object's field comes from. */
export type FieldSource =
  | { readonly kind: 'field'; readonly field: string; readonly isDerived: boolean }
  | { readonly kind: 'constant'; readonly value: string | number | boolean }
  | { readonly kind: 'made'; readonly how: 'sourceKey' | 'rowKey' | 'identification' }

/** Individual is 0 and Account is 1 in the party dictionary. */
export type PartyObject = 0 | 1

/**
 * A column of a stream's table that holds the dense id of a party the row refers to.
 * The pipeline computes `idSql` over the row (unqualified columns) and looks (object, id,
 * qualifier) up in the dictionary; a null id is a null reference.
 */
export interface PartyReference {
  readonly column: string
  readonly object: PartyObject
  readonly idSql: string
  readonly qualifier: string | null
  /** Made from identity values: the platform owns the party's record. */
  readonly isSystem: boolean
}

/** What one mapped object of one stream becomes: a branch of the object's view. */
export interface ObjectBranch {
  readonly stream: string
  readonly object: string
  /** Tells several rows of one record apart; empty where there is one. */
  readonly as: string
  readonly sources: ReadonlyMap<string, FieldSource>
  /** Field → SQL of its value over a row of the stream's table. */
  readonly values: ReadonlyMap<string, string>
  /** Key field → qualifier of the keys in it. */
  readonly qualifiers: ReadonlyMap<string, string | null>
  /** Key field → SQL of its qualifier. */
  readonly qualifierSql: ReadonlyMap<string, string>
  /** Key field → SQL of the dense id of its party. */
  readonly parties: ReadonlyMap<string, string>
  /** Key field → the party object that it refers to here. */
  readonly partyObjects: ReadonlyMap<string, PartyObject>
  /** Only rows for which this holds, when not null. */
  readonly where: string | null
}

/** The records that the platform keeps for the identity values of an engagement stream. */
export interface SystemParty {
  readonly stream: string
  readonly column: string
  /** The identity fields; rows of one party agree on them but for case, spaces and the like. */
  readonly fields: readonly string[]
  /** SQL over the identity fields alone: the same for every row of the party. */
  readonly idSql: string
  readonly emailSql: string | null
  readonly phoneSql: string | null
  readonly number: { readonly sql: string; readonly name: string; readonly type: string } | null
}

/** One stream in the plan. */
export interface StreamPlan {
  readonly schema: StreamSchema
  readonly partyRefs: readonly PartyReference[]
  readonly branches: readonly ObjectBranch[]
  readonly system: SystemParty | null
  /** Fields that no mapping, key, time or identity uses. */
  readonly unmappedFields: readonly string[]
}

/** How the streams of a data space become its model. */
export interface ModelPlan {
  readonly catalogue: Catalogue
  readonly streams: readonly StreamPlan[]
  readonly notices: readonly ModelNotice[]
  /** The country of phone numbers that name none. */
  readonly region: string
}

/** Qualifier of the parties that are made from identity values. */
export const IDENTITY_QUALIFIER = '_identity'

/** The number of a party object in the dictionary. */
export function partyNumber(object: string): PartyObject | undefined {
  if (object === 'Individual') return 0
  return object === 'Account' ? 1 : undefined
}

/** The stream of a plan. */
export function streamPlan(plan: ModelPlan, name: string): StreamPlan | undefined {
  return plan.streams.find(stream => stream.schema.name === name)
}

/** Branches of an object, in the order of the streams. */
export function branchesOf(plan: ModelPlan, object: string): readonly ObjectBranch[] {
  return plan.streams.flatMap(stream => stream.branches.filter(branch => branch.object === object))
}
