import type { Criterion, MatchRule, Placeholders, RulesetDefinition } from '@mainstem/contracts'
import fc from 'fast-check'
import type { SqlSession } from '../lake/index.ts'
import { ident, literals } from '../query/index.ts'
import { FewKeys } from './few-keys.ts'
import { FreshKeys } from './fresh-keys.ts'
import { matchKeysSql, sourceProfilesSql } from './match-key-sql.ts'
import type { RowsTogether, SourceScope } from './rule-sources.ts'

/** What rows have in these tests, by object. */
const FIELDS = {
  Individual: ['FirstName', 'LastName', 'BirthDate', 'Salutation'],
  ContactPointEmail: ['EmailAddress'],
  ContactPointPhone: ['TelephoneNumber', 'FormattedE164PhoneNumber'],
  ContactPointAddress: ['AddressLine1', 'CityName'],
  PartyIdentification: ['IdentificationNumber', 'Name', 'PartyIdentificationTypeId'],
} as const satisfies Readonly<Record<string, readonly string[]>>

type ObjectName = keyof typeof FIELDS
const OBJECTS: readonly ObjectName[] = [
  'Individual',
  'ContactPointEmail',
  'ContactPointPhone',
  'ContactPointAddress',
  'PartyIdentification',
]

/** A row: whose it is, and its texts in the order of the object's fields. */
export interface SourceRow {
  readonly object: ObjectName
  readonly pid: number
  readonly texts: readonly (string | null)[]
}

/** Where these tests' rows lie. */
export function scopeOf(pids: Iterable<number>): SourceScope {
  return { relationOf: object => `m_${object}`, parties: `in ${literals(pids)}` }
}

/** The same rows in one relation. */
export const TOGETHER: RowsTogether = {
  relation: 'm_together',
  columnsOf: object => field => ident(`${object} ${field}`),
}

/** Makes the tables that rows are written to. */
export async function makeObjects(session: SqlSession): Promise<void> {
  for (const object of OBJECTS) {
    const columns = FIELDS[object].map(field => `${ident(field)} varchar`)
    await session.run(
      `create or replace table m_${object} (${ident(partyOf(object))} integer, ${columns.join(', ')})`,
    )
  }
  const parts = OBJECTS.map(object => {
    const own = [partyOf(object), ...FIELDS[object]]
    const columns = own.map(field => `${ident(field)} as ${TOGETHER.columnsOf(object)(field)}`)
    return `select ${columns.join(', ')} from m_${object}`
  })
  await session.run(`create or replace view m_together as ${parts.join(' union all by name ')}`)
}

/** Makes these the only rows. */
export async function writeRows(session: SqlSession, rows: readonly SourceRow[]): Promise<void> {
  for (const object of OBJECTS) {
    await session.run(`delete from m_${object}`)
    const own = rows.filter(row => row.object === object)
    if (own.length === 0) continue
    await session.load(`m_${object}`, [
      { name: partyOf(object), type: 'INTEGER', values: Int32Array.from(own, ({ pid }) => pid) },
      ...FIELDS[object].map((name, at) => ({
        name,
        type: 'VARCHAR' as const,
        values: own.map(({ texts }) => texts[at] ?? null),
      })),
    ])
  }
}

function partyOf(object: ObjectName): string {
  return object === 'Individual' ? '_p_Id' : '_p_PartyId'
}

/** What the statement makes: a line a row, `rule key pid name`, and `there pid`. */
export async function keysBySql(
  session: SqlSession,
  ruleset: RulesetDefinition,
  scope: SourceScope,
): Promise<readonly string[]> {
  const lines: string[] = []
  for await (const { columns, rowCount } of session.batches(matchKeysSql(ruleset, scope))) {
    for (let at = 0; at < rowCount; at++) lines.push(line(columns.map(column => column[at])))
  }
  for await (const { columns, rowCount } of session.batches(sourceProfilesSql(ruleset, scope))) {
    for (let at = 0; at < rowCount; at++) lines.push(`there ${columns[0]?.[at]}`)
  }
  return lines.toSorted()
}

