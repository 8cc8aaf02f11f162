// @ts-check
import { print, printTable, round } from '../harness/report.mjs'
import { STAGE_NAMES } from './stages.mjs'

/** Matching ÷ its floor, and the exponent of growth. */
export const LOAD_GOALS = { match: 2.5, growth: 1.1 }

/**
 * Prints what loads of several sizes took; answers the exponents of growth.
 * @param {readonly any[]} runs
 */
export function reportLoads(runs) {
  const spent = (/** @type {any} */ run, /** @type {string} */ stage) =>
    run.stages[stage] ?? { seconds: 0, cpuSeconds: 0 }
  const exponents = growth(runs)
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
    `Growth is the exponent from ${label(runs[0])} to ${label(runs.at(-1))}; goal ≤ ${LOAD_GOALS.growth}.`,
  )
  print('\nMemory, people, matching from stored keys to labels, and the index over a restart')
  printTable(runs.map(facts))
  print(`Goal of match ÷ floor ≤ ${LOAD_GOALS.match}. ${runs[0].match.what}.`)
  return exponents
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

/** The exponents of growth, by stage; a stage of next to no time has none. @param {readonly any[]} runs */
function growth(runs) {
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

/** @param {{ records: number }} run */
export function label(run) {
  return run.records >= 1e6 ? `${run.records / 1e6} M` : `${run.records / 1e3} k`
}
