import { MainstemError } from '@mainstem/contracts'
import { assert } from '../kernel/assert.ts'
import { nearestName } from '../kernel/nearest-name.ts'
import { AMOUNT, isWithin, type LimitRange, rangeWords, SHARE } from './limit-range.ts'

/** A limit: its value in each profile (null is none), its unit and what it limits. */
export interface Limit {
  readonly open: number | null
  readonly dataCloud: number | null
  readonly unit: string
  readonly doc: string
  readonly range: LimitRange
}

/** A cap on amount, size or frequency: Data Cloud's, and none in the profile `open`. */
const cap = (dataCloud: number, unit: string, doc: string): Limit => ({
  open: null,
  dataCloud,
  unit,
  doc,
  range: AMOUNT,
})
/** A naming rule, default or retention: it holds in both profiles. */
const both = (value: number, unit: string, doc: string): Limit => ({
  open: value,
  dataCloud: value,
  unit,
  doc,
  range: AMOUNT,
})

/** Every limit there is (semantics 11). A row of several values there is several rows here. */
export const LIMITS = {
  'ir.maxRulesetsPerOrg': both(2, 'rulesets', 'Identity rulesets of an organisation.'),
  'ir.rulesetIdMaxLen': both(4, 'characters', 'Length of a ruleset id.'),
  'ir.maxRules': cap(10, 'rules', 'Match rules of a ruleset.'),
  'ir.maxCriteria': cap(10, 'criteria', 'Criteria of a match rule.'),
  'ir.jobsPer24h': cap(4, 'runs', 'Identity runs of a ruleset in 24 hours.'),
  'ir.scheduledPerDay': cap(1, 'runs', 'Scheduled identity runs of a ruleset a day.'),
  'ir.deltaTriggerChanges': cap(
    500,
    'changes',
    'Changes that start an incremental identity run; none runs with every batch.',
  ),
  'ir.deltaTriggerMinutes': cap(
    60,
    'minutes',
    'Age of a change that starts an incremental identity run; none runs with every batch.',
  ),
  'ir.maxRecordBytes': cap(15_000, 'bytes', 'Size of a record in identity resolution.'),
  'ir.maxMatchChars': cap(500, 'characters', 'Characters of a value that are compared.'),
  'ir.maxPairsPerDecision': both(
    1000,
    'pairs',
    'Pairs of records of which one decision about two unified profiles is made.',
  ),
  'ir.maxPictureRecords': both(100, 'records', 'Records that a picture of evidence shows.'),
  'ir.maxDecisionChars': both(
    500,
    'characters',
    'Length of the author, and of the reason, of a decision.',
  ),
  'ir.maxSourcesPerUnified': cap(50_000, 'profiles', 'Source profiles of a unified profile.'),
  'ir.maxIdentifiers': cap(75, 'identifiers', 'Identifiers of a profile of one kind.'),
  'ir.fuzzyThreshold': {
    ...both(0.7, 'score', 'Similarity from which a fuzzy criterion holds.'),
    range: SHARE,
  },
  'ingest.stream.maxRequestBytes': both(204_800, 'bytes', 'Body of a streaming request.'),
  'ingest.client.batchRecords': both(
    50,
    'records',
    'Records that our clients put into a request by default.',
  ),
  'ingest.bulk.maxFileBytes': cap(150_000_000, 'bytes', 'A file of a bulk job.'),
  'ingest.bulk.filesPerJob': cap(100, 'files', 'Files of a bulk job.'),
  'ingest.microBatch': cap(
    180,
    'seconds',
    'How long streamed records wait for others; none applies them at once.',
  ),
  'ingest.file.maxFilesPerRun': cap(1_000, 'files', 'Files that one run of a file stream takes.'),
  'crm.incrementalMinutes': both(10, 'minutes', 'Time between incremental runs of CRM streams.'),
  'stream.maxFields': cap(1_050, 'fields', 'Fields of a data stream.'),
  'stream.maxFieldsSameType': cap(800, 'fields', 'Fields of one type of a data stream.'),
  'stream.maxStreams': cap(5_000, 'streams', 'Data streams.'),
  'stream.maxDlos': cap(5_000, 'objects', 'Data lake objects.'),
  'kq.maxActive': cap(20, 'qualifiers', 'Active key qualifiers.'),
  'dlo.nameMax': both(40, 'characters', 'Length of the name of a data lake object.'),
  'dlo.historyDays': both(20, 'days', 'How long the history of a data lake object is kept.'),
  'ci.maxDims': cap(10, 'dimensions', 'Dimensions of a calculated insight.'),
  'ci.maxMeasures': cap(50, 'measures', 'Measures of a calculated insight.'),
  'ci.perOrg': cap(300, 'insights', 'Calculated insights.'),
  'ci.nesting': cap(4, 'levels', 'Insights built on insights.'),
  'ci.timeoutHours': both(2, 'hours', 'How long a calculated insight may run.'),
  'ci.manualPer24h': cap(30, 'runs', 'Manual runs of a calculated insight in 24 hours.'),
  'ci.sqlChars': cap(131_021, 'characters', 'Length of the SQL of a calculated insight.'),
  'ci.minScheduleHours': cap(1, 'hours', 'Shortest interval of a calculated insight.'),
  'si.windowMinMinutes': cap(1, 'minutes', 'Shortest window of a streaming insight.'),
  'si.windowMaxHours': cap(24, 'hours', 'Longest window of a streaming insight.'),
  'si.perOrg': cap(20, 'insights', 'Streaming insights.'),
  'seg.filtersPerTab': cap(
    50,
    'conditions',
    'Conditions in include, and in exclude; aggregations count.',
  ),
  'seg.textInValues': cap(100, 'values', 'Values of isIn and isNotIn.'),
  'seg.relationshipHops': cap(
    5,
    'relationships',
    'Relationships between a profile and its related rows.',
  ),
  'seg.perOrg': cap(9_950, 'segments', 'Segments.'),
  'seg.rapidPerOrg': cap(20, 'segments', 'Rapid segments.'),
  'seg.lookback': both(
    90,
    'days',
    'Age of the engagement rows that a container looks at, where it does not say.',
  ),
  'seg.lookbackMaxDays': cap(730, 'days', 'Longest lookback.'),
  'seg.rapidLookbackDays': cap(7, 'days', 'Lookback of rapid segments.'),
  'seg.historyDays': both(30, 'days', 'How long membership history is kept.'),
  'seg.publishPer24h': cap(6, 'publishes', 'Publishes of a segment in 24 hours.'),
  'act.publishPer24h': cap(6, 'publishes', 'Publishes of an activation in 24 hours.'),
  'act.relatedValues': cap(25, 'values', 'Values of a related attribute.'),
  'act.relatedAttributes': cap(300, 'attributes', 'Related attributes.'),
  'act.relatedDmos': cap(8, 'objects', 'Objects of related attributes.'),
  'act.relatedActivations': cap(10_000, 'activations', 'Activations with related attributes.'),
  'act.maxPopulation': cap(150_000_000, 'profiles', 'Members of an activated segment.'),
  'act.modifiedMinHours': cap(
    12,
    'hours',
    'Time between two updates of one profile in an activation.',
  ),
  'act.engagementLookback': both(90, 'days', 'Age of the engagement rows in activations.'),
  'graph.standard': cap(25, 'graphs', 'Data graphs.'),
  'graph.realTime': cap(25, 'graphs', 'Real-time data graphs.'),
  'graph.objects': cap(25, 'objects', 'Objects of a data graph.'),
  'graph.fieldsPerDmo': cap(50, 'fields', 'Fields of an object in a data graph.'),
  'graph.fields': cap(200, 'fields', 'Fields of a data graph.'),
  'graph.levels': cap(5, 'levels', 'Depth of a data graph.'),
  'graph.recordsPerDmo': cap(1_000, 'records', 'Records of an object in a data graph.'),
  'graph.recordsPerDmoDefault': both(
    100,
    'records',
    'Records of an object in a data graph, where it does not say.',
  ),
  'graph.engagementDays': both(30, 'days', 'Age of the engagement rows in a data graph.'),
  'graph.warnBytes': cap(200_000, 'bytes', 'Size of a data graph from which it warns.'),
  'session.defaultMinutes': both(30, 'minutes', 'Length of a real-time session by default.'),
  'session.maxHours': both(48, 'hours', 'Longest real-time session.'),
  'session.cacheRecords': cap(100_000_000, 'records', 'Records of the real-time cache.'),
  'session.cacheDays': both(180, 'days', 'How long the real-time cache keeps a record.'),
  'dataAction.payloadMaxChars': cap(125_000, 'characters', 'Payload of a data action.'),
  'dataAction.keyEffectMinutes': cap(15, 'minutes', 'Time until a new signing key takes effect.'),
  'dataAction.rotateMonths': both(12, 'months', 'Age of a signing key from which it warns.'),
  'dataAction.retentionDays': both(4, 'days', 'How long data action events are kept.'),
  'enrich.fullSyncThreshold': cap(
    250_000,
    'changes',
    'Changes from which an enrichment synchronises in full.',
  ),
  'enrich.logDays': both(7, 'days', 'How long enrichment logs are kept.'),
  'consent.effectHours': both(24, 'hours', 'Time within which a consent change takes effect.'),
  'consent.rtbfReprocessDays': both(30, 'days', 'Time between the repetitions of an erasure.'),
  'dataSpace.prefixLenMin': both(1, 'characters', 'Shortest prefix of a data space.'),
  'dataSpace.prefixLenMax': both(3, 'characters', 'Longest prefix of a data space.'),
  'auth.jwt.maxAheadSeconds': both(3_900, 'seconds', 'How far ahead a JWT may expire.'),
} as const satisfies Readonly<Record<string, Limit>>

