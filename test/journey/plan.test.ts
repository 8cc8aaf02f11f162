import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { loadProject } from '../../packages/engine/src/app/project/index.ts'
import type { SqlSession } from '../../packages/engine/src/lake/index.ts'
import { PEOPLE_RULES, SECOND_RULES } from './people-project.ts'
import { changed, PLAN_PROJECT as PROJECT, STONES } from './planned.ts'
import { type Answer, type ProjectFiles, World } from './world.ts'

/** Many plans a test, each an apply. */
vi.setConfig({ testTimeout: 240_000 })

/** Random projects and changes of rules; more of them with MAINSTEM_HISTORIES, others with MAINSTEM_SEED. */
const RUNS = Number(process.env['MAINSTEM_HISTORIES'] ?? 4)
const SEED = Number(process.env['MAINSTEM_SEED'] ?? 3)

const RULES = 'rulesets/people.yaml'
const withRules = (...numbers: readonly number[]) => ({
  ...PEOPLE_RULES,
  matchRules: PEOPLE_RULES.matchRules.filter((_rule, at) => numbers.includes(at)),
})

const T = '2025-01-01T00:00:00Z'
const phone = '020 7946 0001'
const people = [
  { id: '1', first: 'Robert', last: 'Stone', email: 'a@x.example', phone, changed: T },
  {
    id: '2',
    first: 'Bob',
    last: 'Wood',
    email: 'b@x.example',
    phone,
    changed: '2025-03-01T00:00:00Z',
  },
  { id: '3', first: 'Zoe', last: 'Stone', email: 'c@x.example', phone: '', changed: T },
  {
    id: '4',
    first: 'Zoe',
    last: 'Hill',
    email: 'c@x.example',
    phone: '',
    changed: '2025-02-01T00:00:00Z',
  },
]
const orders = people.map(({ id }) => ({ id: `o${id}`, person: id, amount: '30.00', at: T }))

test('PL1: a stricter ruleset splits, a looser one merges; plan says whom, and apply does that', async () => {
  await using world = await World.of(PROJECT)
  await world.post('people', people)
  await world.post('orders', orders)
  await world.run()
  world.change({ [RULES]: withRules(0) })
  const strict = await changed(world)
  expect(strict).toMatchObject({
    unifiedProfiles: { before: 2, after: 3 },
    merged: 0,
    split: 1,
    idsRetired: 0,
    metrics: {
      before: { consolidationRate: 50 },
      after: { consolidationRate: 25, largestCluster: 2 },
    },
    clusterSizes: {
      before: [{ size: 2, clusters: 2 }],
      after: [
        { size: 1, clusters: 2 },
        { size: 2, clusters: 1 },
      ],
    },
    samples: [{ kind: 'split', size: 2, records: ['people/1', 'people/2'] }],
    rulesets: [{ label: 'People', split: 1 }],
    rows: 4,
  })
  expect(strict['segments']).toMatchObject([
    { name: 'spenders', entered: 0, left: 1, members: 1 },
    { name: 'stones', entered: 1, left: 0, members: 1 },
  ])
  expect(strict['audiences']).toEqual([
    { name: 'spenders_file', added: 0, deleted: 1 },
    { name: 'stones_file', added: 1, deleted: 0 },
  ])
  world.change({ [RULES]: PEOPLE_RULES })
  const loose = await changed(world)
  expect(loose).toMatchObject({
    unifiedProfiles: { before: 3, after: 2 },
    merged: 1,
    split: 0,
    idsRetired: 1,
    samples: [{ kind: 'merged', records: ['people/1', 'people/2'] }],
  })
  const [sample] = loose['samples']
  expect(sample.unifiedIds).toEqual(sample.parts.map((part: Answer) => part['unifiedId']))
  expect(await world.ask('profile', { key: sample.unifiedIds[1] })).toMatchObject({
    unifiedId: sample.unifiedIds[0],
  })
  expect(await world.ask('verify')).toMatchObject({ differences: 0 })
})

