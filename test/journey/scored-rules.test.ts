import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PEOPLE_RULES } from './people-project.ts'
import { PROJECT, SCORE, SCORE_MODEL as MODEL } from './scored-people.ts'
import { World } from './world.ts'

const person = (
  id: string,
  first: string,
  last: string,
  { email = '', phone = '' }: { email?: string; phone?: string } = {},
): Record<string, string> => ({ id, first, last, email, phone, changed: '2025-01-01T00:00:00Z' })

async function idOf(world: World, key: string): Promise<string> {
  return String((await world.ask('profile', { key }))['unifiedId'])
}

async function sound(world: World): Promise<void> {
  const report = await world.ask('verify')
  expect([report['differences'], report['notCompared']]).toEqual([0, []])
}

const ANNAS = [
  person('1', 'Anna', 'Lindqvist', { email: 'anna@x.example', phone: '+44 20 7946 0001' }),
  person('2', 'Ana', 'Lindquist', { email: 'anna@x.example' }),
  person('3', 'Anna', 'Lindqvist', { phone: '020 7946 0001' }),
  person('4', 'Bertil', 'Lindqvist', { phone: '+44 20 7946 0001' }),
]

test('SR1: a score joins what no exact rule does, says why, and a decision holds against it', async () => {
  await using world = await World.of(PROJECT)
  await world.post('people', ANNAS)
  const [one, two, three, four] = await Promise.all(
    ['1', '2', '3', '4'].map(async id => await idOf(world, `people/${id}`)),
  )
  expect([two, three]).toEqual([one, one])
  expect(four).not.toBe(one)
  const why = await world.ask('explain', { a: 'people/1', b: 'people/2' })
  expect(why).toMatchObject({ together: true, path: [{ rule: 'Score' }] })
  const text = JSON.stringify(why)
  expect(text).toContain('"field":"ContactPointEmail.EmailAddress"')
  expect(text).toContain('"level":"nearly equal"')
  expect(text).toMatch(/probability over 0\.9999/)
  const not = await world.ask('explain', { a: 'people/1', b: 'people/4' })
  expect(not['together']).toBe(false)
  expect(JSON.stringify(not)).toContain('"level":"different"')
  await sound(world)
  const steward = { author: 'Ada Steward', reason: 'I asked them' }
  await world.ask('decide', { a: 'people/1', b: 'people/2', never: true, ...steward })
  expect(await idOf(world, 'people/2')).not.toBe(await idOf(world, 'people/1'))
  await sound(world)
  await world.close()
  await world.open()
  expect(await idOf(world, 'people/2')).not.toBe(await idOf(world, 'people/1'))
  await sound(world)
})

test('SR2: a scored rule without a model, with criteria, or over a field that nobody fills is refused', async () => {
  const refused = async (rule: object): Promise<string> => {
    const files = { ...PROJECT, 'rulesets/people.yaml': { ...PEOPLE_RULES, matchRules: [rule] } }
    try {
      await using world = await World.of(files)
      await world.post('people', ANNAS)
      return 'taken'
    } catch (error) {
      return error instanceof Error ? error.message + JSON.stringify(error) : String(error)
    }
  }
  const fields = [{ field: 'Individual.FirstName', kind: 'firstName' }]
  expect(await refused({ label: 'Score', kind: 'Scored', fields })).toContain('has no model')
  expect(await refused({ ...SCORE, model: 'gone.json' })).toContain('There is no model')
  expect(await refused({ ...SCORE, criteria: PEOPLE_RULES.matchRules[0]?.criteria })).toContain(
    'has criteria too',
  )
  const [first] = MODEL.fields
  const unfilled = {
    ...MODEL,
    fields: [{ ...first, field: 'Individual.MiddleName' }],
    blocking: [],
  }
  expect(await refused({ ...SCORE, model: unfilled })).toContain('which no stream fills')
  expect(
    await refused({ ...SCORE, model: { ...MODEL, blocking: [['Individual.LastName:vowels']] } }),
  ).toContain('Individual.LastName:vowels')
  expect(await refused({ ...SCORE, blocking: [['Individual.Shoe']] })).toContain(
    '"Individual.Shoe"',
  )
  const twice = { ...MODEL, fields: [...MODEL.fields, first] }
  expect(await refused({ ...SCORE, model: twice })).toContain('compared twice')
})

