// @ts-check
/**
 * Speed against Splink: the same generated records, the same blocking rules, in turns. Total seconds, pairs,
 * pairs/s, F1 of both.
 *
 *     npm run bench -- splink [--quick] [--records 1000000] [--rounds 1] [--seed 1] [--memory 4GB]
 *
 * Mainstem runs `mainstem resolve --ruleset` with one scored rule; Splink runs as splink/profiles.py says.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readFlags } from './harness/flags.mjs'
import { TRUTH, writeLabelled } from './harness/labelled-file.mjs'
import { loadAverage, waitForQuiet } from './harness/quiet-host.mjs'
import { median, print, printTable, round, writeResults } from './harness/report.mjs'
import { inScratchFolder } from './harness/scratch-folder.mjs'
import { runMainstem } from './quality/run-mainstem.mjs'
import { runSplink } from './splink/environment.mjs'
import { RULE_TEXTS, scoredRuleset } from './splink/same-rules.mjs'

/** As where nothing else is said. */
const THRESHOLD = 0.8
const GOALS = { ratio: 10, pairsApart: 0.05 }
const IGNORED = ['source', 'updated_at', 'device_id']

const flags = readFlags()
const records = flags.records?.[0] ?? (flags.quick ? 100_000 : 1_000_000)
const rounds = flags.rounds ?? 1
const seed = flags.seed ?? 1

const runs = await inScratchFolder(async folder => {
  const { csv, parquet } = await writeLabelled({ folder, records, seed, withParquet: true })
  const ruleset = join(folder, 'rules.yaml')
  writeFileSync(ruleset, JSON.stringify(scoredRuleset(THRESHOLD), undefined, 1))
  const found = []
  for (let at = 0; at < rounds; at++) {
    await waitForQuiet({ secondsMax: flags.waitSeconds })
    const more = flags.memory === undefined ? [] : ['--memory', flags.memory]
    const ours = timed(() =>
      runMainstem({ files: [csv], truth: TRUTH, ignored: IGNORED, ruleset, more }),
    )
    await waitForQuiet({ secondsMax: flags.waitSeconds })
    const theirs = timed(() => runSplink({ records: parquet, profile: 'generated' }))
    sameRules(theirs.answer.blockingRules)
    found.push({ ours, theirs, load: loadAverage() })
  }
  return found
})
report()

/** How long the whole process took, its start included, and what it answered. @param {() => any} work */
function timed(work) {
  const started = performance.now()
  const answer = work()
  return { answer, processSeconds: (performance.now() - started) / 1000 }
}

/** @param {readonly string[]} theirs */
function sameRules(theirs) {
  if (theirs.join('\n') !== RULE_TEXTS.join('\n')) {
    throw new Error('splink/same-rules.mjs and GENERATED_RULES of splink/profiles.py differ')
  }
}

function report() {
  print(`\n${records} generated records, seed ${seed}, ${rounds} round(s) in turns`)
  printTable(runs.flatMap((run, at) => [ourRow(run, at), theirRow(run, at)]))
  const ratio = round(median(runs.map(speedRatio)))
  const [{ ours, theirs }] = /** @type {[any]} */ (runs)
  const apart = ours.answer.pairsProposed / theirs.answer.pairs - 1
  print(`Splink ÷ Mainstem, seconds: ${ratio} (goal ≥ ${GOALS.ratio}).`)
  print(
    `Pairs: ours ${round(apart * 100, 1)} % apart from theirs (goal: within ${GOALS.pairsApart * 100} %).`,
  )
  print(
    'Comparisons differ: Splink compares names by Jaro–Winkler with term frequencies, dates by distance, e-mail by its parts, ' +
      'phone by one edit, an address as one; Mainstem by its levels (docs/guide), nicknames among them. Splink counts the start ' +
      'of Python out, Mainstem that of Node. Seconds are without the evaluation of both. Pairs/s are of prediction for Splink, ' +
      'and for Mainstem of the whole of matching: estimating the model, keys, pairs and clusters. Pairs are those that blocking ' +
      'proposes; Mainstem does not score one whose records others made one already, and proposes none of a key that too many share.',
  )
  writeResults('splink', { goals: GOALS, records, seed, rounds, ratio, pairsApart: apart, runs })
}

/** @param {any} run @param {number} at */
function ourRow({ ours: { answer, processSeconds }, load }, at) {
  const { evaluation, pairs: scored, pairsProposed: pairs } = answer
  const { match } = answer.stages
  return {
    round: at + 1,
    engine: 'Mainstem',
    seconds: round(workSeconds(answer), 1),
    process: round(processSeconds, 1),
    pairs,
    scored,
    'pairs/s': Math.round(pairs / match),
    ...figures(evaluation.pairwise),
    'edge F1': round(evaluation.edge.f1, 4),
    blocking: round(evaluation.blockingRecall, 4),
    largest: answer.largestCluster,
    'RSS MB': Math.round(answer.peakRssBytes / 1e6),
    stages: stageText(answer.stages),
    load,
  }
}

/** From the file to clusters, as Splink's seconds: comparing them with the truth is left out. @param {any} answer */
function workSeconds({ seconds, stages }) {
  return seconds - stages.evaluate
}

/** @param {any} run @param {number} at */
function theirRow({ theirs: { answer, processSeconds }, load }, at) {
  const { all, ...stages } = answer.seconds
  const best = bestOf(answer)
  return {
    round: at + 1,
    engine: `Splink ${answer.versions.splink} at ${best.threshold}`,
    seconds: round(all, 1),
    process: round(processSeconds, 1),
    pairs: answer.pairs,
    scored: answer.pairs,
    'pairs/s': answer.pairsPerSecond,
    ...figures(best.pairwise),
    'edge F1': round(best.edge.f1, 4),
    blocking: round(answer.blocking.recall, 4),
    largest: best.largestCluster,
    'RSS MB': Math.round(answer.peakRssBytes / 1e6),
    stages: stageText(stages),
    load,
  }
}

/** Splink at the threshold that is best for it, told by the truth. @param {any} answer */
function bestOf(answer) {
  return answer.thresholds.reduce((/** @type {any} */ best, /** @type {any} */ each) =>
    each.pairwise.f1 > best.pairwise.f1 ? each : best,
  )
}

/** @param {any} run */
function speedRatio({ ours, theirs }) {
  return theirs.answer.seconds.all / workSeconds(ours.answer)
}

/** @param {{ precision: number, recall: number, f1: number }} rates */
function figures({ precision, recall, f1 }) {
  return { P: round(precision, 4), R: round(recall, 4), F1: round(f1, 4) }
}

/** @param {Record<string, number>} stages */
function stageText(stages) {
  return Object.entries(stages)
    .map(([name, seconds]) => `${name} ${round(seconds, 1)}`)
    .join(', ')
}
