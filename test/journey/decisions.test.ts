import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { PEOPLE_PROJECT, SECOND_RULES } from './people-project.ts'
import { type Answer, newFolder, World } from './world.ts'

const T = '2025-01-01T00:00:00Z'
const person = (id: string, email: string, phone = ''): Record<string, string> => ({
  id,
  first: `F${id}`,
  last: 'Stone',
  email,
  phone,
  changed: T,
})
const STEWARD = { author: 'Ada Steward', reason: 'I asked them' }
const PHONE = '+44 20 7946 0001'

/** 1 and 3 are one only through 2: an e-mail address with the one, a phone number with the other. */
const CHAIN = [
  person('1', 'a@x.example'),
  person('2', 'a@x.example', PHONE),
  person('3', 'c@x.example', PHONE),
]

async function idOf(world: World, key: string): Promise<string> {
  return String((await world.ask('profile', { key }))['unifiedId'])
}

async function ids(world: World, ...keys: readonly string[]): Promise<readonly string[]> {
  const found: string[] = []
  for (const key of keys) found.push(await idOf(world, key))
  return found
}

async function decide(
  world: World,
  a: string,
  b: string,
  verdict: 'together' | 'never',
): Promise<Answer> {
  return await world.ask('decide', {
    a: `people/${a}`,
    b: `people/${b}`,
    [verdict]: true,
    ...STEWARD,
  })
}

async function sound(world: World): Promise<void> {
  const report = await world.ask('verify')
  expect([report['differences'], report['notCompared']]).toEqual([0, []])
}

test('DE1: never together holds through a third record, and cuts the weaker link', async () => {
  await using world = await World.of(PEOPLE_PROJECT)
  await world.post('people', CHAIN)
  const whole = await idOf(world, 'people/1')
  const answer = await decide(world, '1', '3', 'never')
  expect(answer['decision']).toMatchObject({
    number: 1,
    a: 'people/1',
    b: 'people/3',
    verdict: 'never',
    isLive: true,
    ...STEWARD,
  })
  const [one, two, three] = await ids(world, 'people/1', 'people/2', 'people/3')
  expect(answer['unifiedIds']).toEqual([one, three])
  expect([one, two]).toEqual([whole, whole])
  expect(three).not.toBe(whole)
  await sound(world)
  const why = await world.ask('explain', { a: 'people/1', b: 'people/3' })
  expect(why['together']).toBe(false)
})

test('DE2: together joins records that have nothing in common, until it is taken back', async () => {
  await using world = await World.of(PEOPLE_PROJECT)
  await world.post('people', [person('1', 'a@x.example'), person('2', 'b@x.example')])
  const answer = await decide(world, '1', '2', 'together')
  expect(answer['unifiedIds']).toHaveLength(1)
  await sound(world)
  expect(await world.ask('explain', { a: 'people/1', b: 'people/2' })).toMatchObject({
    together: true,
  })
  const back = await world.ask('decisions.revoke', { number: '1', ...STEWARD })
  expect(back['unifiedIds']).toHaveLength(2)
  expect((await world.ask('decisions.list'))['rows']).toEqual([])
  expect((await world.ask('decisions.list', { all: true }))['rows']).toHaveLength(2)
  await sound(world)
})

