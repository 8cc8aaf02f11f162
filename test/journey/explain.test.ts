import { writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { PEOPLE_PROJECT } from './people-project.ts'
import { type Answer, World } from './world.ts'

const T = '2025-01-01T00:00:00Z'
const PHONE = '+44 20 7946 0001'
const E164 = '+442079460001'
const person = (id: string, fields: Readonly<Record<string, string>>): Record<string, string> => ({
  id,
  first: 'Ada',
  last: 'Stone',
  email: '',
  phone: '',
  changed: T,
  ...fields,
})
const STEWARD = { author: 'Bo <Steward>', reason: 'sisters & "twins"' }

/** Pictures to be looked at go there, where it is named. */
const PICTURES = process.env['MAINSTEM_PICTURES']

async function picture(world: World, name: string, params: Answer): Promise<string> {
  const { svg } = await world.ask('explain', { ...params, svg: name })
  if (PICTURES !== undefined) writeFileSync(`${PICTURES}/${name}.svg`, String(svg))
  return String(svg)
}

/** Boxes of a drawing: what is not the background nor the legend. */
function boxes(svg: string): readonly { x: number; y: number; width: number; height: number }[] {
  const inside = svg.slice(svg.indexOf('<g '))
  const found = inside.matchAll(
    /<rect x="([\d.-]+)" y="([\d.-]+)" width="([\d.]+)" height="([\d.]+)"/g,
  )
  return [...found].map(([, x, y, width, height]) => ({
    x: Number(x),
    y: Number(y),
    width: Number(width),
    height: Number(height),
  }))
}

function overlapping(svg: string): number {
  const all = boxes(svg)
  return all.filter((one, at) =>
    all.some(
      (other, place) =>
        place > at &&
        one.x < other.x + other.width &&
        other.x < one.x + one.width &&
        one.y < other.y + other.height &&
        other.y < one.y + one.height,
    ),
  ).length
}

test('EX1: a path tells rule, values, records and when; and a decision who, why and when', async () => {
  await using world = await World.of(PEOPLE_PROJECT)
  await world.post('people', [
    person('1', { email: 'a@x.example' }),
    person('2', { email: 'A@x.example', phone: PHONE, changed: '2025-03-01T00:00:00Z' }),
    person('3', { phone: '02079460001' }),
    person('4', { first: 'Zoe', last: 'Hill', email: 'zoe@x.example' }),
  ])
  await world.ask('decide', { a: 'people/3', b: 'people/4', together: true, ...STEWARD })
  const told = await world.ask('explain', { a: 'people/1', b: 'people/4' })
  expect(told).toMatchObject({
    together: true,
    path: [
      {
        from: 'people/1',
        to: 'people/2',
        rule: 'Email',
        at: '2025-03-01T00:00:00.000Z',
        criteria: [{ left: 'a@x.example', right: 'A@x.example', holds: true }],
      },
      {
        rule: 'Phone and last name',
        criteria: [
          { left: E164, right: E164 },
          { left: 'Stone', right: 'Stone' },
        ],
      },
      {
        rule: 'decision 1',
        criteria: [],
        decision: { number: 1, verdict: 'together', ...STEWARD },
      },
    ],
  })
  expect((told['records'] as Answer[]).map(one => [one['record'], one['modifiedAt']])).toEqual([
    ['people/1', '2025-01-01T00:00:00.000Z'],
    ['people/2', '2025-03-01T00:00:00.000Z'],
    ['people/3', '2025-01-01T00:00:00.000Z'],
    ['people/4', '2025-01-01T00:00:00.000Z'],
  ])
  const cluster = await world.ask('explain', { a: 'people/1' })
  expect(cluster['path']).toHaveLength(3)
  expect((cluster['links'] as Answer[]).map(one => one['rule'])).toEqual([
    'decision 1',
    'Email',
    'Phone and last name',
    'Phone and first name',
  ])
  const svg = await picture(world, 'path', { a: 'people/1', b: 'people/4' })
  expect(boxes(svg)).toHaveLength(4 + 3)
  expect(svg).toContain('Bo &lt;Steward&gt;')
  expect(await picture(world, 'cluster', { a: 'people/1' })).toContain('Phone and first name')
})

test('EX2: why two are not one: a decision that cut, with the link it cut', async () => {
  await using world = await World.of(PEOPLE_PROJECT)
  await world.post('people', [
    person('1', { email: 'a@x.example' }),
    person('2', { email: 'a@x.example', phone: PHONE }),
    person('3', { phone: PHONE }),
  ])
  await world.ask('decide', { a: 'people/1', b: 'people/3', never: true, ...STEWARD })
  const told = await world.ask('explain', { a: 'people/1', b: 'people/3' })
  expect(told).toMatchObject({
    together: false,
    path: [
      { from: 'people/1', to: 'people/2', rule: 'Email' },
      {
        from: 'people/2',
        to: 'people/3',
        keptOutBy: 'decision',
        decision: { number: 1, ...STEWARD },
      },
    ],
  })
  expect(told['reason']).toContain('Decision 1 of Bo <Steward>')
  expect(told['reason']).toContain('people/2 and people/3, by rule "Phone and last name"')
  expect(await picture(world, 'cut', { a: 'people/1', b: 'people/3' })).toContain(
    'cut by decision 1',
  )
})

test('EX3: why two are not one: what was compared and does not hold, or that nothing was', async () => {
  await using world = await World.of(PEOPLE_PROJECT)
  await world.post('people', [
    person('1', { phone: PHONE, last: 'Stone', first: 'Ada' }),
    person('2', { phone: PHONE, last: 'Hill', first: 'Zoe' }),
    person('3', { email: 'c@x.example', last: 'Moon', first: 'Carl' }),
  ])
  const unlike = await world.ask('explain', { a: 'people/1', b: 'people/2' })
  expect(unlike).toMatchObject({
    together: false,
    path: [
      {
        keptOutBy: 'comparison',
        criteria: [
          { left: 'Ada', right: 'Zoe', holds: false },
          { left: E164, holds: true },
        ],
      },
    ],
    compared: [
      { rule: 'Email', criteria: [{ left: null, right: null, holds: false }] },
      {
        rule: 'Phone and last name',
        criteria: [{ holds: true }, { left: 'Stone', right: 'Hill', holds: false }],
      },
      { rule: 'Phone and first name' },
    ],
  })
  const none = await world.ask('explain', { a: 'people/1', b: 'people/3' })
  expect(none).toMatchObject({
    together: false,
    path: [],
    reason: expect.stringContaining('No rule proposed'),
  })
  expect(none['compared'][0]).toMatchObject({
    criteria: [{ left: null, right: 'c@x.example', holds: false }],
  })
  expect(boxes(await picture(world, 'none', { a: 'people/1', b: 'people/3' }))).toHaveLength(2)
  await picture(world, 'unlike', { a: 'people/1', b: 'people/2' })
})

test('EX4: the picture of 60 records is well-formed and nothing in it lies on anything else', async () => {
  await using world = await World.of(PEOPLE_PROJECT)
  const people = Array.from({ length: 60 }, (_none, at) =>
    person(`<${at}> & "co"`, {
      first: ['Ada', 'Adah', '艾达'][at % 3] ?? '',
      email: `m${Math.floor(at / 4)}@x.example`,
      phone: `+44 20 7946 0${String(100 + Math.floor((at + 2) / 4))}`,
    }),
  )
  await world.post('people', people)
  const first = `people/${people[0]?.['id'] ?? ''}`
  const svg = await picture(world, 'sixty', { a: first })
  expect(boxes(svg).length).toBeGreaterThan(60)
  expect(overlapping(svg)).toBe(0)
  expect(svg).not.toMatch(/&(?!(?:amp|lt|gt|quot|apos);)/)
  expect(svg).toBe(await picture(world, 'sixty', { a: first }))
  // Every text is inside the picture.
  const width = Number(/width="(\d+)"/.exec(svg)?.[1])
  expect(Math.max(...boxes(svg).map(box => box.x + box.width))).toBeLessThan(width)
})
