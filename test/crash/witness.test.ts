import { expect, test } from 'vitest'
import { membersOf } from './crash-project.ts'
import { nothingSent, type Person } from './traffic.ts'
import { type Census, type Expected, judge, PlainPeople } from './witness.ts'

const ANN: Person = {
  person_id: 'p1',
  first_name: 'Jonathan',
  last_name: 'A',
  email: 'a@x',
  round: 1,
}
const BEN: Person = { ...ANN, person_id: 'p2', last_name: 'B', email: 'b@x' }

function world(): { census: Census; expected: Expected } {
  const sent = nothingSent()
  for (const person of [ANN, BEN]) {
    sent.people.set(person.person_id, person)
    sent.acknowledgedPeople.add(person.person_id)
  }
  sent.clicks.add('k1').add('k2')
  sent.acknowledgedClicks.add('k1')
  const members = membersOf(3)
  const parties = 2 + members
  const both = (rows: number): [number, number] => [rows, rows]
  const people = new PlainPeople()
  return {
    census: {
      people: new Map([
        ['p1', 1],
        ['p2', 1],
      ]),
      clicks: new Map([['k1', 1]]),
      counts: new Map([
        ['people', both(2)],
        ['clicks', both(1)],
        ['orders', both(4)],
        ['members', [members, 1]],
        ['Individual', both(parties)],
        ['ContactPointEmail', both(parties)],
        ['WebsiteEngagement', both(1)],
        ['SalesOrder', both(4)],
        ['links', both(parties)],
        ['linked', [parties, parties]],
        ['unified', both(parties)],
        ['insight', [4, 2]],
      ]),
    },
    expected: {
      sent,
      peopleBefore: 0,
      clicksBefore: 0,
      orders: 4,
      version: 3,
      unified: found => people.withRound(sent.people, found),
    },
  }
}

test('a store that holds all of it has nothing wrong', () => {
  const { census, expected } = world()
  expect(judge(census, expected)).toEqual({ lost: [], doubled: [], other: [] })
})

test('a record that was acknowledged and is not there is lost; one never acknowledged may miss', () => {
  const { census, expected } = world()
  const without = { ...census, people: new Map([['p1', 1]]), clicks: new Map() }
  expect(judge(without, expected).lost).toEqual(['person p2', 'click k1'])
})

test('a row that is there twice is told', () => {
  const { census, expected } = world()
  const twice = {
    ...census,
    clicks: new Map([
      ['k1', 1],
      ['k2', 2],
    ]),
  }
  expect(judge(twice, expected).doubled).toEqual(['click k2 ×2'])
})

test.each([
  'people',
  'clicks',
  'orders',
  'members',
  'Individual',
  'links',
  'unified',
  'insight',
  'SalesOrder',
])('one row too many of %s is told', object => {
  const { census, expected } = world()
  const [rows = 0, keys = 0] = census.counts.get(object) ?? []
  const counts = new Map(census.counts).set(object, [rows + 1, keys])
  expect(judge({ ...census, counts }, expected).other.join()).toContain(`rows of ${object}`)
})

test('two versions of a full refresh at once are told', () => {
  const { census, expected } = world()
  const counts = new Map(census.counts).set('members', [membersOf(3), 2])
  expect(judge({ ...census, counts }, expected).other).toEqual(['versions of members: 2, not 1'])
})

test('people who share an e-mail or a last name are counted as one', () => {
  const people = new PlainPeople()
  const third: Person = { ...ANN, person_id: 'p3', last_name: 'B', email: 'A@X' }
  const all = new Map([ANN, BEN, third].map(person => [person.person_id, person]))
  expect(people.withRound(all, ['p1', 'p2'])).toBe(2)
  expect(people.withRound(all, all.keys())).toBe(1)
})
