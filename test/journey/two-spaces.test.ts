import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { PEOPLE_PROJECT } from './people-project.ts'
import { newFolder, World, type ProjectFiles } from './world.ts'

const T = '2025-01-01T00:00:00Z'

/** Two projects, each with a data space of its own, over one store. */
function projects(): readonly [ProjectFiles, ProjectFiles] {
  const store = newFolder()
  onTestFinished(() => rmSync(store, { recursive: true, force: true }))
  const of = (dataSpace: string): ProjectFiles => ({
    ...PEOPLE_PROJECT,
    'mainstem.yaml': {
      name: dataSpace,
      dataSpace,
      region: 'GB',
      storage: { path: join(store, 'both') },
    },
  })
  return [of('north'), of('south')]
}
const person = (name: string): Record<string, string> => ({
  id: '1',
  first: name,
  last: '',
  email: 'same@x.example',
  phone: '',
  changed: T,
})

test('TS1: two data spaces in one store share no row, no position and no answer', async () => {
  const [north, south] = projects()
  const folders = [newFolder(), newFolder()] as const
  onTestFinished(() => folders.forEach(folder => rmSync(folder, { recursive: true, force: true })))
  const first = await World.of(north, folders[0])
  await first.post('people', [person('Nora')])
  await first.post('orders', [{ id: 'o', person: '1', amount: '10.00', at: T }])
  await first.run()
  const northPosition = (await first.ask('status'))['position']
  await first.close()

  const second = await World.of(south, folders[1])
  for (const object of ['dlo_people', 'unified__i_', 'party', 'problem', 'run', 'file_taken']) {
    expect([object, await second.count(object)]).toEqual([object, 0])
  }
  await expect(second.ask('profile', { key: 'same@x.example' })).rejects.toMatchObject({
    code: 'PROFILE_NOT_FOUND',
  })
  await second.post('people', [person('Sven')])
  await second.run()
  expect(await second.ask('profile', { key: 'same@x.example' })).toMatchObject({
    fields: { FirstName: { value: 'Sven' } },
    insights: {},
  })
  expect(
    await second.ask('query', { sql: 'SELECT ssot__FirstName__c FROM ssot__Individual__dlm' }),
  ).toMatchObject({ rows: [['Sven']] })
  for (const other of [
    'space_north.dlo_people',
    'space_north_q.ssot__Individual__dlm',
    'north.ssot__Individual__dlm',
  ]) {
    await expect(second.ask('query', { sql: `SELECT * FROM ${other}` })).rejects.toMatchObject({
      code: expect.stringMatching(/^(SQL_|OBJECT_)/),
    })
  }
  expect(await second.ask('verify')).toMatchObject({ differences: 0 })
  await second.close()

  await first.open()
  expect(await first.count('dlo_people')).toBe(1)
  expect(await first.ask('profile', { key: 'same@x.example' })).toMatchObject({
    fields: { FirstName: { value: 'Nora' } },
  })
  expect(Number((await first.ask('status'))['position'])).toBeGreaterThanOrEqual(
    Number(northPosition),
  )
  expect(await first.ask('verify')).toMatchObject({ differences: 0 })
  await first.close()
})

test('TS2: what one space accepted is still applied there, after the other has gone by it', async () => {
  const [north, south] = projects()
  const folders = [newFolder(), newFolder()] as const
  onTestFinished(() => folders.forEach(folder => rmSync(folder, { recursive: true, force: true })))
  const first = await World.of(north, folders[0])
  await first.post('people', [person('Nora')])
  await first.accept('people', [{ ...person('Later'), id: '2' }])
  await first.close()
  const second = await World.of(south, folders[1])
  await second.post('people', [person('Sven')])
  expect(await second.count('dlo_people')).toBe(1)
  await second.close()
  await first.open()
  expect(await first.rows('select first from dlo_people order by id')).toEqual([
    ['Nora'],
    ['Later'],
  ])
  await first.close()
})
