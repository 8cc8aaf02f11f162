import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { runStages } from '../engine/run-stages.ts'
import { livedInWorld, openWorld } from './small-world.fixture.ts'
import { verifyLines, verifyStore } from './index.ts'

const TWO_SOURCES = fileURLToPath(new URL('../../../../../examples/two-sources', import.meta.url))

test('x', async () => {
  const world = await openWorld(TWO_SOURCES)
  await runStages(world.engine, {})
  const t = performance.now()
  const report = await verifyStore(world.engine)
  console.log(performance.now() - t)
  console.log(verifyLines(report).join('\n'))
  expect(report.differences).toBe(0)
  await world.close()
})
test('y', async () => {
  const world = await livedInWorld()
  for (let i = 0; i < 3; i++) {
  const t = performance.now()
  const report = await verifyStore(world.engine)
  console.log(performance.now() - t)
  if (i == 0) console.log(verifyLines(report).join('\n'))
  expect(report.differences).toBe(0)}
  await world.close()
})
