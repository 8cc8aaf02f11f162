import { expect, test } from 'vitest'
import { reviewLines } from '../../packages/engine/src/app/commands/review/review-lines.ts'
import { review } from '../../packages/engine/src/app/commands/review/review.ts'
import { LISTED_PROJECT } from './listed-project.ts'
import { type SourceRecord, World } from './world.ts'

const BLANK = { first: '', last: '', email: '', phone: '', born: '', member: '' }

function person(id: string, fields: Partial<typeof BLANK>): SourceRecord {
  return { id, ...BLANK, ...fields }
}

/** Two who are one by their phone, with nothing else between them. */
const FATHER_AND_SON = [
  person('father', {
    first: 'Jim',
    last: 'Ford Sr',
    phone: '+44 20 7946 0001',
    born: '1950-01-02',
  }),
  person('son', { first: 'Jim', last: 'Ford Jr.', phone: '+44 20 7946 0001', born: '1980-01-02' }),
]
/** Two of three records each; the number of one has got into the records of the other. */
const NEIGHBOURS = ['Ash', 'Birch'].flatMap((last, at) =>
  [0, 1, 2].map(one =>
    person(`${last} ${one}`, {
      last,
      email: `${last}@x.example`,
      phone: one === 0 ? '+44 20 7946 0002' : '',
      born: at === 0 && one === 0 ? '1900-01-01' : '1960-06-06',
    }),
  ),
)
/** One number of a kiosk for people of seven names, two of them called the same. */
const KIOSK = ['Cedar', 'Cedar', 'Elm', 'Fir', 'Hazel', 'Larch', 'Maple', 'Oak'].map((last, at) =>
  person(`kiosk ${at}`, { last, phone: '+44 20 7946 0003' }),
)
const NOBODY = [0, 1, 2].map(at => person(`nobody ${at}`, { email: 'noreply@shop.example' }))

async function filled(): Promise<World> {
  const world = await World.of(LISTED_PROJECT)
  await world.post('people', [...FATHER_AND_SON, ...NEIGHBOURS, ...KIOSK, ...NOBODY])
  return world
}

test('RV1: the queue has what is worth most first, each with its records, values and what to do', async () => {
  await using world = await filled()
  const { rows, counts } = await world.ask('review')
  expect(counts).toEqual({ pair: 0, contested: 2, bridge: 1, conflict: 2 })
  // Of equals any may stand for the others.
  const told = rows.map((row: { kind: string; a: string; b: string; value: number }) => [
    row.kind,
    [row.a, row.b]
      .sort()
      .join(' ')
      .replaceAll(/nobody \d/g, 'nobody'),
    row.value,
  ])
  expect(told).toEqual([
    ['bridge', 'people/Ash 0 people/Birch 0', 9],
    ['contested', 'people/kiosk 0 people/kiosk 1', 1],
    ['conflict', 'people/father people/son', 0.75],
    ['conflict', 'people/father people/son', 0.75],
    ['contested', 'people/nobody people/nobody', 0],
  ])
  const [bridge, contested] = rows
  expect(bridge).toMatchObject({
    ruleset: 'People',
    probability: 0,
    clusterSize: 6,
    why: 'one key alone ties 3 records to 3 others',
    values: [{ field: 'ContactPointPhone.FormattedE164PhoneNumber' }],
  })
  expect(bridge.next[1]).toBe(
    `mainstem decide '${bridge.a}' '${bridge.b}' --never --author NAME --reason TEXT`,
  )
  expect(contested).toMatchObject({ probability: 0.036, clusterSize: 8 })
  expect(contested.why).toContain('people of 7 last names share the key')
  expect(contested.values[0].left).toBe('+442079460003')
})

test('RV2: it can be asked for one kind, one ruleset and so many rows, and refuses what is neither', async () => {
  await using world = await filled()
  const bridges = await world.ask('review', { kind: 'bridge', ruleset: 'People' })
  expect(bridges['rows']).toHaveLength(1)
  const few = await review(world.engine, { limit: '2' })
  expect(few.rows).toHaveLength(2)
  expect(reviewLines(few).at(-1)).toContain('2 of 5 to review are shown (2 contested, 1 bridge')
  const refusals = [
    [{ limit: '0' }, 'The limit of rows is'],
    [{ kind: 'best' }, 'The kind is one of'],
    [{ ruleset: 'Folk' }, '"People"'],
  ] as const
  for (const [request, text] of refusals)
    await expect(review(world.engine, request)).rejects.toThrow(text)
})

