import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { evaluate } from '../../packages/engine/src/app/commands/evaluate.ts'
import { World } from './world.ts'

const PEOPLE = 6000
const SURNAMES = 900

/** A number in [0, 1) for a person's record and a field of it: the same in every run. */
function draw(...of: readonly (number | string)[]): number {
  let hash = 0x811c9dc5
  for (const letter of of.join(' ')) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  return ((hash ^ (hash >>> 13)) >>> 0) / 2 ** 32
}

/** How often a value is not a person's own, but one that stands for none or for many. */
const TRAPS = { email: 0.002, phone: 0.004 }
/** Some are on lists, some look like anybody's. */
const TRAP_EMAILS = ['none@example.com', 'kiosk@shop.example', 'reception@hotel.example']
const TRAP_PHONES = ['1234567890', '+44 20 7946 0999', '+44 20 7946 0123']

/** Source records of made people, and whose they are; traps change nothing else. */
function made(withTraps: boolean): { readonly records: string; readonly truth: string } {
  const records = ['id,first,last,email,phone']
  const truth = ['record_id,entity_id']
  for (let person = 0; person < PEOPLE; person++) {
    const count = [1, 1, 2, 3, 4][Math.floor(draw(person, 'records') * 5)] ?? 1
    // Common surnames are common: their number falls with the square.
    const surname = Math.floor(draw(person, 'surname') ** 2 * SURNAMES)
    for (let at = 0; at < count; at++) {
      const says = (field: string): number => draw(person, at, field)
      const trap = (field: 'email' | 'phone', values: readonly string[]): string | undefined =>
        withTraps && says(`${field} trap`) < TRAPS[field]
          ? values[Math.floor(says(`${field} which`) * values.length)]
          : undefined
      const isTypo = says('typo') < 0.05
      const email = says('email') < 0.85 ? `p${person}@mail.example` : ''
      const phone = says('phone') < 0.6 ? `+4420${String(70_000_000 + person)}` : ''
      records.push(
        [
          `${person}-${at}`,
          `First${person % 300}`,
          `Surname${surname}${isTypo ? 'x' : ''}`,
          trap('email', TRAP_EMAILS) ?? email,
          trap('phone', TRAP_PHONES) ?? phone,
        ].join(),
      )
      truth.push(`people/${person}-${at},${person}`)
    }
  }
  return { records: records.join('\n'), truth: truth.join('\n') }
}

const of = (entityName: string, fieldName: string): object => ({
  entityName,
  fieldName,
  matchMethodType: 'EXACT_NORMALIZED',
})
const RULES = {
  label: 'People',
  configurationType: 'Individual',
  matchRules: [
    { label: 'Email', criteria: [of('ContactPointEmail', 'EmailAddress')] },
    { label: 'Phone', criteria: [of('ContactPointPhone', 'FormattedE164PhoneNumber')] },
  ],
}
/** As if there were no lists and no limits. */
const UNGUARDED = {
  ...RULES,
  surnamesMax: 100_000,
  blockMax: 100_000,
  placeholders: { email: { builtIn: false }, phone: { builtIn: false } },
}

const MAPPING = {
  stream: 'people',
  objects: [
    { object: 'Individual', fields: { Id: 'id', FirstName: 'first', LastName: 'last' } },
    { object: 'ContactPointEmail', fields: { EmailAddress: 'email' } },
    { object: 'ContactPointPhone', fields: { TelephoneNumber: 'phone' } },
  ],
}

async function worldOf(withTraps: boolean): Promise<World> {
  const { records, truth } = made(withTraps)
  const world = await World.of({
    'streams/people.yaml': {
      name: 'people',
      connector: { type: 'File', path: 'people.csv' },
      category: 'Profile',
      primaryKey: 'id',
      fields: { id: 'Text', first: 'Text', last: 'Text', email: 'Text', phone: 'Text' },
    },
    'mappings/people.yaml': MAPPING,
    'rulesets/people.yaml': RULES,
    'people.csv': records,
  })
  writeFileSync(join(world.folder, 'truth.csv'), truth)
  await world.run()
  return world
}

async function qualityOf(world: World): Promise<{ precision: number; recall: number }> {
  const { pairwise } = await evaluate(world.engine, { truthPath: join(world.folder, 'truth.csv') })
  return pairwise
}

test('PH3: placeholders of 0.2 % of the e-mails and 0.4 % of the phones cost less than a point of precision', async () => {
  await using plain = await worldOf(false)
  await using trapped = await worldOf(true)
  const without = await qualityOf(plain)
  const guarded = await qualityOf(trapped)
  trapped.change({ 'rulesets/people.yaml': UNGUARDED })
  await trapped.apply()
  const unguarded = await qualityOf(trapped)
  expect(without.precision).toBeGreaterThan(0.999)
  expect(guarded.precision).toBeGreaterThan(without.precision - 0.01)
  expect(guarded.recall).toBeGreaterThan(without.recall - 0.02)
  expect(unguarded.precision, 'without guards it would show').toBeLessThan(0.9)
})