test('DE3: an undone merge stays undone: by new records, full runs, restarts and deletes', async () => {
  await using world = await World.of({ ...PEOPLE_PROJECT, 'rulesets/second.yaml': SECOND_RULES })
  await world.post('people', [person('1', 'a@x.example'), person('2', 'a@x.example')])
  await world.post('orders', [
    { id: 'o1', person: '1', amount: 10, at: T },
    { id: 'o2', person: '2', amount: 5, at: T },
  ])
  await world.run({ stage: 'insights' })
  const whole = await idOf(world, 'people/1')
  const answer = await world.ask('undo', { a: 'people/1', b: 'people/2', ...STEWARD })
  expect(answer['unifiedIds']).toHaveLength(2)
  await world.run({ stage: 'insights' })
  const values = await world.rows(
    'select "Id", lifetime_value::varchar from cio_lifetime_value order by 2',
  )
  expect(values.map(([, value]) => Number(value)).toSorted((a, b) => a - b)).toEqual([5, 10])
  await sound(world)
  await world.post('people', [person('3', 'a@x.example')])
  await world.remove('people', ['2'])
  await world.post('people', [person('2', 'a@x.example')])
  const apart = async (): Promise<void> => {
    const [one, two] = await ids(world, 'people/1', 'people/2')
    expect(one).not.toBe(two)
    expect([one, two]).toContain(whole)
  }
  await apart()
  await sound(world)
  await world.run({ stage: 'identity' })
  await apart()
  await world.close()
  await world.open()
  await apart()
  world.change({ 'mainstem.yaml': { name: 'journey', region: 'FR' } })
  await world.apply()
  await apart()
  await sound(world)
})

test('DE4: undoing what a decision joined ends that decision', async () => {
  await using world = await World.of(PEOPLE_PROJECT)
  await world.post('people', [person('1', 'a@x.example'), person('2', 'b@x.example')])
  await decide(world, '1', '2', 'together')
  await world.ask('undo', { a: 'people/2', b: 'people/1', ...STEWARD })
  expect((await world.ask('decisions.list'))['rows']).toMatchObject([
    { number: 2, verdict: 'never' },
  ])
  expect(new Set(await ids(world, 'people/1', 'people/2')).size).toBe(2)
  await expect(
    world.ask('undo', { a: 'people/1', b: 'people/2', ...STEWARD }),
  ).rejects.toMatchObject({
    code: 'USAGE',
  })
})

test('DE5: what contradicts others is refused, and names them', async () => {
  await using world = await World.of(PEOPLE_PROJECT)
  await world.post(
    'people',
    ['1', '2', '3'].map(id => person(id, `${id}@x.example`)),
  )
  await decide(world, '1', '2', 'together')
  await decide(world, '2', '3', 'together')
  await expect(decide(world, '1', '3', 'never')).rejects.toMatchObject({
    code: 'DECISION_CONFLICT',
    message: expect.stringContaining('decision 1, decision 2'),
  })
  await world.ask('undo', { a: 'people/2', b: 'people/3', ...STEWARD })
  await expect(decide(world, '1', '3', 'together')).rejects.toMatchObject({
    code: 'DECISION_CONFLICT',
  })
  await sound(world)
})

test('DE6: who is not there, or the same, cannot be decided about', async () => {
  await using world = await World.of(PEOPLE_PROJECT)
  await world.post('people', [person('1', 'a@x.example'), person('2', 'a@x.example')])
  await expect(decide(world, '1', '77', 'never')).rejects.toMatchObject({
    code: 'PROFILE_NOT_FOUND',
  })
  await expect(decide(world, '1', '1', 'never')).rejects.toMatchObject({ code: 'USAGE' })
  const whole = await idOf(world, 'people/1')
  await expect(world.ask('undo', { a: whole, b: 'people/1', ...STEWARD })).rejects.toMatchObject({
    message: expect.stringContaining('one profile now'),
  })
  for (const params of [{ together: true, never: true }, {}]) {
    await expect(
      world.ask('decide', { a: 'people/1', b: 'people/2', ...params, ...STEWARD }),
    ).rejects.toMatchObject({ code: 'USAGE' })
  }
  expect((await world.ask('decisions.list'))['rows']).toEqual([])
})

test('DE7: two profiles by their ids: one pair joins them, every pair keeps them apart', async () => {
  await using world = await World.of(PEOPLE_PROJECT)
  await world.post('people', [
    person('1', 'a@x.example'),
    person('2', 'a@x.example'),
    person('3', 'b@x.example'),
  ])
  const [left, right] = await ids(world, 'people/1', 'people/3')
  const never = await world.ask('decide', { a: left, b: right, never: true, ...STEWARD })
  expect(never['recorded']).toBe(2)
  await world.ask('decisions.revoke', { number: '1', ...STEWARD })
  await world.ask('decisions.revoke', { number: '2', ...STEWARD })
  const joined = await world.ask('decide', { a: left, b: right, together: true, ...STEWARD })
  expect(joined).toMatchObject({ recorded: 1, unifiedIds: [left] })
  await sound(world)
})