test('PL2: what a rule does to a segment shows through reconciliation, and through definitions of their own', async () => {
  await using world = await World.of(PROJECT)
  await world.post('people', people)
  await world.run()
  const first = { entityName: 'Individual', ruleType: 'SOURCE_SEQUENCE', sources: ['people'] }
  world.change({ [RULES]: { ...PEOPLE_RULES, reconciliationRules: [first] } })
  expect(await changed(world)).toMatchObject({ merged: 0, split: 0, metrics: expect.anything() })
  world.change({
    'segments/stones.yaml': {
      ...STONES,
      include: { all: [{ attribute: 'LastName', op: 'isEqualTo', value: 'Nobody' }] },
    },
  })
  const narrowed = await changed(world)
  expect(narrowed['segments'][1]).toMatchObject({ name: 'stones', entered: 0, members: 0 })
  expect(narrowed).toMatchObject({
    rows: 0,
    rulesets: [],
    unifiedProfiles: { before: 2, after: 2 },
  })
  expect(await world.ask('plan')).toMatchObject({
    changes: [],
    effects: { rows: 0, segments: [], audiences: [], unifiedProfiles: { before: 2, after: 2 } },
  })
})

test('PL6: people who only get another id are told of as such', async () => {
  await using world = await World.of({ ...PROJECT, [RULES]: withRules(0) })
  await world.post('people', [
    { ...people[0], last: 'Wood', changed: T },
    { ...people[1], last: 'Stone' },
  ])
  await world.run()
  // The older id survives, whose record has no such name; the newer value of both does.
  world.change({ [RULES]: withRules(2) })
  expect((await changed(world))['segments'][1]).toMatchObject({
    entered: 1,
    left: 1,
    onlyIds: { entered: 1, left: 1 },
    members: 1,
  })
  world.change({ [RULES]: withRules(0) })
  expect((await changed(world))['segments'][1]).toMatchObject({
    entered: 1,
    left: 1,
    onlyIds: { entered: 1, left: 1 },
    members: 1,
  })
})

test('PL7: a plan honours what people decided, as the live ruleset does', async () => {
  await using world = await World.of({ ...PROJECT, [RULES]: withRules(0) })
  await world.post('people', people)
  const steward = { author: 'Ada Steward', reason: 'I asked them' }
  await world.ask('decide', { a: 'people/1', b: 'people/2', never: true, ...steward })
  await world.ask('decide', { a: 'people/1', b: 'people/3', together: true, ...steward })
  await world.run()
  world.change({ [RULES]: PEOPLE_RULES })
  expect(await changed(world)).toMatchObject({
    merged: 0,
    split: 0,
    unifiedProfiles: { before: 2, after: 2 },
  })
  world.change({ [RULES]: withRules(1) })
  expect(await changed(world)).toMatchObject({ split: 1, unifiedProfiles: { before: 2, after: 3 } })
})

test('PL3: a new ruleset, one that goes, and several: each has its effects, and their sum is told', async () => {
  await using world = await World.of(PROJECT)
  expect(await planned(world, { 'rulesets/second.yaml': SECOND_RULES })).toMatchObject({
    unifiedProfiles: { before: 0, after: 0 },
    rulesets: [{ label: 'Second' }],
    rows: 0,
  })
  await world.post('people', people)
  await world.run()
  const come = await changed(world)
  expect(come).toMatchObject({
    unifiedProfiles: { before: 2, after: 5 },
    rulesets: [{ label: 'Second', unifiedProfiles: { before: 0, after: 3 }, samples: [] }],
  })
  world.change({ [RULES]: withRules(1), 'rulesets/second.yaml': undefined })
  expect(await changed(world)).toMatchObject({
    unifiedProfiles: { before: 5, after: 4 },
    split: 2,
    idsRetired: 3,
    rulesets: [
      { label: 'People', split: 2, unifiedProfiles: { before: 2, after: 4 } },
      { label: 'Second', idsRetired: 3, unifiedProfiles: { before: 3, after: 0 } },
    ],
  })
  expect(await world.ask('verify')).toMatchObject({ differences: 0 })
})