const FIRSTS = ['Anna', 'Ana', 'Bertil', 'Bert', 'Cleo', '']
const LASTS = ['Lindqvist', 'Lindquist', 'Moore', 'More', '']
const MAILS = ['anna@x.example', 'anna@y.example', 'b.moore@x.example', 'cleo@z.example', '']
const PHONES = ['+44 20 7946 0001', '+44 20 7946 0002', '']
const record = fc
  .tuple(
    fc.nat(14),
    fc.constantFrom(...FIRSTS),
    fc.constantFrom(...LASTS),
    fc.constantFrom(...MAILS),
    fc.constantFrom(...PHONES),
  )
  .map(([id, first, last, email, phone]) => person(String(id), first, last, { email, phone }))

test('SR3: after any history the profiles are those that a full run makes', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(record, { minLength: 1, maxLength: 6 }), { minLength: 2, maxLength: 5 }),
      async batches => {
        await using world = await World.of({
          ...PROJECT,
          'rulesets/people.yaml': {
            ...PEOPLE_RULES,
            matchRules: [...PEOPLE_RULES.matchRules.slice(1, 2), SCORE],
          },
        })
        for (const [at, batch] of batches.entries()) {
          const changed = new Date(Date.UTC(2025, 0, 1 + at)).toISOString()
          await world.post(
            'people',
            batch.map(one => ({ ...one, changed })),
          )
        }
        await sound(world)
        const stages = await world.run({ stage: 'identity' })
        expect(stages.filter(({ changed }) => changed !== 0)).toEqual([])
        expect(stages.length).toBeGreaterThan(0)
      },
    ),
    { numRuns: 4 },
  )
})

test('SR4: pairs near the threshold are in the review queue, until somebody decides', async () => {
  await using world = await World.of(PROJECT)
  await world.post('people', [
    person('1', 'Bertil', 'Moore', { phone: '+44 20 7946 0002' }),
    person('2', 'Bert', 'Moore'),
    person('3', 'Cleo', 'Lindqvist', { email: 'cleo@z.example' }),
  ])
  const queue = await world.ask('review', { kind: 'pair' })
  expect(queue['rows']).toMatchObject([{ kind: 'pair', a: 'people/1', b: 'people/2' }])
  const steward = { author: 'Ada Steward', reason: 'I asked them' }
  await world.ask('decide', { a: 'people/1', b: 'people/2', together: true, ...steward })
  expect(await world.ask('review', { kind: 'pair' })).toMatchObject({ rows: [] })
  await sound(world)
})

test('SR5: the model that runs is shown: what each level says, what a link needs, by what pairs are found', async () => {
  await using world = await World.of(PROJECT)
  const shown = await world.ask('model', { ruleset: 'People', svg: 'asked for' })
  expect(shown['models']).toMatchObject([
    {
      ruleset: 'People',
      rule: 'Score',
      threshold: SCORE.threshold,
      records: MODEL.records,
      priorBits: Math.round(100 * Math.log2(MODEL.match)) / 100,
      relatedBits: Math.round(100 * Math.log2(MODEL.related)) / 100,
    },
  ])
  const text = JSON.stringify(shown['models'])
  expect(text).toContain('"level":"equal","match":0.75,"random":0.01,"related":0.01,"bits":6.23')
  expect(text).toContain('"frequentValues":1')
  const [{ blocking }] = shown['models'] as [{ blocking: readonly string[] }]
  expect(blocking).toHaveLength(MODEL.blocking.length)
  const svg = String(shown['svg'])
  expect(svg).toMatch(/^<svg [^]*<\/svg>\n$/)
  expect(svg).toContain('>+6.2<')
  await expect(world.ask('model', { ruleset: 'Nobody' })).rejects.toThrow('"People"')
})
