// @ts-check
/**
 * Identity resolution at size. Exact rules: a file to unified profiles stage by stage (load, phone numbers and
 * keys, matching, profiles), matching from stored keys to labels against its floor, peak memory. Scored, without
 * any configuration: `mainstem resolve` over the same records. Both with their growth; and recall by kind of error.
 *
 *     npm run bench -- resolve [--quick] [--records 1000000,10000000] [--only exact|scored|errors] [--rounds 3] [--memory 4GB]
 */
import { join } from 'node:path'
import { label, LOAD_GOALS, reportLoads } from './bulk/report-loads.mjs'
import { writeFiles } from './generator/generate.mjs'
import { runChild } from './harness/child.mjs'
import { readFlags } from './harness/flags.mjs'
import { TRUTH, writeLabelled } from './harness/labelled-file.mjs'
import { loadAverage, waitForQuiet } from './harness/quiet-host.mjs'
import { recallByError } from './harness/recall-by-error.mjs'
import { print, printTable, round, writeResults } from './harness/report.mjs'
import { inScratchFolder } from './harness/scratch-folder.mjs'
import { runMainstem } from './quality/run-mainstem.mjs'

const SEED = 1
const GOALS = { ...LOAD_GOALS, exactPeakRssGb: 4, scoredPeakRssGb: 8 }
/** What is no attribute of a person. */
const IGNORED = ['record_id', 'source', 'updated_at']

const flags = readFlags()
const sizes = flags.records ?? (flags.quick ? [50_000, 100_000] : [1_000_000, 10_000_000])
const rounds = flags.rounds ?? 3
/** Recall by error needs no more to be told. */
const errorRecords = Math.min(sizes[0] ?? 0, 200_000)

const isWanted = (/** @type {string} */ part) => (flags.only ?? part) === part
const exact = isWanted('exact') ? await each(exactRun) : []
const exponents = exact.length > 0 ? reportLoads(exact) : {}
const scored = isWanted('scored') ? await each(scoredRun) : []
if (scored.length > 0) reportScored()
const errors = isWanted('errors') ? await inScratchFolder(errorRun) : []
if (errors.length > 0) {
  print(
    `\nRecall of true pairs by what is wrong in one of them or both, ${label({ records: errorRecords })}`,
  )
  printTable(errors.map(({ recall, ...rest }) => ({ ...rest, recall: round(recall, 4) })))
}
print(
  `Goals of peak memory: exact ≤ ${GOALS.exactPeakRssGb} GB, scored ≤ ${GOALS.scoredPeakRssGb} GB.`,
)
writeResults('resolve', { seed: SEED, rounds, goals: GOALS, exponents, exact, scored, errors })

/** @param {(folder: string, records: number) => Promise<any>} run @returns {Promise<any[]>} */
async function each(run) {
  const runs = []
  for (const records of sizes) {
    runs.push({ records, ...(await inScratchFolder(folder => run(folder, records))) })
  }
  return runs
}

/** @param {string} folder @param {number} records */
async function exactRun(folder, records) {
  const project = join(folder, 'project')
  writeFiles({ records, seed: SEED, directory: join(project, 'data') })
  return await runChild('bulk/one-size.mjs', [
    ...['--csv', 'data/records.csv', '--folder', project, '--rounds', String(rounds)],
    ...['--wait', String(flags.waitSeconds), '--rules', 'exact'],
    ...(flags.memory === undefined ? [] : ['--memory', flags.memory]),
  ])
}

/** @param {string} folder @param {number} records */
async function scoredRun(folder, records) {
  const { csv } = await writeLabelled({ folder, records, seed: SEED })
  const before = await waitForQuiet({ secondsMax: flags.waitSeconds })
  const more = flags.memory === undefined ? [] : ['--memory', flags.memory]
  const answer = runMainstem({ files: [csv], truth: TRUTH, ignored: IGNORED, more })
  return {
    ...answer,
    contestedKeys: answer.contestedKeys.length,
    load: `${before} → ${loadAverage()}`,
  }
}

/** @param {string} folder */
async function errorRun(folder) {
  const { csv, truthPath } = await writeLabelled({ folder, records: errorRecords, seed: SEED })
  const resolved = join(folder, 'resolved.csv')
  // The id is not looked at, but stays in what is written.
  runMainstem({ files: [csv], truth: TRUTH, ignored: IGNORED, more: ['--out', resolved] })
  return await recallByError({ resolved, truth: truthPath })
}

function reportScored() {
  print('\nScored, without configuration: a file to clusters')
  printTable(
    scored.map(run => ({
      records: label(run),
      seconds: round(run.seconds, 1),
      'peak RSS MB': Math.round(run.peakRssBytes / 1e6),
      entities: run.entities,
      largest: run.largestCluster,
      P: round(run.evaluation.pairwise.precision, 4),
      R: round(run.evaluation.pairwise.recall, 4),
      F1: round(run.evaluation.pairwise.f1, 4),
      blocking: round(run.evaluation.blockingRecall, 4),
      contested: run.contestedKeys,
      stages: Object.entries(run.stages ?? {})
        .map(([name, seconds]) => `${name} ${round(Number(seconds), 1)}`)
        .join(', '),
      load: run.load,
    })),
  )
  const [first, last] = [scored[0], scored.at(-1)]
  if (scored.length < 2) return
  const growth = Math.log(last.seconds / first.seconds) / Math.log(last.records / first.records)
  print(
    `Growth: exponent ${round(growth)} from ${label(first)} to ${label(last)}; goal ≤ ${GOALS.growth}.`,
  )
}
