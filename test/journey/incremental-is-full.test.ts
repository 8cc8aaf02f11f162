import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type HistoryShapes, shapesOf } from './history-shapes.ts'
import { happen, histories, leftBy } from './history.ts'
import { PEOPLE_PROJECT } from './people-project.ts'
import { storedProfiles, storedRows } from './profiles-of-run.ts'
import { tell } from './rules-aloud.ts'
import { World } from './world.ts'

/** Histories of a run; more of them with MAINSTEM_HISTORIES, others with MAINSTEM_SEED. */
const RUNS = Number(process.env['MAINSTEM_HISTORIES'] ?? 7)
/** So few histories seldom have all in them that can happen: these do, several times each. */
const SEED = Number(process.env['MAINSTEM_SEED'] ?? 255)

/** Every history has a number, and people of its own by it: so one store can hold them all. */
let run = 0
const HISTORY = histories(() => run)

test(
  `IF1: after any history profiles are those of a fresh store, and those that the rules tell (seed ${SEED})`,
  { timeout: RUNS * 20_000 },
  async () => {
    await using lived = await World.of(PEOPLE_PROJECT)
    await using fresh = await World.of(PEOPLE_PROJECT)
    const shapes: HistoryShapes[] = []
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
        shapes.push(shapesOf(history))
      }),
      { seed: SEED, numRuns: RUNS, endOnFailure: true },
    )
    for (const world of [lived, fresh]) {
      expect(world.faults).toEqual([])
      expect(await world.ask('verify')).toMatchObject({ differences: 0 })
    }
    for (const shape of ['joined', 'parted', 'removed', 'stale', 'several', 'whole'] as const)
      expect(sumOf(shapes, shape), shape).toBeGreaterThan(2)
  },
)

function sumOf(shapes: readonly HistoryShapes[], shape: keyof HistoryShapes): number {
  return shapes.reduce((sum, its) => sum + its[shape], 0)
}
