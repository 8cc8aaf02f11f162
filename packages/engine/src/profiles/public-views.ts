import { narrowViewName } from '../model/index.ts'
import { ident } from '../query/index.ts'
import type { ContactPlan, ProfilePlan } from './profile-plan.ts'

/** A view that people's SQL may read. */
export interface PublicView {
  readonly name: string
  readonly kind: 'alias' | 'unified' | 'link'
  readonly sql: string
}

/** How the API names of catalogue fields are written: `FirstName` → `ssot__FirstName__c`. */
export type ApiFieldName = (object: string, field: string) => string

/** The views of the unified profiles of one ruleset (semantics 2.9), under their API names. */
export function unifiedViews(plan: ProfilePlan, apiName: ApiFieldName): readonly PublicView[] {
  const profile = plan.ruleset.configurationType
  const named = namesFor(plan)
  const field = (object: string, name: string): string =>
    `${ident(name)} as ${ident(apiName(object, name))}`
  const columns = [
    field(profile, 'Id'),
    '"CustomerKey" as "CustomerKey__c"',
    ...plan.rules.map(rule => field(profile, rule.field.name)),
  ]
  return [
    {
      name: named.unified(profile),
      kind: 'unified',
      sql: `select ${columns.join(', ')} from ${plan.unified}`,
    },
    ...named.links.map(name => ({ name, kind: 'link' as const, sql: linkSql(plan) })),
    { name: named.events, kind: 'unified', sql: eventSql(plan, apiEventColumn) },
    ...plan.contacts.flatMap(contact => contactViews(plan, contact, { named, field })),
  ]
}

interface Names {
  unified(object: string): string
  contactLink(object: string): string
  readonly links: readonly string[]
  readonly events: string
}

function namesFor(plan: ProfilePlan): Names {
  const profile = plan.ruleset.configurationType
  const id = plan.ruleset.rulesetId ?? ''
  if (id === '') {
    return {
      unified: object => `Unified${object}__dlm`,
      contactLink: object => `${object}IdentityLink__dlm`,
      links:
        profile === 'Individual'
          ? ['IndividualIdentityLink__dlm', 'UnifiedLinkIndividual__dlm']
          : ['AccountIdentityLink__dlm', 'UnifiedLinkssotAccount__dlm'],
      events: `${profile}IdentityEvent__dlm`,
    }
  }
  return {
    unified: object => `Unifiedssot${object}${id}__dlm`,
    contactLink: object => `UnifiedLinkssot${object}${id}__dlm`,
    links: [`UnifiedLink${profile}${id}__dlm`, `UnifiedLinkssot${profile}${id}__dlm`],
    events: `UnifiedEvent${profile}${id}__dlm`,
  }
}

/** One row a source record, as Data Cloud's link objects have them. */
function linkSql(plan: ProfilePlan): string {
  return `
    select distinct i."Id" as "SourceRecordId__c", i."KQ_Id" as "KQ_SourceRecordId__c", u.id as "UnifiedRecordId__c",
           i._stream as "ssot__DataSourceId__c", i._stream || '__dll' as "ssot__DataSourceObjectId__c",
           u.created_at as "CreatedDate__c", null::varchar as "ssot__InternalOrganizationId__c", i._system as "IsSystem__c"
    from ${plan.sourceView} i
    join ${plan.tables.link} l on l.pid = i."_p_Id" join ${plan.tables.unifiedId} u on u.uid = l.uid`
}

/** What happened to unified profiles, in order, and what was decided about their records. */
function eventSql(plan: ProfilePlan, column: (name: string) => string): string {
  const { event, unifiedId } = plan.tables
  const record = (party: string): string => `coalesce(${party}.kq || ':', '') || ${party}.id`
  const columns = {
    EventNumber: 'e.seq',
    EventKind: 'e.kind',
    UnifiedRecordId: 'u.id',
    OtherUnifiedRecordId: 'o.id',
    Position: 'e.pos',
    EventDate: 'e.happened_at',
    DecisionNumber: 'e.decision',
    Verdict: 'd.verdict',
    Author: 'd.author',
    Reason: 'd.reason',
    SourceRecordId: record('a'),
    OtherSourceRecordId: record('b'),
  }
  const read = Object.entries(columns).map(([name, sql]) => `${sql} as ${ident(column(name))}`)
  return `
    select ${read.join(', ')} from ${event} e
    left join ${unifiedId} u on u.uid = e.uid left join ${unifiedId} o on o.uid = e.other
    left join decision d on d.number = e.decision
    left join party a on a.pid = d.one left join party b on b.pid = d.other`
}

