import { type ActivationDefinition, MainstemError } from '@mainstem/contracts'
import { nearestName } from '../kernel/nearest-name.ts'
import { ident, literal } from '../query/index.ts'
import { type ProfileSchema, rowsOf } from '../segments/index.ts'
import {
  chosenContactPointSql,
  CONTACT_COLUMN,
  type ContactPointRows,
  type ContactPointType,
} from './contact-point.ts'
import { type AudienceColumn, jsonObjectSql, jsonValueSql } from './json-sql.ts'

/** What an activation can see. */
export interface AudienceSources {
  readonly schema: ProfileSchema
  contactPoints(type: ContactPointType): ContactPointRows | undefined
}

/** An activation that was checked: what to compute. */
export interface ActivationPlan {
  readonly name: string
  readonly segment: string
  readonly refreshType: 'INCREMENTAL' | 'FULL_REFRESH'
  readonly columns: readonly AudienceColumn[]
  /** One row a member: `uid`, `id`, `reachable`, `record` (flat JSON). */
  readonly sql: string
  /** Members without the contact point are left out. */
  readonly dropUnreachable: boolean
  /** Rows of a measure that is to be one a profile; each SQL gives the number that are not. */
  readonly singles: readonly { readonly insight: string; readonly sql: string }[]
  readonly consent: { readonly none: string }
}

interface Column extends AudienceColumn {
  readonly sql: string
  readonly join?: Join
}

interface Join {
  readonly insight: string
  readonly from: string
  readonly alias: string
  readonly key: string
}

/** Checks an activation. Throws `ACTIVATION_INVALID` or `CONSENT_UNSUPPORTED`. */
export function planActivation(
  definition: ActivationDefinition,
  sources: AudienceSources,
): ActivationPlan {
  const { name, segment, contactPoint } = definition
  const consent = consentOf(definition)
  const contact = contactPoint && contactRows(definition, contactPoint, sources)
  const columns: Column[] = [{ name: 'Id', type: 'text', sql: 'p."Id"' }]
  if (contactPoint) {
    columns.push({ name: CONTACT_COLUMN[contactPoint.type], type: 'text', sql: 'cp.value' })
  }
  for (const attribute of definition.attributes ?? []) {
    if (attribute === 'Id') continue
    if (columns.some(column => column.name.toLowerCase() === attribute.toLowerCase())) {
      throw invalid(definition, 'attributes', `names ${attribute} twice`)
    }
    columns.push(columnOf(definition, attribute, { schema: sources.schema, at: columns.length }))
  }
  const joins = columns.map(column => column.join).filter(join => join !== undefined)
  return {
    name,
    segment,
    consent,
    refreshType: definition.refreshType ?? 'INCREMENTAL',
    columns: columns.map(column => ({ name: column.name, type: column.type })),
    dropUnreachable: contact !== undefined && definition.dropWithoutContactPoint !== false,
    sql: audienceSql(definition, { columns, joins, schema: sources.schema, contact }),
    singles: joins.map(({ insight, from, alias, key }) => ({
      insight,
      sql: `select count(*) from (${repeatedSql({ from, alias, key })})`,
    })),
  }
}

/** The profiles that have several rows of an insight. */
function repeatedSql({ from, alias, key }: Omit<Join, 'insight'>): string {
  const owner = `${alias}.${ident(key)}`
  const rows = rowsOf(from, alias)
  return `select 1 from ${rows} where ${owner} is not null group by ${owner} having count(*) > 1`
}

/** A purpose is refused, never ignored: it would look as if somebody had checked it. */
function consentOf(definition: ActivationDefinition): { readonly none: string } {
  const { consent, name } = definition
  if ('none' in consent) return consent
  throw new MainstemError(
    'CONSENT_UNSUPPORTED',
    `Activation ${name}: consent names the purpose ${consent.purpose}, and purposes are not served yet, so nobody's consent would be checked. ` +
      'Write consent: { none: "why no consent is needed" } where that is true, or wait for purposes.',
    { key: 'consent.purpose', activation: name },
  )
}

function contactRows(
  definition: ActivationDefinition,
  contactPoint: NonNullable<ActivationDefinition['contactPoint']>,
  sources: AudienceSources,
): string {
  const { type } = contactPoint
  const rows = sources.contactPoints(type)
  if (!rows) {
    throw invalid(
      definition,
      'contactPoint.type',
      `is ${type}, and no data stream maps such contact points`,
    )
  }
  for (const stream of contactPoint.sources ?? []) {
    if (rows.streams.includes(stream)) continue
    const nearest = nearestName(stream, rows.streams)
    const advice = nearest
      ? `did you mean ${nearest}?`
      : `there are: ${rows.streams.join(', ') || 'none'}`
    throw invalid(
      definition,
      'contactPoint.sources',
      `names ${stream}, which has no ${type}; ${advice}`,
    )
  }
  return chosenContactPointSql(rows, contactPoint.sources)
}

function columnOf(
  definition: ActivationDefinition,
  attribute: string,
  { schema, at }: { readonly schema: ProfileSchema; readonly at: number },
): Column {
  const direct = schema.attribute(attribute)
  if (direct) return { name: attribute, type: direct.type, sql: direct.sql('p') }
  const dot = attribute.indexOf('.')
  const insight = attribute.slice(0, Math.max(dot, 0))
  const measure = dot > 0 ? schema.insight(insight, attribute.slice(dot + 1)) : undefined
  if (measure) {
    const alias = `i${at}`
    const join = { insight, from: measure.from, alias, key: measure.key }
    return { name: attribute, type: measure.type, sql: measure.sql(alias), join }
  }
  const { attributes, insights, related } = schema.names()
  if (related.includes(insight)) {
    throw invalid(
      definition,
      'attributes',
      `names ${attribute}, of which a profile has many rows; use an insight over them`,
    )
  }
  const known = [...attributes, ...insights, 'Id']
  const nearest = nearestName(attribute, known)
  const advice = nearest
    ? `did you mean ${nearest}?`
    : `there are: ${known.slice(0, 20).join(', ')}`
  throw invalid(
    definition,
    'attributes',
    `names ${attribute}, which ${schema.segmentOn} does not have; ${advice}`,
  )
}

interface AudienceParts {
  readonly columns: readonly Column[]
  readonly joins: readonly Join[]
  readonly schema: ProfileSchema
  readonly contact: string | undefined
}

function audienceSql(
  definition: ActivationDefinition,
  { columns, joins, schema, contact }: AudienceParts,
): string {
  const members = columns.map(({ name, sql, type }) => ({ name, json: jsonValueSql(sql, type) }))
  return [
    `select m.uid as uid, p."Id" as id, ${contact ? 'cp.value is not null' : 'true'} as reachable,`,
    `${jsonObjectSql(members)} as record`,
    `from segment_member as m join ${rowsOf(schema.from, 'p')} on p.uid = m.uid`,
    contact ? `left join (${contact}) as cp on cp.uid = m.uid` : '',
    ...joins.map(
      ({ from, alias, key }) =>
        `left join ${rowsOf(from, alias)} on ${alias}.${ident(key)} = p."Id"`,
    ),
    `where m.segment = ${literal(definition.segment)}`,
  ].join('\n')
}

function invalid(definition: ActivationDefinition, key: string, says: string): MainstemError {
  return new MainstemError(
    'ACTIVATION_INVALID',
    `Activation ${definition.name}: ${key} ${says.replace(/[^?]$/, '$&.')}`,
    {
      key,
      activation: definition.name,
    },
  )
}
