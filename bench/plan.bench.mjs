// @ts-check
/**
 * What `plan` of a stricter ruleset takes beside `apply`, and how long a live batch waits during
 * either: one changed record after the other is applied meanwhile.
 *
 *     npm run bench -- plan [--quick] [--records 1000000,5000000]
 */
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { writeFiles } from './generator/generate.mjs'
import {
  applyPlan,
  loadProject,
  openEngine,
  planProject,
  systemClock,
} from './harness/engine-parts.mjs'
import { fillStore } from './harness/filled-store.mjs'
import { readFlags } from './harness/flags.mjs'
import { changeRules, makeProject } from './harness/made-project.mjs'
import { loadAverage, waitForQuiet } from './harness/quiet-host.mjs'
import { percentile, print, printTable, round, writeResults } from './harness/report.mjs'
import { inScratchFolder } from './harness/scratch-folder.mjs'

const flags = readFlags()
const sizes = flags.records ?? (flags.quick ? [200_000] : [1_000_000])
/** Between two live batches. */
const PAUSE_MS = 50

/** @type {any[]} */
const runs = []
for (const records of sizes)
  runs.push(...(await inScratchFolder(folder => oneSize(folder, records))))
print('\nA ruleset without one of its three rules, and the live batches meanwhile')
printTable(runs)
writeResults('plan', { runs })

/** @param {string} folder @param {number} records */
async function oneSize(folder, records) {
  const root = join(folder, 'project')
  makeProject(root, {})
  const { recordsPath } = writeFiles({ records, directory: join(root, 'data') })
  await fillStore(root, recordsPath)
  const engine = await openEngine({ project: await loadProject(root), clock: systemClock })
  try {
    await engine.apply(await loadProject(root))
    await waitForQuiet({ secondsMax: flags.waitSeconds })
    const idle = await liveDuring(engine, async () => await sleep(5000))
    changeRules(root, rules => rules.slice(0, 2))
    const project = await loadProject(root)
    const plan = await liveDuring(engine, async () => await planProject(engine, project))
    const apply = await liveDuring(engine, async () => await applyPlan(engine, project))
    return [
      row(records, 'nothing else', idle),
      row(records, 'plan', plan),
      row(records, 'apply', apply),
    ]
  } finally {
    await engine.close()
  }
}

/** @param {number} records @param {string} during @param {any} measured */
function row(records, during, { seconds, waits, result }) {
  const effects = result?.effects
  return {
    records,
    during,
    seconds: round(seconds),
    'resolving s': effects ? round(effects.seconds) : '',
    merged: effects?.merged ?? '',
    split: effects?.split ?? '',
    'live p50 ms': round(percentile(waits, 50), 0),
    'live p99 ms': round(percentile(waits, 99), 0),
    'live max ms': round(Math.max(...waits), 0),
    'rss MB': round(process.memoryUsage().rss / 1e6, 0),
    load: loadAverage(),
  }
}

/** Does some work, and applies one changed record after the other until it is done. @param {any} engine @param {() => Promise<any>} work */
async function liveDuring(engine, work) {
  const state = { isOver: false }
  const started = performance.now()
  const working = work().finally(() => {
    state.isOver = true
  })
  /** @type {number[]} */
  const waits = []
  for (let at = 0; !state.isOver; at++) {
    const sent = performance.now()
    await engine.parts.append(entry(engine, at))
    await engine.catchUp()
    waits.push(performance.now() - sent)
    await sleep(PAUSE_MS)
  }
  const result = await working
  return { seconds: (performance.now() - started) / 1000, waits, result }
}

/** @param {any} engine @param {number} at */
function entry(engine, at) {
  const record = {
    record_id: `live${at % 50}`,
    first_name: `Live${at}`,
    last_name: 'Person',
    email: `live${at % 50}@example.com`,
    updated_at: new Date().toISOString(),
  }
  return {
    kind: 'rows',
    atMs: Date.now(),
    space: engine.parts.store.space,
    stream: 'people',
    meta: { origin: 'request' },
    body: new TextEncoder().encode(JSON.stringify({ data: [record] })),
  }
}