/** The same of the few; undefined where they leave it to the statement. */
export async function keysOfFew(
  session: SqlSession,
  ruleset: RulesetDefinition,
  scope: SourceScope,
): Promise<readonly string[] | undefined> {
  const batch = await new FewKeys(ruleset).read(session, scope)
  if (!batch) return undefined
  const fresh = new FreshKeys()
  fresh.take(batch)
  const names = fresh.newNames()
  fresh.number(new Map(names.map((name, at) => [name, at])))
  const { rule, key, pid, value, count } = fresh.rows()
  const lines = Array.from({ length: count }, (_none, at) =>
    line([rule[at], key[at], pid[at], names[value[at] ?? -1]]),
  )
  return [...lines, ...Array.from(fresh.present, one => `there ${one}`)].toSorted()
}

function line(cells: readonly unknown[]): string {
  return JSON.stringify(cells.map(cell => String(cell ?? '')))
}

/** Letters of many scripts, marks, spaces, and what breaks naive code. */
const LETTERS = Array.from(
  [
    'abzABZ019 .-_+@<>"\'`,;:()[]\\/&#\t\n\r|{}%$!?\u0001\u007f',
    'éÉüÜßẞøØłŁåÅæÆœŒñÑçÇğĞıİiI\u212AſþÞðÐđĐħ',
    'ΑΣσςάΏЖжЁёЙй',
    '李明山あアかがｶﾞ한글राम्कीไทยשלוםعَلي',
    '\u0301\u0308\u200d\u200b\u00ad\u00a0\u2003\u3000\u2028\ufeff\u{1f600}ﬁﬀ²③Ⅷ',
    'ＡＢｃ１＠．＋－',
  ].join(''),
)
const PIECES = [
  'gmail.com @gmail.com @googlemail.com @example.com noreply test@test.com +tag mailto: <a@b.c> n/a info@',
  'unknown NULL Straße Street St. Avenue Dr. Mr. Hauptstraße North -- (none) No-Reply@ team@ firstname',
  'Anonymous Prénom 1900-01-01 1970-01-01T00:00 0000 7777777 12345678 xx +442079460000 2079460000',
]
  .flatMap(words => words.split(' '))
  .concat('test test', 'x'.repeat(498), 'é'.repeat(499), '😀'.repeat(499))

const text = fc
  .array(fc.oneof(fc.constantFrom(...LETTERS), fc.constantFrom(...PIECES)), { maxLength: 6 })
  .map(parts => parts.join(''))
const cell = fc.oneof({ weight: 6, arbitrary: text }, fc.constantFrom(null, '', ' ', 'Ada', 'ada'))
/** One of few, so that filters and lists meet them. */
const word = fc.constantFrom(
  ...['Ada', 'ADA', 'İda', 'Straße', 'n/a', 'ſ', 'Prénom', '1900-01-01', '1970-01-01 00:00', '00'],
  ...['Info@x.example', 'BÜRO@x.example', 'team+x@y.example', 'ada@gmail.com', 'a@STRASSE.example'],
  ...['ada@example.com', 'noreply@x.example', '12345678', '+442079460000', '(777) 777-7777'],
)
const KINDS = ['Passport', 'Tax'] as const
const day = fc.constantFrom('1900-01-01', '1970-01-01 00:00', '1985-03-07', '1899-12-31')
const nobodys = fc.constantFrom('0000', 'XX', '12345678', 'A-17', '11111111')
const numberKind = fc.constantFrom(...KINDS)

/** The rows of some source profiles; some have several of a kind, and some are not there. */
export const rows = fc.array(
  fc
    .record({
      object: fc.constantFrom(...OBJECTS, 'Individual' as const),
      pid: fc.integer({ min: 0, max: 9 }),
      cells: fc.array(fc.oneof(cell, word), {
        minLength: 4,
        maxLength: 4,
      }),
      date: fc.option(day, { freq: 2 }),
      number: fc.option(nobodys, { freq: 2 }),
      name: numberKind,
      type: numberKind,
    })
    .map(({ object, pid, cells, date, number, name, type }): SourceRow => {
      const [one = null, two = null, three = null, four = null] = cells
      if (object === 'Individual') return { object, pid, texts: [one, two, date ?? three, four] }
      if (object === 'PartyIdentification') {
        return { object, pid, texts: [number ?? one, name, type] }
      }
      return { object, pid, texts: cells }
    }),
  { minLength: 30, maxLength: 60 },
)

