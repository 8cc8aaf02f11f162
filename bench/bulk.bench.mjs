// @ts-check
/**
 * A file of generated source records to unified profiles, at several sizes: seconds a stage, peak
 * memory, growth, matching against its floor, and the identity index over a restart.
 *
 *     npm run bench -- bulk [--quick] [--records 1000000,5000000] [--rounds 5] [--memory 4GB]
 */
import { join } from 'node:path'
import { STAGE_NAMES } from './bulk/stages.mjs'
import { writeFiles } from './generator/generate.mjs'
import { runChild } from './harness/child.mjs'
import { readFlags } from './harness/flags.mjs'
import { print, printTable, round, writeResults } from './harness/report.mjs'
import { inScratchFolder } from './harness/scratch-folder.mjs'

const SEED = 1
const GOALS = { match: 2.5, growth: 1.1 }

const flags = readFlags()
const sizes = flags.records ?? (flags.quick ? [100_000, 200_000] : [1_000_000, 5_000_000])
const rounds = flags.rounds ?? 5

/** @type {any[]} */
const runs = []
for (const records of sizes) {
  runs.push({ records, ...(await inScratchFolder(folder => oneSize(folder, records))) })
}
report()

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

function report() {
  const spent = (/** @type {any} */ run, /** @type {string} */ stage) =>
    run.stages[stage] ?? { seconds: 0, cpuSeconds: 0 }
  const exponents = growth()
  print('\nFile to unified profiles, seconds a stage')
  printTable([
    ...STAGE_NAMES.map(stage => ({
      stage,
      ...Object.fromEntries(runs.map(run => [label(run), round(spent(run, stage).seconds)])),
      ...Object.fromEntries(
        runs.map(run => [`${label(run)} CPU`, round(spent(run, stage).cpuSeconds)]),
      ),
      growth: exponents[stage],
    })),
    {
      stage: 'all',
      ...Object.fromEntries(runs.map(run => [label(run), round(run.seconds)])),
      ...Object.fromEntries(runs.map(run => [`${label(run)} CPU`, run.cpuSeconds])),
      growth: exponents['all'],
    },
  ])
  print(
    `Growth is the exponent from ${label(runs[0])} to ${label(runs.at(-1))}; goal ≤ ${GOALS.growth}.`,
  )
  print('\nMemory, people, matching from stored keys to labels, and the index over a restart')
  printTable(runs.map(facts))
  print(`Goal of match ÷ floor ≤ ${GOALS.match}. ${runs[0].match.what}.`)
  writeResults('bulk', { seed: SEED, rounds, goals: GOALS, exponents, runs })
}

/** @param {any} run */
function facts(run) {
  return {
    records: label(run),
    'load average': `${run.load.before} → ${run.load.after}`,
    'peak RSS MB': run.peakRssMb,
    'unified profiles': run.unifiedProfiles,
    'match s': run.match.matchSeconds,
    'floor s': run.match.floorSeconds,
    ratio: run.match.ratio,
    'snapshot MB': round(run.index.snapshotBytes / 1e6, 1),
    'write s': run.index.writeSeconds,
    'load s': run.index.loadSeconds,
    'rebuild s': run.index.rebuildSeconds,
  }
}

/** The exponents of growth, by stage; a stage of next to no time has none. */
function growth() {
  const [first, last] = [runs[0], runs.at(-1)]
  if (runs.length < 2) return {}
  const exponent = (/** @type {number} */ one, /** @type {number} */ other) =>
    one < 0.05 ? undefined : round(Math.log(other / one) / Math.log(last.records / first.records))
  /** @type {Record<string, number | undefined>} */
  const exponents = { all: exponent(first.seconds, last.seconds) }
  for (const stage of STAGE_NAMES) {
    exponents[stage] = exponent(first.stages[stage]?.seconds ?? 0, last.stages[stage]?.seconds ?? 0)
  }
  return exponents
}

/** @param {any} run */
function label(run) {
  return run.records >= 1e6 ? `${run.records / 1e6} M` : `${run.records / 1e3} k`
}
