// @ts-check
/** One size of the incremental benchmark, in a process of its own. */
import { parseArgs } from 'node:util'
import { refreshStream, resolveIncremental } from '../harness/engine-parts.mjs'
import { loadAverage, waitForQuiet } from '../harness/quiet-host.mjs'
import { percentile, round } from '../harness/report.mjs'
import { changesFrom } from './changes.mjs'
import { applyRecords, openMade } from './open.mjs'

/** Of the first changes statements are prepared and code is compiled. */
const WARM = 50
const BATCH = 1000
const CORE_RECORDS = 20_000

const { values } = parseArgs({
  options: {
    csv: { type: 'string', default: '' },
    project: { type: 'string', default: '' },
    records: { type: 'string', default: '0' },
    singles: { type: 'string', default: '1000' },
    batches: { type: 'string', default: '10' },
    wait: { type: 'string', default: '0' },
  },
})

process.send?.(await measure(), () => process.disconnect())

async function measure() {
  const records = Number(values.records)
  const singles = Number(values.singles)
  const engine = await openMade(values.project)
  await refreshStream(engine, 'people', { paths: [values.csv] })
  await engine.catchUp()
  const stage = stageOf(engine)
  const identityMs = watchResolve(stage)
  const before = await waitForQuiet({ secondsMax: Number(values.wait) })
  const changes = changesFrom({ records, count: WARM + singles })
  for (const change of changes.slice(0, WARM)) await applyRecords(engine, [change])
  identityMs.length = 0
  const wholeMs = []
  for (const change of changes.slice(WARM)) {
    wholeMs.push(await timedMs(() => applyRecords(engine, [change])))
  }
  const found = {
    profiles: stage.index.presentCount,
    unifiedProfiles: await unified(engine, stage),
    one: { identity: spread(identityMs), whole: spread(wholeMs) },
    core: spread(await coreMs(engine, stage)),
    batches: await batches(engine, { records, first: WARM + singles, identityMs }),
    load: { before, after: loadAverage() },
    rssMb: Math.round(process.memoryUsage().rss / 1e6),
  }
  await engine.close()
  return found
}

/** @param {any} engine */
function stageOf(engine) {
  const [{ stage }] = engine.applied.rulesets
  return stage
}

/** Times `IdentityStage.resolve`, which the engine calls in its transaction: keys, clusters, ids, links; no lake, no profile. @param {any} stage */
function watchResolve(stage) {
  /** @type {number[]} */
  const times = []
  const resolve = stage.resolve.bind(stage)
  stage.resolve = async (/** @type {any[]} */ ...given) => {
    const started = performance.now()
    try {
      return await resolve(...given)
    } finally {
      times.push(performance.now() - started)
    }
  }
  return times
}

/** Batches of a thousand records, one after the other. @param {any} engine @param {any} how */
async function batches(engine, { records, first, identityMs }) {
  identityMs.length = 0
  const wholeMs = []
  for (let at = 0; at < Number(values.batches); at++) {
    const changes = changesFrom({ records, count: BATCH, first: first + at * BATCH })
    wholeMs.push(await timedMs(() => applyRecords(engine, changes)))
  }
  const perSecond = (/** @type {readonly number[]} */ times) =>
    Math.round((times.length * BATCH * 1000) / times.reduce((sum, ms) => sum + ms, 0))
  return {
    records: BATCH,
    whole: { ...spread(wholeMs), recordsPerSecond: perSecond(wholeMs) },
    identity: { ...spread(identityMs), recordsPerSecond: perSecond(identityMs) },
  }
}

/**
 * The index alone: a record with its keys put in its own place again, and all clusters that this can
 * change. @param {any} engine @param {any} stage
 */
async function coreMs(engine, stage) {
  const end = stage.index.pidEnd
  const pids = Array.from({ length: CORE_RECORDS }, (_, at) => (at * 104_729) % end)
  const stored = await engine.reading(
    async (/** @type {any} */ session) =>
      await session.rows(
        `select pid, rule, key::varchar, value from ${stage.tables.matchKey} where pid in (${pids.join(',')})`,
      ),
  )
  const rowsOf = grouped(stored)
  const times = []
  for (const pid of pids) {
    if (!stage.index.isPresent(pid)) continue
    const change = {
      pids: Int32Array.of(pid),
      present: Uint8Array.of(1),
      rows: batchOf(rowsOf.get(pid) ?? []),
    }
    const started = performance.now()
    const result = resolveIncremental(stage.index, change, stage.resolveOptions)
    times.push(performance.now() - started)
    result.undo()
  }
  return times
}

/** @param {readonly any[]} rows */
function grouped(rows) {
  /** @type {Map<number, any[]>} */
  const groups = new Map()
  for (const row of rows) {
    const pid = Number(row[0])
    const group = groups.get(pid)
    if (group) group.push(row)
    else groups.set(pid, [row])
  }
  return groups
}

/** @param {readonly any[]} rows */
function batchOf(rows) {
  return {
    rule: Uint8Array.from(rows, ([, rule]) => Number(rule)),
    key: BigUint64Array.from(rows, ([, , key]) => BigInt(key)),
    pid: Int32Array.from(rows, ([pid]) => Number(pid)),
    value: Int32Array.from(rows, ([, , , value]) => Number(value ?? -1)),
    count: rows.length,
  }
}

/** @param {any} engine @param {any} stage */
async function unified(engine, stage) {
  return await engine.reading(async (/** @type {any} */ session) => {
    const [row] = await session.rows(`select count(distinct uid) from ${stage.tables.link}`)
    return Number(row[0])
  })
}

/** @param {readonly number[]} times */
function spread(times) {
  return {
    count: times.length,
    p50Ms: round(percentile(times, 50), 3),
    p99Ms: round(percentile(times, 99), 3),
    maxMs: round(percentile(times, 100), 3),
  }
}

/** @param {() => Promise<unknown>} work */
async function timedMs(work) {
  const started = performance.now()
  await work()
  return performance.now() - started
}
