import type { SqlSession } from '../../lake/index.ts'
import { buildCatalogue } from '../../model/index.ts'
import { ident } from '../../query/index.ts'
import { numberAt } from './answer.ts'
import type { SourcePlan } from './init-project-plan.ts'

/** Whose keys a stream holds: the qualifier of its own, and of fields that hold another's. */
export interface StreamKeys {
  readonly keyQualifier: string
  readonly why: string
  /** Object and field → qualifier, where it is not the stream's own. */
  readonly others: ReadonlyMap<string, string>
}

/** The name of an object's field in `StreamKeys.others`. */
export function fieldOf(object: string, field: string): string {
  return `${object}.${field}`
}

/**
 * Where several sources have people under ids of their own, every stream gets the qualifier of the
 * source whose keys it holds; empty where one source has all people.
 */
export async function keyQualifiers(
  session: SqlSession,
  plans: readonly SourcePlan[],
): Promise<ReadonlyMap<string, StreamKeys>> {
  const people = plans.filter(plan => keyOf(plan, 'Individual') !== undefined)
  const groups = await sameIdGroups(session, people)
  if (groups.length < 2) return new Map()
  const links = new Map<string, readonly Link[]>()
  for (const plan of plans) links.set(plan.name, await linksOf(session, plan, plans))
  const found = new Map<string, StreamKeys>()
  for (const group of groups) nameGroup(group, found)
  for (const plan of plans) settle(plan.name, { links, found, busy: new Set() })
  return new Map(plans.map(plan => [plan.name, withOthers(plan, links, found)]))
}

/** A field that holds the keys of another stream. */
interface Link {
  readonly object: string
  readonly field: string
  readonly target: string
}

/** The field that an object's Id comes from. */
function keyOf(plan: SourcePlan, object: string): string | undefined {
  return plan.objects.find(mapping => mapping.object === object)?.fields?.['Id']
}

/** Streams whose ids mean the same people, together. */
async function sameIdGroups(
  session: SqlSession,
  people: readonly SourcePlan[],
): Promise<readonly (readonly SourcePlan[])[]> {
  for (const [at, plan] of people.entries()) await session.run(personSql(plan, at))
  const groups: SourcePlan[][] = []
  for (const [at, plan] of people.entries()) {
    let home: SourcePlan[] | undefined
    for (const group of groups) {
      const first = group[0]
      if (first && (await haveSameIds(session, people.indexOf(first), at))) home ??= group
    }
    if (home) home.push(plan)
    else groups.push([plan])
  }
  return groups
}

function personSql(plan: SourcePlan, at: number): string {
  const source = (object: string, field: string): string => {
    const name = plan.objects.find(mapping => mapping.object === object)?.fields?.[field]
    return name === undefined ? 'null::varchar' : `nullif(lower(trim(${ident(name)}::varchar)), '')`
  }
  const full = `${source('Individual', 'FirstName')} || ' ' || ${source('Individual', 'LastName')}`
  return `
    create or replace temp table person_${at} as
    select ${ident(keyOf(plan, 'Individual') ?? '')}::varchar as id,
      any_value(${source('ContactPointEmail', 'EmailAddress')}) as email, any_value(${full}) as name
    from ${plan.source.relation} group by 1`
}

/** Share of shared ids that must be of the same people for the ids to be the same ones. */
const SAME_SHARE = 0.8

async function haveSameIds(session: SqlSession, left: number, right: number): Promise<boolean> {
  const [row] = await session.rows(
    `select count(*), count(*) filter (case when l.email is not null and r.email is not null then l.email = r.email
       else coalesce(l.name = r.name, false) end)
     from person_${left} l join person_${right} r on l.id = r.id`,
  )
  const shared = numberAt(row, 0)
  return shared > 0 && numberAt(row, 1) >= shared * SAME_SHARE
}

