import { expect, test } from 'vitest'
import { PEOPLE_PROJECT, SECOND_RULES } from './people-project.ts'
import { World } from './world.ts'
const T = '2025-01-01T00:00:00Z'
test('two rulesets fuzzy', async () => {
  await using world = await World.of({ ...PEOPLE_PROJECT, 'rulesets/second.yaml': SECOND_RULES })
  await world.post('people', [{ id: '1', first: 'Ana', last: 'A', email: 'ana@x.example', phone: '', changed: T }])
  await world.post('people', [{ id: '2', first: 'Anna', last: 'B', email: 'ana@x.example', phone: '', changed: T }])
  console.log(world.faults, await world.rows('select * from link__i_'), await world.rows('select * from link__i_mail'), await world.rows('select * from problem'))
})
const P = { id: 'p', first: 'P', last: 'P', email: 'p@x.example', phone: '', changed: T }
const raw = (line: string) => `{"data":[{"id":"a","email":"a@x.example","changed":"${T}"},${line},{"id":"z","email":"z@x.example","changed":"${T}"}]}`
test.each([
  ['lone surrogate', raw(String.raw`{"id":"p","first":"\ud800","email":"p@x.example"}`)],
  ['lone surrogate in key', raw(String.raw`{"id":"\udc00","first":"x","email":"p@x.example"}`)],
  ['nul', raw(String.raw`{"id":"p\u0000q","first":"a\u0000b","email":"p@x.example"}`)],
  ['nul email', raw(String.raw`{"id":"p","first":"ab","email":"p\u0000@x.example", "phone":"\u0000"}`)],
  ['proto', raw(String.raw`{"id":"p","__proto__":{"x":1},"email":"p@x.example"}`)],
  ['not object', raw('17')],
  ['null record', raw('null')],
  ['array record', raw('[1,2]')],
  ['bad date', raw('{"id":"p","changed":"2025-13-45"}')],
  ['huge date', raw('{"id":"p","changed":"290000-01-01T00:00:00Z"}')],
  ['infinity date', raw('{"id":"p","changed":"infinity"}')],
  ['-infinity date', raw('{"id":"p","changed":"-infinity"}')],
  ['epoch date', raw('{"id":"p","changed":"epoch"}')],
  ['bc date', raw('{"id":"p","changed":"4000-01-01 (BC)"}')],
  ['nested', raw('{"id":"p","first":{"a":1}}')],
  ['deep', raw('{"id":"p","first":' + '['.repeat(5000) + ']'.repeat(5000) + '}')],
  ['dup keys', raw('{"id":"p","id":"q"}')],
  ['10MB', raw(`{"id":"p","first":"${'x'.repeat(10_000_000)}","email":"${'y'.repeat(1_000_000)}@x.example"}`)],
  ['long number', raw('{"id":123456789012345678901234567890,"first":1e400}')],
  ['interrupt', raw('{"id":"p","changed":"out of memory interrupt"}')],
] as const)('poison %s', async (what, body) => {
  await using world = await World.of(PEOPLE_PROJECT)
  await world.accept('people', [{ id: 'before', email: 'b@x.example' }])
  await world.accept('people', body)
  await world.accept('people', [{ id: 'after', email: 'after@x.example' }])
  let died: unknown
  await world.engine.catchUp().catch(e => (died = e))
  console.log(what, 'died', String(died).slice(0, 300), world.faults.map(f => String(f).slice(0, 200)),
    (await world.rows('select left(id,20), left(first,20), changed from dlo_people order by _pos, _row')).map(r=>JSON.stringify(r)),
    await world.rows('select code, field, left(decode(payload),80) from problem'), await world.rows('select count(*) from unified__i_'))
  await world.service.handle('verify', {}).then(v => { const d = JSON.parse(v); if (d.differences) console.log(what, 'VERIFY', JSON.stringify(d.stages.filter(s => s.differences || s.laws?.some(l=>l.violations)))) }, e => console.log('verify died', e))
})
test.each([
  ['99999999999999999999', '99999999999999999999'], ['x', '1e30'], ['x', 'NaN'], ['x','"Infinity"'], ['x', '12345678901234567890.123456789012345678'], ['x', '99999999999999999999.999999999999999999'],
])('orders %s %s', async (_a, n) => {
  await using world = await World.of(PEOPLE_PROJECT)
  await world.accept('orders', `{"data":[{"id":"1","person":"a","amount":${n},"at":"2025-01-01"},{"id":"2","person":"a","amount":${n},"at":"2025-01-01"}]}`)
  let died: unknown
  await world.engine.catchUp().catch(e => (died = e))
  console.log(n, died, world.faults, await world.rows('select id, amount from dlo_orders'), await world.rows('select code, field, decode(payload) from problem'))
})