test('DE8: decisions go to another store as a file, also about records that it does not have yet', async () => {
  await using world = await World.of(PEOPLE_PROJECT)
  await world.post('people', CHAIN)
  await decide(world, '1', '3', 'never')
  await world.ask('decide', {
    a: 'people/2',
    b: 'people/1',
    together: true,
    author: 'O"Neil, Bo',
    reason: 'two\nlines',
  })
  const folder = newFolder()
  const file = join(folder, 'decisions.csv')
  expect(await world.ask('decisions.export', { file })).toMatchObject({ exported: 2 })
  const told = async (of: World): Promise<unknown> =>
    ((await of.ask('decisions.list'))['rows'] as Answer[]).map(one => ({ ...one, number: 0 }))

  await using other = await World.of(PEOPLE_PROJECT)
  await other.post('people', CHAIN.slice(0, 2))
  expect(await other.ask('decisions.import', { file })).toMatchObject({
    imported: 2,
    unchanged: 0,
    waiting: 1,
  })
  await other.post('people', CHAIN.slice(2))
  expect(new Set(await ids(other, 'people/1', 'people/3')).size).toBe(2)
  expect(await told(other)).toEqual(await told(world))
  expect(await other.ask('decisions.import', { file })).toMatchObject({ imported: 0, unchanged: 2 })
  await sound(other)

  const bad = join(folder, 'bad.csv')
  const [header, ...lines] = readFileSync(file, 'utf8').trimEnd().split('\n')
  writeFileSync(bad, `a,b,verdict,author,reason\npeople/1,people/9,never,Bo,why\n`)
  await expect(other.ask('decisions.import', { file: bad })).rejects.toMatchObject({
    code: 'DECISION_INVALID',
    details: { file: 'bad.csv', line: 2 },
  })
  writeFileSync(bad, `${[header, ...lines].join('\n').replace('never', 'perhaps')}\n`)
  await expect(other.ask('decisions.import', { file: bad })).rejects.toMatchObject({
    code: 'DECISION_INVALID',
  })
  writeFileSync(bad, 'a,b,verdict,author,reason\npeople/2,people/3,together,Bo,why\n')
  await expect(other.ask('decisions.import', { file: bad })).rejects.toMatchObject({
    code: 'DECISION_CONFLICT',
    details: { line: 2 },
  })
})

test('DE9: events tell of decisions before what follows from them, in SQL', async () => {
  await using world = await World.of(PEOPLE_PROJECT)
  await world.post('people', [person('1', 'a@x.example'), person('2', 'a@x.example')])
  const whole = await idOf(world, 'people/1')
  await world.ask('undo', { a: 'people/1', b: 'people/2', ...STEWARD })
  await decide(world, '1', '2', 'together')
  const { rows } = await world.ask('query', {
    sql: `select EventNumber, EventKind, UnifiedRecordId, OtherUnifiedRecordId, DecisionNumber, Verdict, Author, SourceRecordId, OtherSourceRecordId
          from UnifiedEventIndividual order by EventNumber`,
  })
  const events = rows as unknown[][]
  expect(events.map(([number]) => Number(number))).toEqual(events.map((_, at) => at + 1))
  expect(events.map(([, kind]) => kind)).toEqual([
    'created',
    'decision',
    'created',
    'split',
    'decision',
    'merged',
    'alias',
  ])
  expect(events[1]?.slice(2)).toMatchObject([
    whole,
    whole,
    expect.anything(),
    'never',
    STEWARD.author,
    '1',
    '2',
  ])
  // The id that the split made is retired for good, and leads to the one that lives.
  const retired = String(events[2]?.[2])
  expect(await idOf(world, retired)).toBe(whole)
  await sound(world)
})
