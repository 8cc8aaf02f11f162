import { membersOf } from './crash-project.ts'
import type { Person, Sent } from './traffic.ts'

/** What a store holds, told by its public SQL. */
export interface Census {
  /** The rows of each object, and how many different keys they have. */
  readonly counts: ReadonlyMap<string, readonly [rows: number, keys: number]>
  /** The people of the round, by id, with how many rows each has. */
  readonly people: ReadonlyMap<string, number>
  readonly clicks: ReadonlyMap<string, number>
}

/** What must be there: the settled past, and what this round sent. */
export interface Expected {
  readonly sent: Sent
  /** People of earlier rounds that were found there. */
  readonly peopleBefore: number
  readonly clicksBefore: number
  readonly orders: number
  readonly version: number
  /** Unified profiles, as plainly computed from the people found. */
  readonly unified: (found: Iterable<string>) => number
}

/** What is wrong. */
export interface Verdict {
  readonly lost: readonly string[]
  readonly doubled: readonly string[]
  readonly other: readonly string[]
}

/** One statement for the rows and keys of every stage. */
export const CENSUS_SQL = [
  ['people', 'count(*)', 'count(distinct person_id__c)', 'people__dll'],
  ['clicks', 'count(*)', 'count(distinct click_id__c)', 'clicks__dll'],
  ['orders', 'count(*)', 'count(distinct order_id__c)', 'orders__dll'],
  ['members', 'count(*)', 'count(distinct version__c)', 'members__dll'],
  ['Individual', 'count(*)', 'count(distinct ssot__Id__c)', 'ssot__Individual__dlm'],
  [
    'ContactPointEmail',
    'count(*)',
    'count(distinct ssot__PartyId__c)',
    'ssot__ContactPointEmail__dlm',
  ],
  ['WebsiteEngagement', 'count(*)', 'count(distinct ssot__Id__c)', 'ssot__WebsiteEngagement__dlm'],
  ['SalesOrder', 'count(*)', 'count(distinct ssot__Id__c)', 'ssot__SalesOrder__dlm'],
  ['links', 'count(*)', 'count(distinct SourceRecordId__c)', 'IndividualIdentityLink__dlm'],
  ['linked', 'count(*)', 'count(distinct UnifiedRecordId__c)', 'IndividualIdentityLink__dlm'],
  ['unified', 'count(*)', 'count(distinct ssot__Id__c)', 'UnifiedIndividual__dlm'],
  ['insight', 'coalesce(sum(orders), 0)', 'count(distinct Id)', 'order_count__cio'],
]
  .map(
    ([name, rows, keys, from]) =>
      `select '${name}' as object, ${rows} as n, ${keys} as keys from ${from}`,
  )
  .join(' union all ')

/** Compares what is there with what must be. */
export function judge({ counts, people, clicks }: Census, expected: Expected): Verdict {
  const { sent } = expected
  const rows = (object: string): number => counts.get(object)?.[0] ?? 0
  const keys = (object: string): number => counts.get(object)?.[1] ?? 0
  const peopleNow = expected.peopleBefore + people.size
  const clicksNow = expected.clicksBefore + clicks.size
  const parties = peopleNow + membersOf(expected.version)
  const lost = [
    ...missing('person', sent.acknowledgedPeople, people),
    ...missing('click', sent.acknowledgedClicks, clicks),
  ]
  const doubled = [...twice('person', people), ...twice('click', clicks)]
  const other: string[] = []
  const must = (what: string, found: number, wanted: number): void => {
    if (found !== wanted) other.push(`${what}: ${found}, not ${wanted}`)
  }
  for (const id of people.keys())
    if (!sent.people.has(id)) other.push(`person ${id} was never sent`)
  for (const id of clicks.keys()) if (!sent.clicks.has(id)) other.push(`click ${id} was never sent`)
  const wanted: Readonly<Record<string, number>> = {
    people: peopleNow,
    clicks: clicksNow,
    orders: expected.orders,
    members: membersOf(expected.version),
    Individual: parties,
    ContactPointEmail: parties,
    WebsiteEngagement: clicksNow,
    SalesOrder: expected.orders,
    links: parties,
    unified: expected.unified(people.keys()) + membersOf(expected.version),
    insight: expected.orders,
  }
  for (const [object, count] of Object.entries(wanted)) {
    must(`rows of ${object}`, rows(object), count)
    if (object !== 'members' && object !== 'insight') must(`keys of ${object}`, keys(object), count)
  }
  must('versions of members', keys('members'), 1)
  must('unified profiles that links name', keys('linked'), rows('unified'))
  return { lost, doubled, other }
}

function missing(
  what: string,
  acknowledged: ReadonlySet<string>,
  found: ReadonlyMap<string, number>,
): string[] {
  return [...acknowledged].filter(id => !found.has(id)).map(id => `${what} ${id}`)
}

function twice(what: string, found: ReadonlyMap<string, number>): string[] {
  return [...found].filter(([, rows]) => rows !== 1).map(([id, rows]) => `${what} ${id} ×${rows}`)
}

/**
 * How many people there are, computed plainly: those who share an e-mail or a last name are one
 * (the first names of the traffic are all alike, and its names and e-mails are not reused by rounds).
 */
export class PlainPeople {
  #settled = 0

  /** The number with the people of a round that were found. */
  withRound(people: ReadonlyMap<string, Person>, found: Iterable<string>): number {
    const parent = new Map<string, string>()
    const rootOf = (key: string): string => {
      const up = parent.get(key) ?? key
      return up === key ? key : rootOf(up)
    }
    const roots = new Set<string>()
    const present = [...found].flatMap(id => people.get(id) ?? [])
    for (const { email, last_name } of present) {
      parent.set(rootOf(email.toLowerCase()), rootOf(last_name))
    }
    for (const { last_name } of present) roots.add(rootOf(last_name))
    return this.#settled + roots.size
  }

  /** The round is over: its people stay. */
  settle(people: ReadonlyMap<string, Person>, found: Iterable<string>): void {
    this.#settled = this.withRound(people, found)
  }
}
