export { aliasView, fullKeySql } from './alias-views.ts'
export {
  buildCatalogue,
  Catalogue,
  didYouMean,
  type FieldKind,
  fieldHint,
  findField,
  kindOf,
  type ModelField,
  type ModelObject,
  nameProblem,
  nearestName,
  objectNameProblem,
  type Relationship,
  STANDARD_OBJECTS,
} from './catalogue/index.ts'
export { compileModel, type ModelSource } from './compile-mapping.ts'
export { type ColumnMeaning, columnMeaning, type Meaning, MEANINGS } from './column-meaning.ts'
export {
  columnStatistics,
  type ColumnStatistics,
  columnStatisticsSql,
  type SourceColumn,
} from './column-statistics.ts'
export { engagementUnionSql } from './engagement-union.ts'
export { type Inspection, inspectColumns } from './inspect.ts'
export type { InspectedColumn, MappingProposal } from './inspection.ts'
export { modelPage } from './model-page.ts'
export { personField } from './person-field.ts'
export { type PhoneSource, phoneSources } from './phone-source.ts'
export {
  branchesOf,
  type FieldSource,
  IDENTITY_QUALIFIER,
  type ModelNotice,
  type ModelPlan,
  type ObjectBranch,
  partyNumber,
  type PartyObject,
  type PartyReference,
  type StreamPlan,
  streamPlan,
  type SystemParty,
} from './plan.ts'
export { inSpace, publicSchema, publicView } from './public-schema.ts'
export { type PublicView, publicViewsOf } from './public-views.ts'
export {
  type InsightFact,
  isCustomerStream,
  readiness,
  type ReadinessCheck,
  type ReadinessFacts,
  type SegmentFact,
} from './readiness.ts'
export {
  type ColumnProfile,
  GENERIC_NUMBER,
  identifierOf,
  type Recognition,
  recogniseColumns,
} from './recognise-columns.ts'
export { BIRTH_DATE_PARTS } from './birth-date-parts.ts'
export type { ColumnKind, IdentifierName, RecognisedColumn } from './recognised-column.ts'
export { type PartyRelation, relationsOf } from './relations.ts'
export { type SharedIds, sharedIdsOf, sharedIdsSql } from './shared-ids.ts'
export { sqlTypeOf } from './source-sql.ts'
export type { SchemaField, StreamIdentity, StreamSchema } from './stream-schema.ts'
export {
  isMapped,
  narrowViewName,
  narrowViewsOf,
  partyKeyFields,
  type View,
  viewName,
  viewsOf,
} from './views.ts'
