import { mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { ActivationState } from '../activation-state.ts'
import { definition, sources, useActivation } from '../activation.contract.ts'
import { dropActivation } from '../audience-tables.ts'
import { planActivation } from '../plan-activation.ts'
import { publishActivation } from '../publish-activation.ts'
import { FileTarget } from './file-target.ts'

const at = useActivation()

const file = (format: 'CSV' | 'JSON' | 'Parquet' = 'CSV', path = 'out'): FileTarget =>
  new FileTarget({ name: 'files', projectFolder: at.project, path, format }, at.session)
const read = (state: ActivationState, name: string): Promise<string> =>
  readFile(join(at.project, state.location ?? '', name), 'utf8')

test('writes a folder that is whole: data, metadata, _SUCCESS', async () => {
  const state = await at.publish(file(), { dropWithoutContactPoint: false })
  expect(state.location).toMatch(/^out\/big\/mailing\/202405\d\dT101112Z$/)
  expect((await readdir(join(at.project, state.location ?? ''))).toSorted()).toEqual([
    '_SUCCESS',
    'data-000.csv',
    'metadata.json',
  ])
  expect(await read(state, 'data-000.csv')).toBe(
    [
      'Id,ContactPointEmailAddress,CustomerKey,FirstName,ltv.amount,Born,Seen,Vip,DeltaType',
      'U1,z2@x.test,K1,Zoë,1234.123456789012345678,1990-01-02,2024-01-01T00:30:00.000Z,true,added',
      "U2,c2@x.test,K2,'=cmd(),500,,,,added",
      'U3,,K3,"O""Neil, 日",,,,false,added',
      '',
    ].join('\n'),
  )
  expect(JSON.parse(await read(state, 'metadata.json'))).toMatchObject({
    segmentId: 'big',
    activationId: 'mailing',
    refreshType: 'INCREMENTAL',
    counts: { added: 3, updated: 0, deleted: 0 },
  })
  expect(await readdir(join(at.project, 'out/big/mailing'))).toHaveLength(1)
  expect(await at.violated()).toEqual([])
})

test('JSON lines are the records, and Parquet keeps types and every digit', async () => {
  const json = await read(await at.publish(file('JSON')), 'data-000.json')
  expect(
    json
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as unknown),
  ).toMatchObject([{ Id: 'U1', FirstName: 'Zoë', DeltaType: 'added' }, { Id: 'U2' }])
  expect(json).toContain('1234.123456789012345678')
  await dropActivation(at.session, 'mailing')
  const state = await at.publish(file('Parquet'), { refreshType: 'FULL_REFRESH' })
  const path = join(at.project, state.location ?? '', 'data-000.parquet')
  expect(
    await at.session.rows(
      `select "ltv.amount", "Born", "Seen" = TIMESTAMPTZ '2024-01-01T00:30:00Z', "Vip" from read_parquet('${path}') where "Id" = 'U1'`,
    ),
  ).toEqual([['1234.123456789012345678', '1990-01-02', true, true]])
  expect(
    (await at.session.describe(`select * from read_parquet('${path}')`)).map(column => column.name),
  ).not.toContain('DeltaType')
})

test('a full refresh writes everybody each time, and the empty one too', async () => {
  const full = { refreshType: 'FULL_REFRESH' } as const
  await at.publish(file(), full)
  expect(await at.publish(file(), full)).toMatchObject({
    messages: 2,
    ledger: { sent: 2, accepted: 2 },
  })
  await at.session.run('delete from segment_member')
  const empty = await at.publish(file(), full)
  expect(await read(empty, 'data-000.csv')).toMatch(/^Id,[^\n]*\n$/)
  expect(await at.session.rows('select count(*) from audience')).toEqual([[0n]])
  expect(await at.publish(file(), full)).toMatchObject({
    reason: expect.stringMatching(/^Nothing to publish/),
  })
  expect(await at.violated()).toEqual([])
})

test('two publishes at one moment are two folders', async () => {
  await at.publish(file())
  at.day--
  await at.session.run(`update ltv set amount = 1`)
  expect((await at.publish(file())).location).toMatch(/Z-2$/)
})

test('nothing is written outside the project: not by path, not by name, not by link', async () => {
  expect(() => file('CSV', '../elsewhere')).toThrow(/outside the project/)
  expect(() => file('CSV', join(tmpdir(), 'elsewhere'))).toThrow(/outside the project/)
  const outside = await mkdtemp(join(tmpdir(), 'outside-'))
  await symlink(outside, join(at.project, 'out'))
  expect(await at.publish(file())).toMatchObject({
    status: 'PARTNER_ERROR',
    reason: expect.stringMatching(/outside the project/),
  })
  await rm(join(at.project, 'out'))
  const state = await at.publish(file(), { name: '../../../up' })
  expect(state.location?.split('/').slice(0, 2)).toEqual(['out', 'big'])
  expect(state.status).toBe('SUCCESS')
  expect(await readdir(outside)).toEqual([])
  await rm(outside, { recursive: true })
})

test('phone numbers and numbers stay; what a spreadsheet would run does not', async () => {
  const names = ['+49301234', '-5', '@SUM(1)', '+cmd|x', '\t=1', '-2+3+cmd', 'a=b']
  await at.session.run('delete from profile')
  for (const [uid, name] of names.entries()) {
    await at.session.run(`insert into profile (uid, "Id", "FirstName") values ($1, $2, $3)`, [
      uid,
      `X${uid}`,
      name,
    ])
    await at.session.run(`insert into segment_member values ('big', $1, 'x')`, [uid])
  }
  await at.session.run('delete from segment_member where id <> $1', ['x'])
  const { contactPoint: _, ...rest } = definition({ attributes: ['FirstName'] })
  const plan = planActivation(rest, sources)
  const state = await publishActivation(
    at.session,
    { plan, target: file(), world: at.world },
    { asOf: new Date(0), position: 1n, version: 1, segmentOn: 'UnifiedIndividual' },
  )
  const cells = (await read(state, 'data-000.csv'))
    .split('\n')
    .slice(1, -1)
    .map(line => line.split(',')[1])
  expect(cells).toEqual(['+49301234', '-5', "'@SUM(1)", "'+cmd|x", "'\t=1", "'-2+3+cmd", 'a=b'])
})
