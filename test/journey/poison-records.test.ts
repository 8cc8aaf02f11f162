import { expect, test } from 'vitest'
import { PEOPLE_PROJECT } from './people-project.ts'
import { World } from './world.ts'

const AT = '2025-01-01T00:00:00Z'
const person = (id: string, more = ''): string =>
  `{"id":"${id}","email":"${id}@x.example","changed":"${AT}"${more}}`
const request = (...records: string[]): string => `{"data":[${records.join(',')}]}`

/** A record that a check refuses, or that passes every check and makes a statement fail. */
const BAD: readonly (readonly [string, string, string])[] = [
  ['half a surrogate pair', String.raw`{"id":"p","first":"\ud800"}`, 'PROCESSING_FAILED'],
  ['half a pair in the key', String.raw`{"id":"\udc00"}`, 'PROCESSING_FAILED'],
  [
    'half a pair beside words that speak of the place',
    String.raw`{"id":"interrupt: no space left, out of memory","first":"\ud800"}`,
    'PROCESSING_FAILED',
  ],
  ['a day that is none', '{"id":"p","changed":"2025-13-45"}', 'TYPE_MISMATCH'],
  ['a record that nothing could be newer than', '{"id":"p","changed":"infinity"}', 'TYPE_MISMATCH'],
  ['a field of 10 MB', `{"id":"p","first":"${'x'.repeat(10_000_000)}"}`, 'FIELD_TOO_LONG'],
  ['no key', '{"first":"Ana"}', 'MISSING_KEY'],
  ['a key of blanks', '{"id":"  "}', 'MISSING_KEY'],
  ['a number for a record', '17', 'MALFORMED_RECORD'],
  ['an array for a record', '[{"id":"p"}]', 'MALFORMED_RECORD'],
  ['null for a record', 'null', 'MALFORMED_RECORD'],
]

test('PO1: a bad record becomes a problem record with its bytes; all its neighbours go on, in order', async () => {
  await using world = await World.of(PEOPLE_PROJECT)
  for (const [at, [what, bad, code]] of BAD.entries()) {
    const [before, first, last, after] = ['before', 'first', 'last', 'after'].map(
      name => `${name}${at}`,
    )
    await world.accept('people', request(person(`${before}`)))
    await world.accept('people', request(person(`${first}`), bad, person(`${last}`)))
    await world.accept('people', request(person(`${after}`, ',"last":"old"')))
    await world.accept('people', request(person(`${after}`, ',"last":"new"')))
    await world.engine.catchUp()
    const problems = await world.rows(
      `select code, decode(payload) from problem where stream = 'people' order by id desc limit 1`,
    )
    expect([what, problems]).toEqual([what, [[code, bad]]])
    const taken = await world.rows(
      `select id, last from dlo_people where id like '%${at}' order by _pos, _row`,
    )
    expect([what, taken]).toEqual([
      what,
      [
        [before, null],
        [first, null],
        [last, null],
        [after, 'new'],
      ],
    ])
  }
  const [counts] = await world.rows(
    `select sum(processed) = sum(added + updated + unchanged + stale + problems), sum(problems)::int from stream_counter`,
  )
  expect(counts).toEqual([true, BAD.length])
  expect(await world.count('problem')).toBe(BAD.length)
  expect(await world.count('link__i_')).toBe(BAD.length * 4)
  expect(await world.ask('verify')).toMatchObject({ differences: 0, notCompared: [] })
})

test('PO2: a bad record among a thousand takes only itself away', async () => {
  await using world = await World.of(PEOPLE_PROJECT)
  const records = Array.from({ length: 300 }, (_, at) => person(`n${at}`))
  records.splice(177, 0, String.raw`{"id":"bad","first":"\ud800"}`)
  await world.post('people', request(...records))
  expect(await world.count('dlo_people')).toBe(300)
  expect(await world.rows('select pos, source_row from problem')).toEqual([[1n, 178n]])
})

test('PO3: what no reader takes for a request is kept whole, and the journal goes on after it', async () => {
  await using world = await World.of(PEOPLE_PROJECT)
  await world.accept('people', request(person('a')))
  await world.accept('people', '{"data":[{"id":"b"')
  await world.accept('people', request(person('c')))
  await world.engine.catchUp()
  expect(await world.rows('select id from dlo_people order by id')).toEqual([['a'], ['c']])
  expect(await world.rows('select code, decode(payload) from problem')).toEqual([
    ['PROCESSING_FAILED', '{"data":[{"id":"b"'],
  ])
})

test('PO4: a load that fails inside the engine is refused as a whole, and what comes after it goes on', async () => {
  await using world = await World.of({
    ...PEOPLE_PROJECT,
    'streams/filed.yaml': {
      name: 'filed',
      connector: { type: 'File', path: 'filed.jsonl' },
      category: 'Other',
      primaryKey: 'id',
      fields: { id: 'Text', n: 'Number' },
    },
    'filed.jsonl': '{"id":"1","n":1}\n{"id":"2","n":\n{"id":"3","n":3}\n',
  })
  const results = await world.run({ stage: 'streams' })
  expect(results).toMatchObject([{ name: 'filed', status: 'SUCCESS', problems: 1, rowsOut: 2 }])
  expect(await world.rows('select decode(payload) from problem')).toEqual([['{"id":"2","n":']])
})
