import { rmSync } from 'node:fs'
import { afterAll, expect, test } from 'vitest'
import { LTV, PEOPLE_PROJECT } from './people-project.ts'
import { answerOf, mainstem, Served, until } from './served.ts'
import { newFolder, writeFiles } from './world.ts'

const folder = newFolder()
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** When the insight last ran. */
async function lastRun(): Promise<string> {
  const { insights } = await answerOf('status', '--project', folder)
  return String((insights as { lastRun: string }[])[0]?.lastRun)
}

test('SC1: a schedule that apply changes holds from then on, without a new start', async () => {
  writeFiles(folder, {
    ...PEOPLE_PROJECT,
    'insights/lifetime_value.yaml': { ...LTV, refresh: 'onDemand' },
  })
  await using _served = await Served.start(folder)
  await mainstem('run', '--stage', 'insights', '--project', folder)
  const first = await lastRun()
  writeFiles(folder, { 'insights/lifetime_value.yaml': { ...LTV, refresh: { every: '1s' } } })
  expect((await mainstem('apply', '--project', folder)).code).toBe(0)
  await until(async () => (await lastRun()) > first, 60_000)
  const second = await lastRun()
  await until(async () => (await lastRun()) > second, 60_000)
}, 180_000)