/** The name of a limit. */
export type LimitName = keyof typeof LIMITS

/** The limits that hold; null is none. */
export type Limits = Readonly<Record<LimitName, number | null>>

/** The profiles of limits. */
export const LIMIT_PROFILES = ['open', 'data-cloud'] as const
/** The name of a profile of limits. */
export type LimitProfile = (typeof LIMIT_PROFILES)[number]

/**
 * The limits of a profile, single ones set by name; `null` or `unlimited` takes one away. Throws
 * `CONFIG_INVALID` for names that are not in the table and values that are no limit.
 */
export function resolveLimits(
  profile: string,
  overrides: Readonly<Record<string, unknown>> = {},
): Limits {
  if (!isProfile(profile)) {
    const nearest = nearestName(profile, LIMIT_PROFILES)
    throw invalid(
      'limits.profile',
      `is ${profile}; ${nearest ? `did you mean ${nearest}?` : 'choose open or data-cloud.'}`,
    )
  }
  const values: SomeLimits = {}
  for (const name of limitNames()) {
    values[name] = profile === 'open' ? LIMITS[name].open : LIMITS[name].dataCloud
  }
  for (const [name, value] of Object.entries(overrides)) {
    if (!isLimitName(name)) {
      const nearest = nearestName(name, limitNames())
      throw invalid(
        `limits.${name}`,
        `is no limit; ${nearest ? `did you mean ${nearest}?` : 'docs/reference/limits.md lists them.'}`,
      )
    }
    values[name] = limitValue(name, value)
  }
  return complete(values)
}