/** The streams that a stream's mapped references lead to. */
async function linksOf(
  session: SqlSession,
  plan: SourcePlan,
  plans: readonly SourcePlan[],
): Promise<readonly Link[]> {
  const catalogue = buildCatalogue([])
  const links: Link[] = []
  for (const { object, fields = {} } of plan.objects) {
    for (const { field, object: wanted } of catalogue.find(object)?.relationships ?? []) {
      const column = Object.hasOwn(fields, field) ? fields[field] : undefined
      const targets = plans.filter(other => other !== plan && keyOf(other, wanted) !== undefined)
      if (column === undefined || targets.length === 0) continue
      const best = await bestTarget(session, { plan, column, wanted }, targets)
      if (best) links.push({ object, field, target: best.name })
    }
  }
  return links
}

interface Reference {
  readonly plan: SourcePlan
  readonly column: string
  readonly wanted: string
}

/** The target that has most of the keys; names decide between those that have as many. */
async function bestTarget(
  session: SqlSession,
  { plan, column, wanted }: Reference,
  targets: readonly SourcePlan[],
): Promise<SourcePlan | undefined> {
  let best: { readonly target: SourcePlan; readonly score: number } | undefined
  for (const target of targets) {
    const key = keyOf(target, wanted) ?? ''
    const [row] = await session.rows(
      `select count(*), count(*) filter (id in (select ${ident(key)}::varchar from ${target.source.relation}))
       from (select distinct ${ident(column)}::varchar as id from ${plan.source.relation} where ${ident(column)} is not null)`,
    )
    const share = numberAt(row, 0) === 0 ? 0 : numberAt(row, 1) / numberAt(row, 0)
    if (share === 0) continue
    const score =
      share +
      (sourceWord(plan.name) === sourceWord(target.name) ? 0.3 : 0) +
      (key === column ? 0.3 : 0)
    if (best === undefined || score > best.score) best = { target, score }
  }
  return best?.target
}

/** The word of a stream's name that says its source: `crm` of `crm_contacts`. */
function sourceWord(name: string): string {
  return name.split('_')[0] ?? name
}

function nameGroup(group: readonly SourcePlan[], found: Map<string, StreamKeys>): void {
  const [first] = group
  if (!first) return
  const keyQualifier = freeWord(first.name, found)
  const more = group.length > 1 ? `${group.map(plan => plan.name).join(', ')} use the same ids` : ''
  const why = more || `the ids of ${first.name} are its own`
  for (const plan of group) found.set(plan.name, { keyQualifier, why, others: new Map() })
}

function freeWord(name: string, found: ReadonlyMap<string, StreamKeys>): string {
  const taken = new Set(Array.from(found.values(), one => one.keyQualifier))
  const word = sourceWord(name)
  return taken.has(word) ? name : word
}

interface Settling {
  readonly links: ReadonlyMap<string, readonly Link[]>
  readonly found: Map<string, StreamKeys>
  readonly busy: Set<string>
}

/** A stream that has no people of its own holds the keys of the stream that it refers to first. */
function settle(name: string, how: Settling): string {
  const { links, found, busy } = how
  const known = found.get(name)
  if (known) return known.keyQualifier
  busy.add(name)
  const link = (links.get(name) ?? []).find(one => !busy.has(one.target))
  const keyQualifier = link ? settle(link.target, how) : freeWord(name, found)
  const why = link
    ? `its ${link.field} are ids of ${link.target}`
    : `the ids of ${name} are its own`
  found.set(name, { keyQualifier, why, others: new Map() })
  return keyQualifier
}

function withOthers(
  plan: SourcePlan,
  links: ReadonlyMap<string, readonly Link[]>,
  found: ReadonlyMap<string, StreamKeys>,
): StreamKeys {
  const own = found.get(plan.name) ?? { keyQualifier: plan.name, why: '', others: new Map() }
  const others = new Map<string, string>()
  for (const { object, field, target } of links.get(plan.name) ?? []) {
    const qualifier = found.get(target)?.keyQualifier
    if (qualifier !== undefined && qualifier !== own.keyQualifier)
      others.set(fieldOf(object, field), qualifier)
  }
  return { ...own, others }
}
