export {
  type Attribute,
  type AttributeType,
  type InsightMeasure,
  type ProfileSchema,
  type RelatedRows,
  rowsOf,
} from './profile-schema.ts'
export { type CompiledSegment, compileSegment } from './compile-segment.ts'
export { type Freshness } from './freshness.ts'
export { OPERATORS, operatorsFor } from './operator-catalogue.ts'
export { type SegmentSettings } from './segment-settings.ts'
export {
  countSegment,
  dropSegment,
  ensureSegmentTables,
  failSegment,
  type PublishOptions,
  type PublishResult,
  publishSegment,
  retainSegmentHistory,
  type SegmentCount,
  type SegmentState,
  segmentStates,
} from './publish.ts'
export { latestMembershipSql, membershipHistorySql } from './publish.sql.ts'
export { type LawCheck, segmentLaws } from './segment-laws.ts'
