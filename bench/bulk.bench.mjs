// @ts-check
/**
 * A file of generated source records to unified profiles, at several sizes: seconds a stage, peak
 * memory, growth, matching against its floor, and the identity index over a restart.
 *
 *     npm run bench -- bulk [--quick] [--records 1000000,5000000] [--rounds 5] [--memory 4GB]
 */
import { join } from 'node:path'
import { LOAD_GOALS, reportLoads } from './bulk/report-loads.mjs'
import { writeFiles } from './generator/generate.mjs'
import { runChild } from './harness/child.mjs'
import { readFlags } from './harness/flags.mjs'
import { writeResults } from './harness/report.mjs'
import { inScratchFolder } from './harness/scratch-folder.mjs'

const SEED = 1

const flags = readFlags()
const sizes = flags.records ?? (flags.quick ? [100_000, 200_000] : [1_000_000, 5_000_000])
const rounds = flags.rounds ?? 5

/** @type {any[]} */
const runs = []
for (const records of sizes) {
  runs.push({ records, ...(await inScratchFolder(folder => oneSize(folder, records))) })
}
writeResults('bulk', { seed: SEED, rounds, goals: LOAD_GOALS, exponents: reportLoads(runs), runs })

/** @param {string} folder @param {number} records */
async function oneSize(folder, records) {
  const project = join(folder, 'project')
  writeFiles({ records, seed: SEED, directory: join(project, 'data') })
  return await runChild('bulk/one-size.mjs', [
    ...['--csv', 'data/records.csv', '--folder', project, '--rounds', String(rounds)],
    ...['--wait', String(flags.waitSeconds)],
    ...(flags.memory === undefined ? [] : ['--memory', flags.memory]),
  ])
}
