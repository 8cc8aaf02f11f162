import fc from 'fast-check'
import { expect, test } from 'vitest'
import { happen, type Happening, histories, leftBy } from './history.ts'
import { PEOPLE_PROJECT } from './people-project.ts'
import { storedProfiles, storedRows } from './profiles-of-run.ts'
import { tell } from './rules-aloud.ts'
import { World } from './world.ts'

/** Histories of a run; more of them with MAINSTEM_HISTORIES. */
const RUNS = Number(process.env['MAINSTEM_HISTORIES'] ?? 7)

/** Every history has a number, and people of its own by it: so one store can hold them all. */
let run = 0
const HISTORY = histories(() => run)

test(
  'IF1: after any history profiles are those of a fresh store, and those that the rules tell',
  { timeout: RUNS * 20_000 },
  async () => {
    await using lived = await World.of(PEOPLE_PROJECT)
    await using fresh = await World.of(PEOPLE_PROJECT)
    const shapes = { merged: 0, removed: 0, several: 0 }
    await fc.assert(
      fc.asyncProperty(HISTORY, async history => {
        run++
        const left = leftBy(history)
        await happen(lived, history)
        for (const stream of ['orders', 'events', 'emails', 'people'] as const) {
          if (left[stream].length > 0) await fresh.accept(stream, left[stream])
        }
        await fresh.engine.catchUp()
        const told = tell(left)
        expect(await storedProfiles(lived, run)).toEqual(told)
        expect(await storedProfiles(fresh, run)).toEqual(told)
        expect(await storedRows(lived, run)).toEqual(await storedRows(fresh, run))
        note(
          shapes,
          history,
          told.map(profile => profile.members.length),
        )
      }),
      { numRuns: RUNS, endOnFailure: true },
    )
    for (const world of [lived, fresh]) {
      expect(world.faults).toEqual([])
      expect(await world.ask('verify')).toMatchObject({ differences: 0 })
    }
    expect(shapes.merged).toBeGreaterThan(2)
    expect(shapes.removed).toBeGreaterThan(2)
    expect(shapes.several).toBeGreaterThan(0)
  },
)

function note(
  shapes: { merged: number; removed: number; several: number },
  history: readonly Happening[],
  sizes: readonly number[],
): void {
  shapes.merged += sizes.filter(size => size > 1).length
  shapes.several += sizes.filter(size => size > 2).length
  shapes.removed += history.filter(({ step }) => 'remove' in step).length
}