/** The table of limits as a page of the documentation. */
export function limitsMarkdown(): string {
  const rows = limitNames().map(name => {
    const { open, dataCloud, unit, doc } = LIMITS[name]
    return `| \`${name}\` | ${shown(open)} | ${shown(dataCloud)} | ${unit} | ${doc} |`
  })
  return [
    '# Limits',
    '',
    'Each is a setting of `mainstem.yaml`: choose a profile, and set single limits by name, or take one away with `null`.',
    'A value is a whole number, 0 or more; of a unit `score`, a number from 0 to 1.',
    '',
    '| limit | `open` (default) | `data-cloud` | unit | what it limits |',
    '|---|--:|--:|---|---|',
    ...rows,
    '',
  ].join('\n')
}

function shown(value: number | null): string {
  return value === null ? 'none' : value.toLocaleString('en-US')
}

function limitNames(): readonly LimitName[] {
  return Object.keys(LIMITS).filter(isLimitName)
}

function isLimitName(name: string): name is LimitName {
  return Object.hasOwn(LIMITS, name)
}

function isProfile(profile: string): profile is LimitProfile {
  return LIMIT_PROFILES.some(name => name === profile)
}

function limitValue(name: LimitName, value: unknown): number | null {
  if (value === null || value === 'unlimited') return null
  const { range, unit } = LIMITS[name]
  if (isWithin(value, range)) return value
  throw invalid(`limits.${name}`, `must be ${rangeWords(range)} (${unit}), or null for none.`)
}

type SomeLimits = Partial<Record<LimitName, number | null>>

function complete(values: SomeLimits): Limits {
  assert(isComplete(values), 'every limit has a value')
  return Object.freeze(values)
}

function isComplete(values: SomeLimits): values is Record<LimitName, number | null> {
  return limitNames().every(name => values[name] !== undefined)
}

function invalid(key: string, says: string): MainstemError {
  return new MainstemError('CONFIG_INVALID', `${key} ${says}`, { key })
}
