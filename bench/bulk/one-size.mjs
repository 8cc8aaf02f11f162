// @ts-check
/** One size of the bulk benchmark, in a process of its own: its peak of memory is this run's. */
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { loadProject, openEngine, runStages, systemClock } from '../harness/engine-parts.mjs'
import { makeProject } from '../harness/made-project.mjs'
import { loadAverage, waitForQuiet } from '../harness/quiet-host.mjs'
import { round } from '../harness/report.mjs'
import { StatementTrace } from '../harness/statement-trace.mjs'
import { measureIndexRestart } from './index-restart.mjs'
import { measureMatchFloor } from './match-floor.mjs'
import { STAGES } from './stages.mjs'

const { values } = parseArgs({
  options: {
    csv: { type: 'string', default: '' },
    folder: { type: 'string', default: '' },
    rounds: { type: 'string', default: '5' },
    wait: { type: 'string', default: '0' },
    memory: { type: 'string' },
    slowest: { type: 'string', default: '0' },
    rules: { type: 'string', default: 'all' },
  },
})

process.send?.(await measure(), () => process.disconnect())

async function measure() {
  const { csv, folder, memory } = values
  const rounds = Number(values.rounds)
  makeProject(folder, { csv, exactOnly: values.rules === 'exact' })
  const engine = await openEngine({
    project: await loadProject(folder),
    clock: systemClock,
    ...(memory === undefined ? {} : { memoryMax: memory }),
    onUnexpected: (/** @type {unknown} */ error) => process.stderr.write(`${String(error)}\n`),
  })
  await engine.apply(await loadProject(folder))
  const before = await waitForQuiet({ secondsMax: Number(values.wait) })
  const bulk = await load(engine)
  const found = {
    ...bulk,
    load: { before, after: loadAverage() },
    match: await measureMatchFloor(engine, rounds),
    index: await measureIndexRestart(engine, { folder: join(folder, 'snapshot'), rounds }),
    ...(await counted(engine)),
  }
  await engine.close()
  const database = join(folder, '.mainstem', 'lake.duckdb')
  return { ...found, databaseBytes: existsSync(database) ? statSync(database).size : 0 }
}

/** From the file to unified profiles. @param {any} engine */
async function load(engine) {
  const trace = new StatementTrace()
  trace.watchEngine(engine)
  const started = performance.now()
  const cpuBefore = process.cpuUsage()
  const [stream] = await runStages(engine, { stage: 'streams' })
  const seconds = (performance.now() - started) / 1000
  trace.end()
  const { user, system } = process.cpuUsage(cpuBefore)
  if (stream?.status !== 'SUCCESS') throw new Error(`the load failed: ${stream?.error}`)
  if (Number(values.slowest) > 0) {
    process.stderr.write(`${trace.slowest(Number(values.slowest)).join('\n')}\n`)
  }
  return {
    rows: stream.rowsOut,
    problems: stream.problems,
    seconds,
    cpuSeconds: round((user + system) / 1e6, 1),
    stages: trace.secondsBy(STAGES),
    peakRssMb: Math.round(process.resourceUsage().maxRSS / 1024),
  }
}

/** @param {any} engine */
async function counted(engine) {
  const [{ stage }] = engine.applied.rulesets
  return await engine.reading(async (/** @type {any} */ session) => {
    const [row] = await session.rows(
      `select count(*), count(distinct uid) from ${stage.tables.link}`,
    )
    return { sourceProfiles: Number(row[0]), unifiedProfiles: Number(row[1]) }
  })
}