test('PL4: a plan is of the moment at which it was asked for, and live batches go on meanwhile', async () => {
  await using world = await World.of(PROJECT)
  await world.post('people', people)
  world.change({ [RULES]: withRules(0) })
  const project = await loadProject(world.folder)
  const seen = await world.engine.rehearse(project, async ({ position, result, session }) => {
    await world.post('people', [{ ...people[0], id: '5', email: 'new@x.example', phone: '' }])
    const count = async (from: Pick<SqlSession, 'rows'>): Promise<number> =>
      Number((await from.rows('select count(*) from unified__i_'))[0]?.[0])
    return [position, result.effects?.unifiedProfiles, await count(session), await count(world)]
  })
  expect(seen).toEqual([1n, { before: 2, after: 3 }, 3, 3])
  expect(await world.ask('plan')).toMatchObject({
    position: '2',
    effects: { unifiedProfiles: { before: 3, after: 4 }, rows: 5 },
  })
  expect(await world.ask('verify')).toMatchObject({ differences: 0 })
})

const rules = fc.uniqueArray(fc.nat(2), { minLength: 1 }).map(numbers => withRules(...numbers))
const ruleset = fc
  .record({ rules, clusterMax: fc.constantFrom(2, 50_000), blockMax: fc.constantFrom(2, 1000) })
  .map(({ rules: own, ...limits }) => ({ ...own, ...limits }))
/** Few names, addresses and numbers for many people, so that each rule joins others. */
const records = fc.array(
  fc.record({
    first: fc.constantFrom('Robert', 'Bob', 'Zoe'),
    last: fc.constantFrom('Stone', 'Wood', ''),
    box: fc.nat(7),
    line: fc.nat(5),
    amount: fc.nat(60),
    day: fc.integer({ min: 1, max: 9 }),
  }),
  { minLength: 12, maxLength: 18 },
)
const stories = fc.record({
  records,
  ruleset,
  second: fc.constantFrom(undefined, SECOND_RULES),
})

/** Takes the people of a story in, each with an order; their numbers are of the run. */
async function takeIn(
  world: World,
  run: number,
  story: typeof records extends fc.Arbitrary<infer Records> ? Records : never,
): Promise<void> {
  const id = (at: number): string => `${run}-${at}`
  await world.post(
    'people',
    story.map(({ first, last, box, line, day }, at) => ({
      id: id(at),
      first,
      last,
      email: `${box}@r${run}.example`,
      phone: `020 79${String(run).padStart(2, '0')} 000${line}`,
      changed: `2025-01-0${day}T00:00:00Z`,
    })),
  )
  await world.post(
    'orders',
    story.map(({ amount }, at) => ({ id: id(at), person: id(at), amount: String(amount), at: T })),
  )
}

test(
  `PL5: whatever the records and the change of rules, what plan says is what is seen after apply (seed ${SEED})`,
  { timeout: RUNS * 40_000 },
  async () => {
    await using world = await World.of(PROJECT)
    let files: ProjectFiles = PROJECT
    let run = 0
    const seen = { merged: 0, split: 0, moved: 0 }
    await fc.assert(
      fc.asyncProperty(stories, async story => {
        await takeIn(world, ++run, story.records)
        await world.run()
        const { second } = story
        const hadSecond = files['rulesets/second.yaml'] !== undefined
        files = {
          ...PROJECT,
          [RULES]: story.ruleset,
          ...(second ? { 'rulesets/second.yaml': second } : {}),
        }
        world.change(hadSecond && !second ? { ...files, 'rulesets/second.yaml': undefined } : files)
        const effects = await changed(world)
        seen.merged += effects['merged']
        seen.split += effects['split']
        for (const one of effects['segments']) seen.moved += one.entered + one.left
      }),
      { seed: SEED, numRuns: RUNS, endOnFailure: true },
    )
    expect(await world.ask('verify')).toMatchObject({ differences: 0 })
    expect(Math.min(...Object.values(seen)), JSON.stringify(seen)).toBeGreaterThan(2)
    expect(world.faults).toEqual([])
  },
)

/** The effects that a change of files would have. */
async function planned(world: World, files: Parameters<World['change']>[0]): Promise<Answer> {
  world.change(files)
  return (await world.ask('plan'))['effects'] as Answer
}
