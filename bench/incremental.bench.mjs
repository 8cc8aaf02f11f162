// @ts-check
/**
 * One record into a million unified profiles: how long identity takes for it (`IdentityStage.resolve`: keys,
 * clusters, ids and links, in the engine's transaction), and its core alone; batches of a thousand. And, where
 * asked for, `verify` after many random operations.
 *
 *     npm run bench -- incremental [--quick] [--records 1670000] [--operations 100000]
 */
import { join } from 'node:path'
import { writeFiles } from './generator/generate.mjs'
import { runChild } from './harness/child.mjs'
import { readFlags } from './harness/flags.mjs'
import { makeProject } from './harness/made-project.mjs'
import { print, printTable, round, writeResults } from './harness/report.mjs'
import { inScratchFolder } from './harness/scratch-folder.mjs'

const GOALS = { identityP99Ms: 10, batchRecordsPerSecond: 1000, differences: 0 }

const flags = readFlags()
/** About 1.67 source records make a unified profile. */
const sizes = flags.records ?? (flags.quick ? [167_000] : [1_670_000])

/** @type {any[]} */
const runs = []
for (const records of sizes) runs.push(await inScratchFolder(folder => oneSize(folder, records)))
const random = flags.operations === undefined ? undefined : await inScratchFolder(randomOperations)
report()

/** @param {string} folder @param {number} records */
async function oneSize(folder, records) {
  const project = join(folder, 'project')
  makeProject(project, {})
  const { recordsPath } = writeFiles({ records, directory: join(folder, 'data') })
  return await runChild('incremental/one-size.mjs', [
    ...['--csv', recordsPath, '--project', project, '--records', String(records)],
    ...['--wait', String(flags.waitSeconds), '--singles', flags.quick ? '200' : '1000'],
  ])
}

/** @param {string} folder */
async function randomOperations(folder) {
  const project = join(folder, 'project')
  makeProject(project, {})
  return await runChild('incremental/random-operations.mjs', [
    ...['--project', project, '--operations', String(flags.operations)],
  ])
}

function report() {
  print('\nOne record into so many profiles, ms')
  printTable(
    runs.flatMap(run => [
      row(run, 'identity (keys, clusters, ids, links)', run.one.identity),
      row(run, 'its core (index and clusters)', run.core),
      row(run, 'journal to profile, whole', run.one.whole),
    ]),
  )
  print('\nBatches of a thousand records')
  printTable(
    runs.flatMap(run => [
      batchRow(run, 'identity', run.batches.identity),
      batchRow(run, 'journal to profile, whole', run.batches.whole),
    ]),
  )
  print(
    `Goals: identity p99 ≤ ${GOALS.identityP99Ms} ms, batches ≥ ${GOALS.batchRecordsPerSecond} records/s.`,
  )
  if (random) {
    const { operations, insert, update, delete: deleted, rekey, seconds, differences } = random
    print(
      `After ${operations} random operations (${insert} inserts, ${update} updates, ${deleted} deletes, ${rekey} new keys) ` +
        `in ${round(seconds, 0)} s: verify found ${differences} differences (goal ${GOALS.differences}); ` +
        `${random.rows} rows, ${random.rowsExpected} expected.`,
    )
  }
  writeResults('incremental', { goals: GOALS, runs, ...(random && { random }) })
}

/** @param {any} run @param {string} what @param {any} times */
function row(run, what, { count, p50Ms, p99Ms, maxMs }) {
  return {
    profiles: run.unifiedProfiles,
    what,
    measured: count,
    p50: p50Ms,
    p99: p99Ms,
    max: maxMs,
  }
}

/** @param {any} run @param {string} what @param {any} times */
function batchRow(run, what, { p50Ms, p99Ms, recordsPerSecond }) {
  return {
    profiles: run.unifiedProfiles,
    what,
    'p50 ms': p50Ms,
    'p99 ms': p99Ms,
    'records/s': recordsPerSecond,
  }
}