/** What criteria compare; those with lists of their own come more often. */
const COMPARED = [
  ['Individual', 'FirstName'],
  ['Individual', 'LastName'],
  ['Individual', 'BirthDate'],
  ['Individual', 'BirthDate'],
  ['ContactPointEmail', 'EmailAddress'],
  ['ContactPointEmail', 'EmailAddress'],
  ['ContactPointEmail', 'EmailAddress'],
  ['ContactPointPhone', 'FormattedE164PhoneNumber'],
  ['ContactPointPhone', 'TelephoneNumber'],
  ['ContactPointAddress', 'AddressLine1'],
  ['ContactPointAddress', 'CityName'],
  ['PartyIdentification', 'IdentificationNumber'],
  ['PartyIdentification', 'IdentificationNumber'],
] as const

const exact = fc
  .record({
    field: fc.constantFrom(...COMPARED),
    matchMethodType: fc.constantFrom('EXACT' as const, 'EXACT_NORMALIZED' as const),
    caseSensitiveMatch: fc.boolean(),
    shouldMatchOnBlank: fc.boolean(),
    party: fc.option(fc.record({ partyName: numberKind, partyType: numberKind }), {
      nil: undefined,
    }),
  })
  .map(({ field: [entityName, fieldName], party, ...how }): Criterion => {
    const isNumber = entityName === 'PartyIdentification' && party !== undefined
    return { entityName, fieldName, ...how, ...(isNumber && { partyIdentificationInfo: party }) }
  })
const fuzzy = fc
  .record({
    fieldName: fc.constantFrom('FirstName', 'LastName'),
    matchMethodType: fc.constantFrom('FUZZY' as const, 'FUZZY_HIGH' as const),
    shouldMatchOnBlank: fc.boolean(),
  })
  .map((how): Criterion => ({ entityName: 'Individual', ...how }))
const rule = fc
  .tuple(
    fc.array(exact, { minLength: 1, maxLength: 3 }),
    fc.option(fuzzy, { nil: undefined, freq: 2 }),
  )
  .map(([criteria, name]): MatchRule => ({
    label: 'Rule',
    criteria: name ? [name, ...criteria] : criteria,
  }))

const listOf = (values: readonly string[]): fc.Arbitrary<{ builtIn: boolean; values: string[] }> =>
  fc.record({
    builtIn: fc.boolean(),
    values: fc.array(fc.constantFrom(...values), { maxLength: 3 }),
  })
const placeholders: fc.Arbitrary<Placeholders> = fc.record(
  {
    email: listOf(['ada@example.com', 'büro@', 'A+B@', '@gmail.com', '@straße.example', 'team@']),
    sharedMailbox: listOf(['Büro', 'ſales', 'noreply', 'a.b', 'K', '(x)']),
    phone: listOf(['+442079460000', '+33 1 23 45 67 89']),
    name: listOf(['Ada', 'straße', 'Mr. Ada', 'İda', 'unbekannt', 'firstname']),
    date: listOf(['1970-01-01', '2000-02-30']),
    number: listOf(['Ada', '12345', 'ẞ', 'xx']),
  },
  { requiredKeys: [] },
)

const OPERATORS = ['isEqualTo', 'isNotEqualTo', 'hasValue', 'hasNoValue', 'isIn'] as const
const filter = fc.record({
  fieldName: fc.constantFrom('LastName', 'Salutation', 'BirthDate'),
  op: fc.constantFrom(...OPERATORS),
  value: fc.constantFrom('ada', 'İDA', 'STRASSE', 'straße', 's'),
})

/** Rulesets of all kinds of criteria, with and without filters, lists, and blanks that match. */
export const rulesets = fc.record({
  label: fc.constant('Rules'),
  configurationType: fc.constant('Individual' as const),
  matchRules: fc.array(rule, { minLength: 1, maxLength: 3 }),
  placeholders,
  filters: fc.oneof(
    { weight: 3, arbitrary: fc.array(filter, { maxLength: 0 }) },
    fc.array(filter, { minLength: 1, maxLength: 1 }),
  ),
})
