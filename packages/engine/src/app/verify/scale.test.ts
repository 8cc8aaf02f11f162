import { fileURLToPath } from 'node:url'
import { test } from 'vitest'
import { runStages } from '../engine/run-stages.ts'
import { openWorld } from './small-world.fixture.ts'
import { verifyLines, verifyStore } from './index.ts'
test('retailer', { timeout: 300_000 }, async () => {
  const world = await openWorld(fileURLToPath(new URL('../../../../../examples/retailer', import.meta.url)))
  const results = await runStages(world.engine, {})
  console.log(results.filter(r => r.status !== 'SUCCESS').map(r => [r.name, r.error]))
  const reading = world.engine.reading.bind(world.engine)
  const times: [number, string][] = []
  const wrap = (session: any) => new Proxy(session, { get(t, k) {
    const v = Reflect.get(t, k, t)
    if (k === 'run' || k === 'rows' || k === 'describe' || k === 'load') return async (...a: any[]) => { const s = performance.now(); try { return await v.apply(t, a) } finally { times.push([performance.now() - s, String(a[0])]) } }
    return typeof v === 'function' ? v.bind(t) : v
  } })
  ;(world.engine as any).reading = async (w: any) => reading(async s => w(wrap(s)))
  for (let i = 0; i < 2; i++) {
  times.length = 0
  const t = performance.now()
  const report = await verifyStore(world.engine)
  console.log((performance.now() - t) | 0, verifyLines(report).join('\n'))
  }
  console.log(times.toSorted((a, b) => b[0] - a[0]).slice(0, 25).map(([n, s]) => `${n.toFixed(1)} ${s.replace(/\s+/g, ' ').slice(0, 150)}`).join('\n'))
  await world.post('EngagementEvent', { event_id: 'x', customer_email: 'lead@example.com', event_type: 'chat', event_timestamp: '2026-01-01T00:00:00Z' })
  const report = await verifyStore(world.engine)
  console.log(verifyLines(report).filter(l => /cio|not comp|diff/.test(l)).join('\n'))
  await world.close()
})
