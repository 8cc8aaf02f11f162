import { rmSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ANN, PEOPLE_PROJECT } from './people-project.ts'
import { answerOf, mainstem, Served, until } from './served.ts'
import { newFolder, writeFiles } from './world.ts'

const folder = newFolder()
const project = ['--project', folder] as const
const told = ['--author', 'Ada Steward', '--reason', 'two sisters'] as const

beforeAll(() => writeFiles(folder, PEOPLE_PROJECT))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function apart(): Promise<boolean> {
  const [one, two] = [
    await answerOf('profile', 'people/1', ...project),
    await answerOf('profile', 'people/2', ...project),
  ]
  return one['unifiedId'] !== two['unifiedId']
}

test('DS1: a decision that a server has answered is there after kill -9, and so is what follows', async () => {
  {
    await using served = await Served.start(folder)
    await served.post('/api/v1/ingest/people', {
      data: [
        { ...ANN, id: '1' },
        { ...ANN, id: '2' },
      ],
    })
    await until(async () => (await mainstem('profile', 'people/2', ...project)).code === 0)
    expect(await apart()).toBe(false)
    const undone = await answerOf('undo', 'people/1', 'people/2', ...told, ...project)
    expect(undone).toMatchObject({ decision: { number: 1, verdict: 'never' }, recorded: 1 })
    process.kill(served.enginePid(), 'SIGKILL')
    await until(apart, 60_000)
    const again = await mainstem('undo', 'people/1', 'people/2', ...told, ...project)
    expect([again.code, again.stderr]).toEqual([
      2,
      expect.stringContaining('no merge to undo. "mainstem decide A B --never"'),
    ])
    served.kill()
  }
  expect(await apart()).toBe(true)
  const list = await mainstem('decisions', 'list', ...project)
  expect(list.stdout).toContain('people/1  never  people/2  by Ada Steward')
  expect(await answerOf('run', '--stage', 'identity', ...project)).toMatchObject({
    status: 'SUCCESS',
  })
  expect(await apart()).toBe(true)
  expect(await answerOf('verify', ...project)).toMatchObject({ differences: 0, notCompared: [] })
  const refused = await mainstem(
    'decide',
    'people/1',
    'people/2',
    '--together',
    ...project,
    '--json',
  )
  expect(refused.stdout).not.toContain('fixOverHttp')
  expect([refused.code, refused.stdout]).toEqual([
    2,
    expect.stringContaining('"fix": "Add --author NAME."'),
  ])
}, 480_000)