test('RV3: a pair near the threshold of a score is worth its uncertainty times the pairs that follow', async () => {
  await using world = await filled()
  const [father, son, ash] = await Promise.all(
    ['father', 'son', 'Ash 0'].map(async id => {
      const rows = await world.rows(`select "_p_Id" from m_Individual where "Id" = '${id}'`)
      return Number(rows[0]?.[0])
    }),
  )
  const near = [
    { rule: 0, from: father ?? 0, to: ash ?? 0, probability: 0.4 },
    { rule: 0, from: father ?? 0, to: son ?? 0, probability: 0.9 },
  ]
  const { rows } = await review(world.engine, { kind: 'pair' }, () => near)
  expect(rows.map(row => [row.b, row.clusterSize, row.value])).toEqual([
    ['people/Ash 0', 8, 4.8],
    ['people/son', 2, 0.1],
  ])
})

test('RV4: what contradicts itself is what `status` counts as suspicious; placeholders contradict nothing', async () => {
  await using world = await filled()
  const { rows } = await world.ask('review', { kind: 'conflict' })
  expect(new Set(rows.map((row: { why: string }) => row.why))).toEqual(
    new Set([
      'records of one profile have different birth dates',
      'a Junior and a Senior are one profile',
    ]),
  )
  const [ruleset] = (await world.ask('status'))['rulesets']
  // Father and son; the neighbours are the only other merged profile.
  expect(ruleset.falsePositiveRate).toBe(50)
})

test('RV5: what somebody decided leaves the queue', async () => {
  await using world = await filled()
  const { rows } = await world.ask('review')
  const [bridge, contested, conflict] = rows
  const by = { author: 'Dana', reason: 'asked them' }
  await world.ask('decide', { a: bridge.a, b: bridge.b, never: true, ...by })
  await world.ask('decide', { a: contested.a, b: contested.b, never: true, ...by })
  await world.ask('decide', { a: conflict.a, b: conflict.b, together: true, ...by })
  await world.engine.catchUp()
  const after = await world.ask('review')
  const pairs = after['rows'].map((row: { a: string; b: string }) => `${row.a} ${row.b}`)
  expect(pairs).not.toContain(`${bridge.a} ${bridge.b}`)
  expect(pairs).not.toContain(`${contested.a} ${contested.b}`)
  expect(after['counts']).toMatchObject({ bridge: 0, conflict: 0 })
})

test('RV6: fields tell how many values they have, and how many of these can be right', async () => {
  await using world = await World.of(LISTED_PROJECT)
  await world.post('people', [
    person('1', {
      last: 'Ash',
      email: 'ash@x.example',
      phone: '+44 20 7946 0001',
      born: '1980-01-01',
    }),
    person('2', {
      last: 'n/a',
      email: 'no-reply@x.example',
      phone: '1234567890',
      born: '1900-01-01',
    }),
    person('3', { last: 'Anonymous', email: 'at home', phone: '12', born: '2031-01-01' }),
    person('4', { last: 'Elm', email: 'info@x.example', phone: ' ', member: 'M-1' }),
  ])
  const { fields } = await world.ask('review.fields')
  const counts = Object.fromEntries(
    fields.map((one: Record<string, unknown>) => [
      `${String(one['object'])}.${String(one['field'])}`,
      ['rows', 'blank', 'placeholders', 'invalid', 'completeness', 'validity'].map(of => one[of]),
    ]),
  )
  expect(counts).toMatchObject({
    'Individual.LastName': [4, 1, 1, 0, 50, null],
    'Individual.BirthDate': [4, 1, 1, 1, 50, 50],
    'ContactPointEmail.EmailAddress': [4, 0, 1, 1, 75, 66.67],
    'PartyIdentification.IdentificationNumber': [4, 3, 0, 0, 25, null],
  })
  expect(counts['ContactPointPhone.TelephoneNumber']).toEqual([4, 1, 1, 1, 50, 50])
})
