import { ident, literal } from '../query/index.ts'
import { aliasView } from './alias-views.ts'
import type { ModelField, ModelObject } from './catalogue/index.ts'
import { streamTable } from './phone-source.ts'
import type { ModelPlan, StreamPlan } from './plan.ts'
import { inSpace, publicView } from './public-schema.ts'
import { type View, viewName } from './views.ts'

/** A view that users' SQL sees, in the schema `<space>_q`. */
export interface PublicView extends View {
  readonly kind: 'object' | 'alias' | 'stream'
}

/** What users' SQL sees: objects under API and short names, and data lake objects. */
export function publicViewsOf(plan: ModelPlan, space: string): readonly PublicView[] {
  const objects = [...plan.catalogue.objects.values()]
  return [
    ...objects.map(object => objectView(object, space)),
    ...objects.map(object => shortView(object, space)),
    ...plan.streams.map(stream => streamView(stream, space)),
  ]
}

function shortView(object: ModelObject, space: string): PublicView {
  return { ...aliasView(object, space), kind: 'alias' }
}

function objectView(object: ModelObject, space: string): PublicView {
  const fields = [...object.fields.values()]
  const columns = fields.map(field => `${ident(field.name)} as ${ident(field.apiName)}`)
  const qualifiers = fields.filter(field => field.isKey).map(qualifierColumn)
  // Standard objects have these as fields of their own.
  const system = object.isCustom
    ? [
        '_stream as "DataSource__c"',
        `_stream || '__dll' as "DataSourceObject__c"`,
        'cast(null as varchar) as "InternalOrganization__c"',
      ]
    : []
  const list = [...columns, ...qualifiers, ...system].join(', ')
  const body = `select ${list} from ${inSpace(space, viewName(object.name))}`
  return { ...publicView(space, object.apiName, body), kind: 'object' }
}

function qualifierColumn(field: ModelField): string {
  return `${ident(`KQ_${field.name}`)} as ${ident(`KQ_${field.name}__c`)}`
}

function streamView({ schema, branches }: StreamPlan, space: string): PublicView {
  const columns = schema.fields.map(field => `${ident(field.name)} as ${ident(`${field.name}__c`)}`)
  const qualifiers = new Map<string, string | null>()
  for (const key of schema.primaryKey) qualifiers.set(key, schema.keyQualifier ?? null)
  for (const branch of branches) {
    for (const [field, qualifier] of branch.qualifiers) {
      const source = branch.sources.get(field)
      if (source?.kind === 'field' && !qualifiers.has(source.field)) {
        qualifiers.set(source.field, qualifier)
      }
    }
  }
  const keys = Array.from(
    qualifiers,
    ([name, value]) => `cast(${literal(value)} as varchar) as ${ident(`KQ_${name}__c`)}`,
  )
  const system = [
    `${literal(schema.name)} as "DataSource__c"`,
    `${literal(`${schema.name}__dll`)} as "DataSourceObject__c"`,
    'cast(null as varchar) as "InternalOrganization__c"',
    'cast(null as varchar) as "cdp_sys_record_currency__c"',
    '_at as "cdp_sys_ingest_time__c"',
    '_origin as "cdp_sys_origin__c"',
  ]
  const list = [...columns, ...keys, ...system].join(', ')
  const table = `${ident(space)}.${streamTable(schema.name)}`
  return {
    ...publicView(space, `${schema.name}__dll`, `select ${list} from ${table}`),
    kind: 'stream',
  }
}
