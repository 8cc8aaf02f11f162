import type { MatchRule, ScoredField, ScoreModelDefinition } from '@mainstem/contracts'
import type { LoadColumn, SqlSession } from '../../lake/index.ts'
import { RESOLVE_LIMITS } from '../core/link-groups.ts'
import { copied } from '../key-batches.ts'
import { COMPARISONS } from './field-comparison.ts'
import { randomNumbers } from './score.fixture.ts'
import { ScoredMatcher } from './scored-matcher.ts'

/** A person as sources have them; of e-mail addresses there may be several. */
export interface Person {
  readonly pid: number
  readonly first?: string | undefined
  readonly last?: string | undefined
  readonly born?: string | undefined
  readonly emails?: readonly string[] | undefined
}

export const FIELDS: readonly ScoredField[] = [
  { field: 'Individual.FirstName', kind: 'firstName' },
  { field: 'Individual.LastName', kind: 'lastName' },
  { field: 'Individual.BirthDate', kind: 'birthDate' },
  { field: 'ContactPointEmail.EmailAddress', kind: 'email' },
]

/** A model in which equal values are frequent among matches, and unequal ones among strangers. */
export const MODEL: ScoreModelDefinition = {
  version: 1,
  records: 1000,
  match: 0.001,
  related: 0,
  blocking: [
    ['Individual.LastName', 'Individual.BirthDate:year'],
    ['ContactPointEmail.EmailAddress'],
  ],
  fields: FIELDS.map(one => {
    const names = COMPARISONS[one.kind].levels
    const rest = names.length - 1
    const levels = names.map((level, at) => {
      const random = at === 0 ? 0.01 : 0.99 / rest
      return { level, match: at === 0 ? 0.9 : 0.1 / rest, related: random, random }
    })
    return { ...one, levels, frequent: {}, rare: 0.01 }
  }),
}

/** The number of the first blocking pass; so many other rules come before it. */
export const FIRST_RULE = 2

export function matcherOf(rule: Partial<MatchRule> = { model: MODEL }): ScoredMatcher {
  const whole: MatchRule = { label: 'Likely the same', kind: 'Scored', ...rule }
  const { valuesMax } = RESOLVE_LIMITS
  return new ScoredMatcher({ rule: whole, profile: 'Individual', firstRule: FIRST_RULE, valuesMax })
}

/** One key of a record. */
export interface Key {
  readonly rule: number
  readonly key: bigint
  readonly pid: number
  readonly value: number
}

const relationOf = (object: string): string => `"${object}"`

/** The objects that a rule reads, as tables. */
export class ScoredSources {
  readonly #session: () => SqlSession

  constructor(session: () => SqlSession) {
    this.#session = session
  }

  /** Makes these people all that there are. */
  async are(people: readonly Person[]): Promise<void> {
    const session = this.#session()
    await session.run(
      'create or replace table "Individual" ("_p_Id" integer, "FirstName" varchar, "LastName" varchar, "BirthDate" varchar)',
    )
    await session.run(
      'create or replace table "ContactPointEmail" ("_p_PartyId" integer, "EmailAddress" varchar)',
    )
    const emails = people.flatMap(({ pid, emails: its = [] }) => its.map(email => ({ pid, email })))
    await session.load('Individual', [
      ids('_p_Id', people),
      texts('FirstName', people, ({ first }) => first),
      texts('LastName', people, ({ last }) => last),
      texts('BirthDate', people, ({ born }) => born),
    ])
    await session.load('ContactPointEmail', [
      ids('_p_PartyId', emails),
      texts('EmailAddress', emails, ({ email }) => email),
    ])
  }

  /** What a matcher gives when it reads all. */
  async keys(
    matcher: ScoredMatcher,
    { sharedOnly = false }: { readonly sharedOnly?: boolean } = {},
  ): Promise<readonly Key[]> {
    const keys: Key[] = []
    for await (const batch of matcher.loadAll(this.#session(), { relationOf }, { sharedOnly }))
      keys.push(...keysIn(batch))
    return keys
  }

  /** What it gives of some. */
  async freshKeys(matcher: ScoredMatcher, pids: readonly number[]): Promise<readonly Key[]> {
    const parties = `in (${pids.join(', ')})`
    return keysIn(await matcher.fresh(this.#session(), { parties, relationOf }))
  }
}

function ids(name: string, rows: readonly { readonly pid: number }[]): LoadColumn {
  return { name, type: 'INTEGER', values: Int32Array.from(rows, ({ pid }) => pid) }
}

function texts<R>(
  name: string,
  rows: readonly R[],
  of: (row: R) => string | undefined,
): LoadColumn {
  return { name, type: 'VARCHAR', values: rows.map(row => of(row) ?? null) }
}

function keysIn(batch: Parameters<typeof copied>[0]): readonly Key[] {
  const { rule, key, pid, value } = copied(batch)
  return Array.from(pid, (one, at) => ({
    rule: rule[at] ?? -1,
    key: key[at] ?? -1n,
    pid: one,
    value: value[at] ?? -1,
  }))
}

/** The keys of all that share one, key by key. */
export function holdersOf(keys: readonly Key[]): readonly (readonly Key[])[] {
  const byKey = new Map<string, Key[]>()
  for (const one of keys) {
    const name = `${one.rule} ${one.key}`
    const held = byKey.get(name)
    if (held) held.push(one)
    else byKey.set(name, [one])
  }
  return [...byKey.values()]
}

/** The comparison row of each record that has one. */
export function rowsIn(keys: readonly Key[]): ReadonlyMap<number, number> {
  return new Map(keys.map(({ pid, value }) => [pid, value]))
}

/** 200 people of whom each is there twice, under neighbouring numbers; the second time with a slip. */
export function crowd(seed: number): readonly Person[] {
  const random = randomNumbers(seed)
  const word = (): string =>
    Array.from({ length: 8 }, () => String.fromCharCode(97 + Math.floor(random() * 26))).join('')
  const lasts = Array.from({ length: 60 }, word)
  return Array.from({ length: 200 }, (_none, at): readonly Person[] => {
    const first = word()
    const last = lasts[Math.floor(random() * lasts.length)] ?? ''
    const born = `198${at % 10}-${String(1 + (at % 12)).padStart(2, '0')}-${10 + (at % 18)}`
    const emails = [`${first}@x.com`]
    const slip = at % 2 === 0 ? { first: `${first}x` } : { emails: at % 3 === 0 ? [] : emails }
    return [
      { pid: 2 * at, first, last, born, emails },
      { pid: 2 * at + 1, first, last, born, emails, ...slip },
    ]
  }).flat()
}
