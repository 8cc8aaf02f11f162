import { ident, literal } from '../query/index.ts'
import { findField, type ModelObject } from './catalogue/index.ts'
import { personField } from './person-field.ts'
import { branchesOf, type ModelPlan } from './plan.ts'
import { viewName } from './views.ts'

/**
 * One row for each engagement row of every event object: `Id`, `_p_IndividualId`, `EventType`,
 * `EventDate`, `Channel`, `Object`, `_stream`, `_kh`. Cases and consents have the category
 * Engagement and are no events.
 */
export function engagementUnionSql(plan: ModelPlan): string {
  const parts = [...plan.catalogue.objects.values()]
    .filter(object => object.isEvent && branchesOf(plan, object.name).length > 0)
    .map(eventSelect)
  return parts.length === 0 ? EMPTY : parts.join('\nunion all\n')
}

const EMPTY =
  'select cast(null as varchar) as "Id", cast(null as integer) as "_p_IndividualId", ' +
  'cast(null as varchar) as "EventType", cast(null as timestamptz) as "EventDate", ' +
  'cast(null as varchar) as "Channel", cast(null as varchar) as "Object", ' +
  'cast(null as varchar) as _stream, cast(null as ubigint) as _kh where false'

function eventSelect(object: ModelObject): string {
  const person = personField(object)
  const party = person === undefined ? 'cast(null as integer)' : ident(`_p_${person}`)
  const time = object.eventTime === undefined ? 'null' : ident(object.eventTime)
  const columns = [
    `${ident(object.primaryKey)} as "Id"`,
    `${party} as "_p_IndividualId"`,
    `${eventTypeSql(object)} as "EventType"`,
    `cast(${time} as timestamptz) as "EventDate"`,
    `${firstFilled(object, CHANNEL_FIELDS) ?? 'cast(null as varchar)'} as "Channel"`,
    `${literal(object.name)} as "Object"`,
    '_stream',
    '_kh',
  ]
  return `select ${columns.join(', ')} from ${ident(viewName(object.name))}`
}

const CHANNEL_FIELDS = ['Channel', 'EngagementChannelId', 'EngagementChannelTypeId']
const TYPE_FIELDS = ['EngagementTypeId', 'EngagementChannelActionId']

/** What the event is called: the stream's own name for it, else ours, else its type. */
function eventTypeSql(object: ModelObject): string {
  const own = firstFilled(object, ['EventType', 'Event_Type', 'EventTypeId', 'EventName'])
  const named = platformType(object.name)
  const types = named === undefined ? firstFilled(object, TYPE_FIELDS) : named
  const choices = [own, types, literal(object.name)].filter(choice => choice !== undefined)
  return choices.length === 1 ? literal(object.name) : `coalesce(${choices.join(', ')})`
}

function platformType(object: string): string | undefined {
  if (object === 'WebsiteEngagement') return `'WebVisit'`
  if (object === 'ProductOrderEngagement') return `'Purchase'`
  if (object !== 'EmailEngagement') return undefined
  const opened = `lower(trim(coalesce("EngagementChannelActionId", "EngagementTypeId"))) in ${OPENED}`
  const other = `nullif(trim("EngagementTypeId"), ''), nullif(trim("EngagementChannelActionId"), '')`
  return `case when ${opened} then 'EmailOpen' else coalesce(${other}) end`
}

const OPENED = `('open', 'opened', 'email open', 'emailopen', 'email_open', 'email_opened')`

function firstFilled(object: ModelObject, names: readonly string[]): string | undefined {
  const fields = names.flatMap(name => {
    const field = findField({ ...object, synonyms: new Map() }, name)
    return field?.kind === 'text' ? [`nullif(trim(${ident(field.name)}), '')`] : []
  })
  if (fields.length === 0) return undefined
  return fields.length === 1 ? fields[0] : `coalesce(${fields.join(', ')})`
}
