// @ts-check
/**
 * How right `mainstem resolve` is without any configuration, on every labelled data set, beside Splink
 * run on the same files with its documented settings, and beside what Splink's documentation shows.
 *
 *     npm run bench -- quality [--data ../shared/data] [--sets febrl3,splink_fake1000] [--seed 1] [--no-splink]
 *
 * The rows are shuffled, and ids and columns that leak the truth are left out (quality/sets.mjs).
 */
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readFlags } from './harness/flags.mjs'
import { TRUTH } from './harness/labelled-file.mjs'
import { print, printTable, round, writeResults } from './harness/report.mjs'
import { inScratchFolder } from './harness/scratch-folder.mjs'
import { prepareSet } from './quality/prepare.mjs'
import { runMainstem } from './quality/run-mainstem.mjs'
import { LABELLED_SETS } from './quality/sets.mjs'
import { runSplink } from './splink/environment.mjs'

/** The threshold that Splink's documentation clusters at. */
const SPLINK_THRESHOLD = 0.95

const flags = readFlags()
const data = flags.data ?? fileURLToPath(new URL('../../shared/data', import.meta.url))
const seed = flags.seed ?? 1

if (existsSync(data)) {
  const wanted = LABELLED_SETS.filter(({ name }) => flags.sets?.includes(name) ?? true)
  const runs = await inScratchFolder(folder => runAll(wanted, folder))
  report(runs)
} else {
  print(
    `!! SKIPPED: there are no labelled data sets in ${data}; tell where they are by --data DIR.`,
  )
}

/** @param {readonly import('./quality/sets.mjs').LabelledSet[]} sets @param {string} folder */
async function runAll(sets, folder) {
  const runs = []
  for (const set of sets) {
    for (const variation of set.variations) {
      const run = await oneRun(set, variation, join(folder, set.name))
      runs.push(run)
      print(`${run.set}: ${JSON.stringify(run.mainstem?.evaluation?.pairwise ?? run.failed)}`)
    }
  }
  return runs
}

/**
 * @param {import('./quality/sets.mjs').LabelledSet} set
 * @param {import('./quality/sets.mjs').Variation} variation
 * @param {string} folder
 */
async function oneRun(set, variation, folder) {
  mkdirSync(folder, { recursive: true })
  const ignored = [...set.ignored, ...variation.ignored]
  const { files, parquet, records } = await prepareSet(set, { data, folder, seed, ignored })
  const mainstem = attempt(() => runMainstem({ files, truth: TRUTH, ignored }))
  const splink = flags.splink
    ? attempt(() => runSplink({ records: parquet, profile: set.profile }))
    : { failed: '' }
  return {
    set: variation.label === '' ? set.name : `${set.name}, ${variation.label}`,
    records,
    published: variation.published,
    goals: variation.goals,
    mainstem: mainstem.found,
    splink: splink.found,
    failed: [mainstem.failed, splink.failed].filter(Boolean).join('; '),
  }
}

/** What came out, or why nothing did: one set must not end the others. @param {() => any} work @returns {{ found?: any, failed?: string }} */
function attempt(work) {
  try {
    return { found: work() }
  } catch (error) {
    return { failed: error instanceof Error ? error.message : String(error) }
  }
}

/** @param {readonly any[]} runs */
function report(runs) {
  print('\nPairs implied by the final clusters; Mainstem as it is, without configuration')
  printTable(runs.map(clusterRow))
  print('\nBeside it: scored pairs (edges), other measures, time')
  printTable(runs.map(otherRow))
  print(
    `Splink clusters at ${SPLINK_THRESHOLD}; "best" is the best of ${splinkThresholds(runs)}. ` +
      'Published: F1 in the outputs of its own notebooks.',
  )
  for (const { set, failed } of runs) if (failed) print(`!! ${set}: ${failed}`)
  const missed = runs.flatMap(missedGoals)
  for (const text of missed) print(`!! goal missed: ${text}`)
  writeResults('quality', { seed, missed, runs })
}

/** @param {any} run */
function clusterRow(run) {
  const ours = run.mainstem?.evaluation
  const theirs = atThreshold(run.splink)
  return {
    set: run.set,
    records: run.records,
    P: figure(ours?.pairwise.precision),
    R: figure(ours?.pairwise.recall),
    F1: figure(ours?.pairwise.f1),
    goal: run.goals?.f1 ?? '',
    largest: run.mainstem?.largestCluster ?? '',
    'Splink P': figure(theirs?.pairwise.precision),
    'Splink R': figure(theirs?.pairwise.recall),
    'Splink F1': figure(theirs?.pairwise.f1),
    'Splink best': figure(best(run.splink, 'pairwise')),
    'Splink largest': theirs?.largestCluster ?? '',
    'Splink published': run.published ?? '',
  }
}

/** @param {any} run */
function otherRow(run) {
  const ours = run.mainstem?.evaluation
  const theirs = atThreshold(run.splink)
  return {
    set: run.set,
    'edge F1': figure(ours?.edge.f1),
    'Splink edge best': figure(best(run.splink, 'edge')),
    'B-cubed F1': figure(ours?.bcubed.f1),
    'Splink B-cubed': figure(theirs?.bcubed.f1),
    exact: figure(ours?.exactClusterRate),
    'Splink exact': figure(theirs?.exactClusterRate),
    blocking: figure(ours?.blockingRecall),
    'Splink blocking': figure(run.splink?.blocking.recall),
    seconds: run.mainstem ? round(run.mainstem.seconds, 1) : '',
    'Splink seconds': run.splink ? round(run.splink.seconds.all, 1) : '',
  }
}

/** @param {any} run @returns {string[]} */
function missedGoals({ set, goals, mainstem }) {
  const found = mainstem?.evaluation
  if (!goals) return []
  if (!found) return [`${set}: not run`]
  const { largestCluster: most, ...least } = goals
  const reached = { ...found.pairwise, exactClusterRate: found.exactClusterRate }
  const texts = Object.entries(least)
    .filter(([name, goal]) => !(reached[name] >= goal))
    .map(([name, goal]) => `${set}: ${name} ${figure(reached[name])}, wanted ≥ ${goal}`)
  if (most !== undefined && mainstem.largestCluster > most) {
    texts.push(`${set}: largest cluster ${mainstem.largestCluster}, wanted ≤ ${most}`)
  }
  return texts
}

/** @param {any} splink */
function atThreshold(splink) {
  return splink?.thresholds.find((/** @type {any} */ each) => each.threshold === SPLINK_THRESHOLD)
}

/** @param {any} splink @param {'edge' | 'pairwise'} measure */
function best(splink, measure) {
  if (!splink) return undefined
  return Math.max(...splink.thresholds.map((/** @type {any} */ each) => each[measure].f1))
}

/** @param {readonly any[]} runs */
function splinkThresholds(runs) {
  const one = runs.find(({ splink }) => splink)?.splink
  return one?.thresholds.map((/** @type {any} */ { threshold }) => threshold).join(', ') ?? 'none'
}

/** @param {number | undefined} value */
function figure(value) {
  return value === undefined ? '' : round(value, 4)
}
