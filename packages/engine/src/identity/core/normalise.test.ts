import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { must } from '../../kernel/assert.ts'
import { openDuckDb } from '../../lake/adapters/duckdb-engine.ts'
import type { SqlEngine, SqlSession } from '../../lake/index.ts'
import { NORMALISERS, type NormaliserName } from './normalise.ts'

const names = ['exact', 'exactCase', 'email', 'name', 'firstName', 'address'] as const

let engine: SqlEngine
let session: SqlSession
beforeAll(async () => {
  engine = await openDuckDb({ path: ':memory:', threads: 1 })
  session = await engine.session()
  await session.run('create table t (n integer, x varchar)')
})
afterAll(async () => {
  session.close()
  await engine.close()
})

/** The texts on which the two ways differ. */
async function differences(texts: readonly string[]): Promise<readonly unknown[]> {
  await session.run('delete from t')
  await session.load('t', [
    { name: 'n', type: 'INTEGER', values: Int32Array.from(texts, (_text, at) => at) },
    { name: 'x', type: 'VARCHAR', values: texts },
  ])
  const columns = names.map(name => NORMALISERS[name].sql('x')).join(', ')
  const found: unknown[] = []
  for (const [n, x, ...bySql] of await session.rows(`select n, x, ${columns} from t`)) {
    // The driver reads a leading U+FEFF as a mark of byte order; it is not the engine's doing.
    const text = must(texts[Number(n)], 'a row is of a text')
    const byJs = names.map(name => NORMALISERS[name].js(text))
    if (x === text && String(byJs) !== String(bySql)) found.push({ text, bySql, byJs })
  }
  return found
}

/** Letters of many scripts, marks, spaces, and what breaks naive code; none after Unicode 15. */
const letters = Array.from(
  [
    'abzABZ019 .-_+@<>"\'`,;:()[]\\/&#\t\n\r|{}%$!?',
    'éÉüÜßẞøØłŁåÅæÆœŒñÑçÇğĞıİiIþÞðÐđĐħ',
    'ΑΣσςάΏЖжЁёЙй',
    '李明山あアかがｶﾞ한글राम्कीไทยשלוםعَلي',
    '\u0301\u0308\u200d\u200b\u00ad\u00a0\u2003\u3000\u2028\ufeff\u{1f600}\u{10400}\u{1d400}ﬁﬀ²③Ⅷ',
    'ＡＢｃ１＠．＋－',
  ].join(''),
)
const pieces = [
  'gmail.com @gmail.com @googlemail.com @example.com noreply test@test.com +tag mailto: <a@b.c> n/a',
  'unknown NULL Straße Street St. Avenue Dr. Mr. strasse Hauptstraße North -- (none) No-Reply@',
]
  .flatMap(line => line.split(' '))
  .concat('Mr. ', 'x'.repeat(498), 'é'.repeat(499), '😀'.repeat(499))
const text = fc
  .array(fc.oneof(fc.constantFrom(...letters), fc.constantFrom(...pieces)), { maxLength: 14 })
  .map(parts => parts.join(''))

describe('SQL and JavaScript normalise alike', () => {
  test('nasty texts', async () => {
    const texts = fc.sample(text, { numRuns: 8000, seed: 20_260_101 })
    expect(await differences(texts)).toEqual([])
  })

  test('every character that Unicode 12 has, alone and after a letter', async () => {
    const characters = assigned()
    for (let at = 0; at < characters.length; at += 20_000) {
      expect(await differences(characters.slice(at, at + 20_000))).toEqual([])
    }
  })
})

/** Characters below the scripts that later versions added letters to. */
function assigned(): readonly string[] {
  const found: string[] = []
  for (let point = 1; point < 0xa7c0; point++) {
    if (point >= 0x3400 && point < 0x9fff && point % 64 !== 0) continue
    const one = String.fromCodePoint(point)
    if (/\p{Cn}/u.test(one) || LATE.has(point)) continue
    found.push(one, `x${one}`)
  }
  return found
}

/** Letters and marks that came with Unicode 15.1 to 17. */
const LATE = new Set([0x88f, 0x897, 0xc5c, 0xcdc, 0x1c89, 0x1c8a, ...range(0x1acf, 0x1aff)])

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from + 1 }, (_none, at) => from + at)
}

type Cases = readonly (readonly [string, string | null])[]

function table(name: NormaliserName, cases: Cases): void {
  test.each(cases)(`${name} of %j is %j`, async (given, wanted) => {
    expect(NORMALISERS[name].js(given)).toBe(wanted)
    expect(await differences([given])).toEqual([])
  })
}

table('email', [
  [' Ada.Lovelace@Example.COM ', 'ada.lovelace@example.com'],
  ['"Ada Lovelace" <ada@example.com>', 'ada@example.com'],
  ['mailto:ada@example.com', 'ada@example.com'],
  ["'ada@example.com'.", 'ada@example.com'],
  ['a.d.a+news@gmail.com', 'ada@gmail.com'],
  ['A.D.A@GoogleMail.com', 'ada@gmail.com'],
  ['a.d.a+news@example.com', 'a.d.a+news@example.com'],
  ["o'brien@example.com", "o'brien@example.com"],
  ['ａｄａ＠example．com', 'ada@example.com'],
  ['lead@example.com', 'lead@example.com'],
  ['info@example.com', 'info@example.com'],
  ['+tag@gmail.com', null],
  ['ada', null],
  ['ada@', null],
  ['@example.com', null],
  ['a@b@c.com', null],
  ['test@test.com', null],
  ['no-reply@shop.example', null],
  ['NoReply+x@shop.example', null],
  ['ada@noemail.com', null],
  ['N/A', null],
  ['', null],
  [' ', null],
])
table('exact', [
  ['Smith ', 'smith '],
  ['N/A', null],
  [' \u00a0\t', null],
  ['unknown', null],
  ['-', null],
  ['Na', 'na'],
  ['x'.repeat(600), 'x'.repeat(500)],
])
table('exactCase', [
  ['Smith', 'Smith'],
  ['null', null],
])
table('name', [
  ["  O'Connor-Smith Jr. ", 'oconnorsmithjr'],
  ['Håkon', 'hakon'],
  ['Łukasz Weiß', 'lukaszweiss'],
  ['Müller', 'muller'],
  ['राम', 'राम'],
  ['李 明', '李明'],
  ['---', null],
  ['!!!!', null],
])
table('firstName', [
  ['Jean-Pierre', 'jean pierre'],
  ['Dr. Ada', 'ada'],
  ['S.', 's'],
  ["D'Arcy", 'darcy'],
  ['none', null],
])
table('address', [
  ['12 North Main Street, Apt. 4', '12 n main st apt 4'],
  ['12 N. MAIN ST  APARTMENT 4', '12 n main st apt 4'],
  ['Hauptstraße 5', 'hauptstr 5'],
  ['Hauptstr. 5', 'hauptstr 5'],
  ['1 Fifth Avenue, Suite 200', '1 fifth ave ste 200'],
  ["St. John's Road", 'st johns rd'],
  ['n/a', null],
])
