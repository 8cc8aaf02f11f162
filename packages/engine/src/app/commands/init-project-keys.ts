import type { SqlSession } from '../../lake/index.ts'
import { ident } from '../../query/index.ts'
import { numberAt } from './answer.ts'
import { keyOf, type Link, linksOf, sourceWord } from './init-project-links.ts'
import type { SourcePlan } from './init-project-plan.ts'

/** Whose keys a stream holds: the qualifier of its own, and of fields that hold another's. */
export interface StreamKeys {
  readonly keyQualifier: string
  readonly why: string
  /** Object and field → qualifier, where it is not the stream's own. */
  readonly others: ReadonlyMap<string, string>
  /** Fields of which nothing says whose keys they hold: until somebody does, they join nothing. */
  readonly questions: readonly KeyQuestion[]
  /** What was chosen where other sources have the same ids, in sentences. */
  readonly choices: readonly string[]
}

/** A field that holds ids which several sources use, for different people. */
export interface KeyQuestion {
  readonly object: string
  readonly field: string
  readonly column: string
  /** The qualifiers it could have. */
  readonly answers: readonly KeyAnswer[]
}

interface KeyAnswer {
  readonly qualifier: string
  /** A stream that has it. */
  readonly stream: string
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
  const found = new Map<string, OwnKeys>()
  for (const group of groups) nameGroup(group, found)
  for (const plan of plans) settle(plan.name, { links, found, busy: new Set() })
  return new Map(plans.map(plan => [plan.name, withOthers(plan, links, found)]))
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

/** What is found out of one stream before its fields are looked at. */
type OwnKeys = Pick<StreamKeys, 'keyQualifier' | 'why'>

function nameGroup(group: readonly SourcePlan[], found: Map<string, OwnKeys>): void {
  const [first] = group
  if (!first) return
  const keyQualifier = freeWord(first.name, found)
  const more = group.length > 1 ? `${group.map(plan => plan.name).join(', ')} use the same ids` : ''
  const why = more || `the ids of ${first.name} are its own`
  for (const plan of group) found.set(plan.name, { keyQualifier, why })
}

/** A word that no other stream has: what has the word of others would hold their keys. */
function freeWord(name: string, found: ReadonlyMap<string, OwnKeys>): string {
  const taken = new Set(Array.from(found.values(), one => one.keyQualifier))
  const word = sourceWord(name)
  if (!taken.has(word)) return word
  let free = name
  for (let next = 2; taken.has(free); next++) free = `${name}_${next}`
  return free
}

interface Settling {
  readonly links: ReadonlyMap<string, readonly Link[]>
  readonly found: Map<string, OwnKeys>
  readonly busy: Set<string>
}

/** A stream that has no people of its own holds the keys of the stream that it refers to first. */
function settle(name: string, how: Settling): string {
  const { links, found, busy } = how
  const known = found.get(name)
  if (known) return known.keyQualifier
  busy.add(name)
  const open = (links.get(name) ?? []).filter(one => !busy.has(one.target))
  const link = open.find(one => isSure(one, how))
  const keyQualifier = link ? settle(link.target, how) : freeWord(name, found)
  const why = link
    ? `its ${link.field} are ids of ${link.target}`
    : `the ids of ${name} are its own`
  found.set(name, { keyQualifier, why })
  return keyQualifier
}

/** Whether a link leads to the same keys whichever of its targets is meant. */
function isSure({ target, rivals }: Link, how: Settling): boolean {
  const others = rivals.filter(name => !how.busy.has(name))
  return others.every(name => settle(name, how) === settle(target, how))
}

function withOthers(
  plan: SourcePlan,
  links: ReadonlyMap<string, readonly Link[]>,
  found: ReadonlyMap<string, OwnKeys>,
): StreamKeys {
  const own = found.get(plan.name) ?? { keyQualifier: plan.name, why: '' }
  const others = new Map<string, string>()
  const questions: KeyQuestion[] = []
  const choices: string[] = []
  for (const link of links.get(plan.name) ?? []) {
    const [chosen, ...near] = answersOf([link.target, ...link.rivals], found)
    if (!chosen) continue
    if (near.length > 0) {
      questions.push({ ...link, answers: [chosen, ...near] })
      continue
    }
    if (chosen.qualifier !== own.keyQualifier)
      others.set(fieldOf(link.object, link.field), chosen.qualifier)
    const [, other] = answersOf([link.target, ...link.others], found)
    if (other) choices.push(choiceOf(plan, link, other))
  }
  return { ...own, others, questions, choices }
}

/** The qualifiers that these streams have, each once. */
function answersOf(
  streams: readonly string[],
  found: ReadonlyMap<string, OwnKeys>,
): readonly KeyAnswer[] {
  const answers = new Map<string, string>()
  for (const stream of streams) {
    const qualifier = found.get(stream)?.keyQualifier
    if (qualifier !== undefined && !answers.has(qualifier)) answers.set(qualifier, stream)
  }
  return Array.from(answers, ([qualifier, stream]) => ({ qualifier, stream }))
}

function choiceOf(plan: SourcePlan, link: Link, other: KeyAnswer): string {
  return (
    `The ids in ${link.column} of ${plan.name} are taken for those of ${link.target}: its names and ids fit best, ` +
    `but ${other.stream} has some of them too. If they are its ids, set ` +
    `keyQualifiers: { ${link.field}: ${other.qualifier} } under ${link.object} in mappings/${plan.name}.yaml.`
  )
}

/** The question about a field, for people. */
export function questionOf(stream: string, { column, answers }: KeyQuestion): string {
  const names = answers.map(answer => answer.stream)
  return (
    `Whose are the ids in ${column} of ${stream}: those of ${names.join(', or those of ')}? ` +
    'They use the same ids, and nothing says which is meant: these rows belong to nobody yet.'
  )
}

/** What `init` has to say of keys: questions first, then choices that were made. */
export function keyNotes(keys: ReadonlyMap<string, StreamKeys>): readonly string[] {
  const all = [...keys]
  const asked = all.flatMap(([stream, { questions }]) =>
    questions.map(question => {
      const { object, field, answers } = question
      const lines = answers.map(({ qualifier }) => `keyQualifiers: { ${field}: ${qualifier} }`)
      return (
        `${questionOf(stream, question)} Answer it in mappings/${stream}.yaml, under ${object}: ` +
        `${lines.join(' or ')}; then mainstem run.`
      )
    }),
  )
  return [...asked, ...all.flatMap(([, { choices }]) => choices)]
}
