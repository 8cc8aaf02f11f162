import { expect, test } from 'vitest'
import { must } from '../../packages/engine/src/kernel/assert.ts'
import { refreshProfiles } from '../../packages/engine/src/profiles/index.ts'
import { PEOPLE_PROJECT } from './people-project.ts'
import { World } from './world.ts'

const T = '2025-01-01T00:00:00Z'

test('profiles made slice by slice are those made at once', async () => {
  await using world = await World.of(PEOPLE_PROJECT)
  await world.post(
    'people',
    Array.from({ length: 23 }, (_none, at) => ({
      id: `p${at}`,
      first: ['Ann', 'Ben', 'Zoe'][at % 3],
      last: 'Ray',
      email: `${at % 7}@x.example`,
      phone: `020 7946 00${10 + (at % 5)}`,
      changed: T,
    })),
  )
  const { profiles } = must(world.engine.applied.rulesets[0], 'a project of people has a ruleset')
  const { writer } = world.engine.parts
  const people = await world.count('unified__i_')
  const statements: number[] = []
  for (const slicePids of [1, 4, 23, 24]) {
    const before = writer.statements
    const refreshed = await writer.transaction(
      async () => await refreshProfiles(writer, profiles, { scope: {}, slicePids }),
    )
    statements.push(writer.statements - before)
    expect(refreshed).toEqual({ touched: people, changed: 0 })
    expect(await world.ask('verify')).toMatchObject({ differences: 0 })
  }
  const [single = 0, some = 0, ...whole] = statements
  expect(single).toBeGreaterThan(some)
  expect(some).toBeGreaterThan(whole[0] ?? 0)
  expect(whole[0]).toBe(whole[1])
})
