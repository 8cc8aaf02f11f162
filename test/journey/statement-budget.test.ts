import { expect, test } from 'vitest'
import { PEOPLE_PROJECT, SECOND_RULES } from './people-project.ts'
import { World, type SourceRecord } from './world.ts'

const ana = {
  id: '1',
  first: 'Ana',
  last: 'Archer',
  email: 'ana@x.example',
  phone: '020 7946 0001',
  changed: '2025-01-01T00:00:00Z',
}
const ben = {
  id: '2',
  first: 'Ben',
  last: 'Baker',
  email: 'ben@x.example',
  phone: '020 7946 0002',
  changed: '2025-01-01T00:00:00Z',
}

const two = { ...PEOPLE_PROJECT, 'rulesets/second.yaml': SECOND_RULES }

/** Every ruleset is resolved, and its profiles made, by statements of its own. */
test.each([
  ['one ruleset', 40, PEOPLE_PROJECT],
  ['two rulesets, the default limit,', 42, two],
] as const)(
  'SB1: a live batch of one stream with %s is at most %i statements',
  async (_what, most, files) => {
    await using world = await World.of(files)
    const seen: Record<string, number> = {}
    const step = async (
      what: string,
      stream: string,
      records: readonly SourceRecord[] | string,
    ) => {
      world.batches.length = 0
      await world.post(stream, records)
      expect(world.batches).toHaveLength(1)
      seen[what] = world.batches[0]?.statements ?? 0
    }
    await step('two new parties', 'people', [ana, ben])
    await step('a known party', 'people', [
      { ...ana, first: 'Anna', changed: '2025-02-01T00:00:00Z' },
    ])
    await step('a merge', 'people', [
      { ...ben, email: 'ana@x.example', changed: '2025-02-01T00:00:00Z' },
    ])
    await step('a split', 'people', [{ ...ben, changed: '2025-03-01T00:00:00Z' }])
    await step('an order of a known party', 'orders', [
      { id: 'o1', person: '1', amount: '5.00', at: '2025-03-01T00:00:00Z' },
    ])
    await step('an order of nobody known', 'orders', [
      { id: 'o2', person: '9', amount: '5.00', at: '2025-03-01T00:00:00Z' },
    ])
    await step('problem rows', 'orders', [
      { id: 'o3', person: '1', amount: 'five' },
      { id: '' },
      { id: 'o4', amount: '1' },
    ])
    await step('a further address that merges', 'emails', [
      { id: 'e1', person: '2', address: 'ana@x.example' },
    ])
    await step('an event of somebody known', 'events', [
      { id: 'v1', email: 'ana@x.example', kind: 'Open', at: '2025-03-01T00:00:00Z' },
    ])
    await step('an event of somebody new', 'events', [
      { id: 'v2', email: 'new@x.example', kind: 'Open', at: '2025-03-01T00:00:00Z' },
    ])
    const many = Array.from({ length: 300 }, (_, at) => ({
      ...ana,
      id: `m${at}`,
      first: `Mia${at}`,
      email: `m${at}@x.example`,
      phone: '',
    }))
    await step('hundreds at once', 'people', many)
    await step(
      'hundreds that merge',
      'people',
      many.map((one, at) => ({
        ...one,
        email: `m${at - (at % 3)}@x.example`,
        changed: '2025-02-01T00:00:00Z',
      })),
    )
    await step('nothing new', 'people', [
      { ...ana, first: 'Anna', changed: '2025-02-01T00:00:00Z' },
    ])
    await step(
      'a thousand at once',
      'people',
      Array.from({ length: 1000 }, (_, at) => ({
        ...ana,
        id: `n${at}`,
        email: `n${at}@x.example`,
        phone: '',
      })),
    )
    world.batches.length = 0
    await world.remove('emails', ['e1'])
    expect(world.batches).toHaveLength(1)
    seen['a split by delete'] = world.batches[0]?.statements ?? 0
    expect(Object.entries(seen).filter(([, statements]) => statements > most)).toEqual([])
    expect(world.faults).toEqual([])
  },
)
