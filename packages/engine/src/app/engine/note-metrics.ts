import type { Engine } from './engine.ts'
import { countsDue, writeMetrics } from './metrics-history.ts'

/**
 * Writes down the metrics of rulesets whose profiles changed since they were last counted. Live
 * batches come many a second: they share the row of an hour. Counting holds nobody up.
 */
export async function noteMetrics(engine: Engine): Promise<number> {
  let noted = 0
  for (const ruleset of engine.applied.rulesets) {
    const started = performance.now()
    const due = await engine.reading(session => countsDue(session, ruleset))
    if (!due) continue
    const now = new Date(engine.clock.nowMs())
    await engine.exclusive(async () => {
      await writeMetrics(engine.parts.writer, {
        ruleset,
        cause: 'live',
        seconds: (performance.now() - started) / 1000,
        position: due.position,
        startedAt: now,
        asOf: now,
        ended: { counts: due.counts },
      })
    })
    noted++
  }
  return noted
}
