import { MainstemError } from '@mainstem/contracts'
import type { AudienceSources, ContactPointRows, ContactPointType } from '../../activation/index.ts'
import { insightTable } from '../../insights/index.ts'
import { type PartyRelation, relationsOf, viewName } from '../../model/index.ts'
import { ident } from '../../query/index.ts'
import type {
  Attribute,
  AttributeType,
  InsightMeasure,
  ProfileSchema,
  RelatedRows,
} from '../../segments/index.ts'
import type { Applied } from './engine-state.ts'
import type { InsightRuntime } from './insight-runtime.ts'
import { mainRuleset } from './public-relations.ts'
import type { RulesetRuntime } from './ruleset-runtime.ts'

/** What insights there are, and how fresh. */
export interface InsightFacts {
  readonly insights: readonly InsightRuntime[]
  readonly lastSuccess: ReadonlyMap<string, Date>
}

/** What segments and activations on an object can see. Throws if there are no such profiles. */
export function schemaFor(applied: Applied, segmentOn: string, facts: InsightFacts): ProfileSchema {
  const schema = profileSchema(applied, segmentOn, facts)
  if (schema) return schema
  throw new MainstemError(
    'SEGMENT_INVALID',
    `There are no profiles of ${segmentOn}. Add a ruleset for it, or set segmentOn to UnifiedIndividual or UnifiedAccount.`,
    { key: 'segmentOn' },
  )
}

/** The same; undefined if there are no such profiles. */
export function profileSchema(
  applied: Applied,
  segmentOn: string,
  facts: InsightFacts,
): ProfileSchema | undefined {
  const profile = profileOf(segmentOn)
  const ruleset = profile && mainRuleset(applied, profile)
  if (!profile || !ruleset) return undefined
  const attributes = attributesOf(ruleset)
  const related = relatedOf(applied, ruleset)
  const find = <Value>(map: ReadonlyMap<string, Value>, name: string): Value | undefined =>
    map.get(name.replace(/^ssot__|__(c|dlm)$/g, '').toLowerCase())
  return {
    segmentOn,
    from: `select * from ${ruleset.profiles.unified}`,
    attribute: name => find(attributes, name),
    insight: (apiName, measure) => measureOf(facts, { apiName, measure, own: `Unified${profile}` }),
    related: object => find(related, object),
    names: () => ({
      attributes: [
        'Id',
        'CustomerKey',
        'Email',
        'Phone',
        ...ruleset.profiles.rules.map(rule => rule.field.name),
      ],
      insights: facts.insights.flatMap(one =>
        one.compiled.measures.map(({ name }) => `${one.plan.apiName}.${name}`),
      ),
      related: relationsOf(applied.model)
        .filter(one => one.to === profile && one.isMapped)
        .map(one => one.object),
    }),
  }
}

function profileOf(segmentOn: string): 'Individual' | 'Account' | undefined {
  const plain = segmentOn.replace(/__dlm$/, '')
  if (plain === 'UnifiedIndividual') return 'Individual'
  return plain === 'UnifiedAccount' ? 'Account' : undefined
}

function attributesOf(ruleset: RulesetRuntime): ReadonlyMap<string, Attribute> {
  const columns = [
    ...['Id', 'CustomerKey', 'Email', 'Phone'].map(name => ({ name, type: 'VARCHAR' })),
    ...ruleset.profiles.rules.map(rule => rule.field),
  ]
  return new Map(columns.map(column => [column.name.toLowerCase(), attribute(column)]))
}

function attribute({ name, type }: { name: string; type: string }): Attribute {
  return { type: attributeType(type), sql: alias => `${alias}.${ident(name)}` }
}

/** What an engine type means to a condition. */
export function attributeType(type: string): AttributeType {
  if (type === 'BOOLEAN') return 'boolean'
  if (type === 'DATE') return 'date'
  if (type.startsWith('TIMESTAMP')) return 'dateTime'
  return /^(DECIMAL|BIGINT|HUGEINT|INTEGER|DOUBLE|UBIGINT|SMALLINT|TINYINT|FLOAT)/.test(type)
    ? 'number'
    : 'text'
}

