import { expect, test } from 'vitest'
import { LISTED_PROJECT, LISTED_RULES } from './listed-project.ts'
import { World } from './world.ts'

/** Pairs of records that have one value in common, by what it is. */
const PAIRS: Readonly<Record<string, object>> = {
  mailbox: { email: 'ada.stone@x.example' },
  nobody: { email: 'No-Reply@x.example' },
  shared: { email: 'Info@acme.example' },
  sharedWithName: { email: 'info@family.example', last: 'Stone' },
  kiosk: { email: 'kiosk@shop.example' },
  till: { email: 'till@north.example' },
  domain: { email: 'somebody@void.example' },
  phone: { phone: '+44 20 7946 0001' },
  counted: { phone: '1234567890' },
  desk: { phone: '+44 20 7946 0002' },
  member: { member: 'M-77' },
  zeros: { member: '000000' },
  own: { member: 'WALK-IN' },
  born: { last: 'Wood', born: '1980-05-05' },
  noDay: { last: 'Wood', born: '1900-01-01' },
  noName: { last: 'Anonymous', born: '1980-05-06' },
  ownDay: { last: 'Wood', born: '1970-01-01' },
  ownName: { last: 'Walkin', born: '1980-05-07' },
}

/** Which pairs are one person. */
async function joined(world: World): Promise<readonly string[]> {
  const rows = await world.rows(
    `select split_part(i."Id", ' ', 1) from m_Individual i join link__i_ l on l.pid = i."_p_Id"
     group by 1 having count(*) = 2 and count(distinct l.uid) = 1 order by 1`,
  )
  return rows.map(([name]) => String(name))
}

const ALWAYS = ['born', 'mailbox', 'member', 'phone', 'sharedWithName']
const EVERY_KIND = ['email', 'sharedMailbox', 'phone', 'name', 'date', 'number']

test('PH1: a value of a list makes no key, each list can be switched off, and values put on it', async () => {
  await using world = await World.of(LISTED_PROJECT)
  const records = Object.entries(PAIRS).flatMap(([name, value], at) =>
    ['1', '2'].map(one => ({
      id: `${name} ${one}`,
      first: `F${at}${one}`,
      last: `L${at}${one}`,
      email: '',
      phone: '',
      member: '',
      born: '',
      ...value,
    })),
  )
  await world.post('people', records)
  const notListed = ['desk', 'domain', 'kiosk', 'own', 'ownDay', 'ownName', 'till']
  expect(await joined(world)).toEqual([...ALWAYS, ...notListed].sort())

  const apply = async (placeholders: object): Promise<readonly string[]> => {
    world.change({ 'rulesets/people.yaml': { ...LISTED_RULES, placeholders } })
    await world.apply()
    expect(await world.ask('verify')).toMatchObject({ differences: 0 })
    return await joined(world)
  }
  const own = await apply({
    email: { values: ['Kiosk@shop.example', 'till@', '@void.example'] },
    phone: { values: ['+44 20 7946 0002'] },
    number: { values: ['walk-in'] },
    date: { values: ['1970-01-01'] },
    name: { values: ['walkin'] },
  })
  expect(own).toEqual(ALWAYS)
  const off = await apply(Object.fromEntries(EVERY_KIND.map(kind => [kind, { builtIn: false }])))
  expect(off).toEqual(Object.keys(PAIRS).sort())
  const mine = await apply({ sharedMailbox: { builtIn: false, values: ['kiosk'] } })
  expect(mine).toEqual([...ALWAYS, ...notListed, 'shared'].filter(one => one !== 'kiosk').sort())
})

test('PH2: listed values that nothing can equal are refused, all at once', async () => {
  await using world = await World.of(LISTED_PROJECT)
  const placeholders = {
    email: { values: ['nobody', 'box@'] },
    sharedMailbox: { values: ['info@'] },
    phone: { values: ['0207'] },
    date: { values: ['1.1.1900'] },
  }
  world.change({ 'rulesets/people.yaml': { ...LISTED_RULES, placeholders } })
  await expect(world.apply()).rejects.toThrow('"nobody", "info@", "0207", "1.1.1900"')
})