function apiEventColumn(name: string): string {
  return `${name}__c`
}

function contactViews(
  plan: ProfilePlan,
  contact: ContactPlan,
  { named, field }: { named: Names; field: (object: string, name: string) => string },
): readonly PublicView[] {
  const columns = ['Id', 'PartyId', ...contact.fields.map(one => one.name)]
  return [
    {
      name: named.unified(contact.object),
      kind: 'unified',
      sql: `select ${columns.map(name => field(contact.object, name)).join(', ')} from ${contact.table}`,
    },
    {
      name: named.contactLink(contact.object),
      kind: 'link',
      sql: `
        select c."Id" as "SourceRecordId__c", t."Id" as "UnifiedRecordId__c",
               c._stream as "ssot__DataSourceId__c", c._stream || '__dll' as "ssot__DataSourceObjectId__c"
        from (select *, ${contact.valueSql} as _value from ${ident(narrowViewName(contact.object))}) c
        join ${plan.tables.link} l on l.pid = c."_p_PartyId"
        join ${contact.table} t on t.uid = l.uid and t._value = c._value`,
    },
  ]
}

/**
 * The short names that the seeds' SQL is written with, over the ruleset with the blank id (or the
 * only one). A key's text is the fully qualified key, and a source key links once to its profile.
 */
export function aliasViews(
  plan: ProfilePlan,
  engagementSql: string | undefined,
): readonly PublicView[] {
  const profile = plan.ruleset.configurationType
  const fields = plan.rules
    .map(rule => rule.field.name)
    .filter(name => !['Email', 'Phone', 'IndividualId', 'CustomerKey'].includes(name))
  const own = profile === 'Individual' ? 'IndividualId' : 'AccountId'
  const views: PublicView[] = [
    {
      name: `Unified${profile}`,
      kind: 'alias',
      sql: `select "Id", "Id" as ${ident(own)}, "CustomerKey", "Email", "Phone" ${fields.map(name => `, ${ident(name)}`).join('')} from ${plan.unified}`,
    },
    {
      name: `UnifiedLink${profile}`,
      kind: 'alias',
      sql: `
        select u.id as ${ident(`Unified${profile}Id`)}, coalesce(p.kq || ':', '') || p.id as "SourceRecordId",
               s.stream as "DataSource", s.stream || '__dll' as "DataSourceObject"
        from ${plan.tables.link} l
        join ${plan.tables.unifiedId} u on u.uid = l.uid
        join party p on p.pid = l.pid
        left join (select "_p_Id" as pid, min(_stream) as stream from ${plan.sourceView} group by 1) s on s.pid = l.pid`,
    },
  ]
  views.push({ name: `UnifiedEvent${profile}`, kind: 'alias', sql: eventSql(plan, name => name) })
  if (profile === 'Individual' && engagementSql !== undefined) {
    views.push({
      name: 'EngagementEvent',
      kind: 'alias',
      sql: `
        select e."Id", u.id as "UnifiedIndividualId", e."EventType", e."EventDate", e."Channel", e."Object", e._stream as "DataSource"
        from (${engagementSql}) e
        left join ${plan.tables.link} l on l.pid = e."_p_IndividualId"
        left join ${plan.tables.unifiedId} u on u.uid = l.uid`,
    })
  }
  return views
}

/** The statement that makes a view in a schema. */
export function viewDdl(schema: string, view: PublicView): string {
  return `create or replace view ${ident(schema)}.${ident(view.name)} as ${view.sql}`
}