function measureOf(
  { insights, lastSuccess }: InsightFacts,
  { apiName, measure, own }: { apiName: string; measure: string; own: string },
): InsightMeasure | undefined {
  const plain = apiName.replace(/__cio$/, '').toLowerCase()
  const insight = insights.find(one => one.plan.apiName.toLowerCase() === plain)
  const column = insight?.plan.columns.find(one => one.name.toLowerCase() === measure.toLowerCase())
  if (!insight || !column || insight.key?.object !== own) return undefined
  const last = lastSuccess.get(insight.plan.apiName)
  return {
    ...attribute(column),
    from: `select * from ${ident(insightTable(insight.plan.apiName))}`,
    key: insight.key.column,
    ...(last ? { lastSuccess: last } : {}),
  }
}

function relatedOf(applied: Applied, ruleset: RulesetRuntime): ReadonlyMap<string, RelatedRows> {
  const profile = ruleset.definition.configurationType
  const rows = new Map<string, RelatedRows>()
  const relations = relationsOf(applied.model).filter(one => one.to === profile && one.isMapped)
  for (const relation of relations.toSorted(
    (one, other) => Number(one.isMain) - Number(other.isMain),
  )) {
    rows.set(relation.object.toLowerCase(), relatedRows(applied, ruleset, relation))
  }
  return rows
}

function relatedRows(
  applied: Applied,
  ruleset: RulesetRuntime,
  relation: PartyRelation,
): RelatedRows {
  const fields = [...(applied.model.catalogue.find(relation.object)?.fields.values() ?? [])]
  const types: Readonly<Record<string, AttributeType>> = {
    text: 'text',
    number: 'number',
    dateTime: 'dateTime',
    date: 'date',
    boolean: 'boolean',
  }
  const known = new Map(
    fields.map(field => [
      field.name.toLowerCase(),
      {
        type: types[field.kind] ?? 'text',
        sql: (alias: string) => `${alias}.${ident(field.name)}`,
      },
    ]),
  )
  return {
    from: `select l.uid, o.* from ${ident(viewName(relation.object))} o join ${ruleset.profiles.tables.link} l on l.pid = o.${ident(relation.keyColumn)}`,
    attribute: name => known.get(name.replace(/^ssot__|__c$/g, '').toLowerCase()),
    attributes: fields.map(field => field.name),
    ...(relation.category === 'Engagement' && relation.dateField
      ? { dateColumn: relation.dateField }
      : {}),
  }
}

/** What activations on an object can see: the profile, and the contact points of its sources. */
export function audienceSources(applied: Applied, schema: ProfileSchema): AudienceSources {
  const profile = profileOf(schema.segmentOn) ?? 'Individual'
  const ruleset = mainRuleset(applied, profile)
  return {
    schema,
    contactPoints: type => (ruleset ? contactRows(applied, ruleset, type) : undefined),
  }
}

const CONTACTS: Readonly<Record<ContactPointType, { object: string; value: string }>> = {
  Email: { object: 'ContactPointEmail', value: `nullif(trim(c."EmailAddress"), '')` },
  Phone: {
    object: 'ContactPointPhone',
    value: `coalesce(nullif(c."FormattedE164PhoneNumber", ''), nullif(trim(c."TelephoneNumber"), ''))`,
  },
  Address: {
    object: 'ContactPointAddress',
    value: `nullif(concat_ws(', ', nullif(c."AddressLine1", ''), nullif(c."PostalCodeText", ''), nullif(c."CityName", '')), '')`,
  },
}

function contactRows(
  applied: Applied,
  ruleset: RulesetRuntime,
  type: ContactPointType,
): ContactPointRows | undefined {
  const { object, value } = CONTACTS[type]
  const streams = applied.model.streams
    .filter(stream => stream.branches.some(branch => branch.object === object))
    .map(stream => stream.schema.name)
  if (streams.length === 0) return undefined
  return {
    streams,
    from: `
      select l.uid, ${value} as value, c._stream as stream,
             lower(coalesce(c."PrimaryFlag"::varchar, '')) in ('true', '1', 'yes', 'y') as "primaryFlag",
             c."PreferenceRankNumber" as rank, c."LastModifiedDate" as modified, c."Id" as id
      from ${ident(viewName(object))} c join ${ruleset.profiles.tables.link} l on l.pid = c."_p_PartyId"
      where ${value} is not null`,
  }
}
