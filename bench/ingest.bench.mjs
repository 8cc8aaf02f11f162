// @ts-check
/**
 * Durable events a second, one a request, at 64 connections through the real server with its engine
 * at work, and whether the engine is through with them within ten seconds after; against the same
 * edge in front of nothing. In turns.
 *
 *     npm run bench -- ingest [--quick] [--rounds 5] [--seconds 10]
 */
import { join } from 'node:path'
import { writeFiles } from './generator/generate.mjs'
import { runChild, startChild } from './harness/child.mjs'
import { fillStore } from './harness/filled-store.mjs'
import { readFlags } from './harness/flags.mjs'
import { closeConnections, query } from './harness/http.mjs'
import { makeEventProject } from './harness/made-project.mjs'
import { loadAverage, waitForQuiet } from './harness/quiet-host.mjs'
import { median, percentile, print, printTable, round, writeResults } from './harness/report.mjs'
import { inScratchFolder } from './harness/scratch-folder.mjs'

const CONNECTIONS = 64
const GOALS = { ratio: 0.5, drainSeconds: 10 }

const flags = readFlags()
const rounds = flags.rounds ?? (flags.quick ? 3 : 5)
const seconds = flags.seconds ?? (flags.quick ? 3 : 10)
const people = flags.records?.[0] ?? 20_000

await inScratchFolder(async folder => {
  const project = join(folder, 'project')
  makeEventProject(project)
  const { recordsPath } = writeFiles({ records: people, directory: join(project, 'data') })
  await fillStore(project, recordsPath)
  const durable = await startChild('harness/serve.mjs', ['--project', project])
  const bare = await startChild('harness/serve.mjs', ['--project', project, '--journal', 'null'])
  try {
    await measure(durable.ready.url, bare.ready.url)
  } finally {
    closeConnections()
    await durable.stop()
    await bare.stop()
  }
})

/** @param {string} durable @param {string} bare */
async function measure(durable, bare) {
  const load = await waitForQuiet({ secondsMax: flags.waitSeconds })
  await client(durable, 'warm', 1)
  await client(bare, 'warm', 1)
  const runs = []
  for (let at = 0; at < rounds; at++) {
    const none = await client(bare, `n${at}`, seconds)
    const kept = await client(durable, `d${at}`, seconds)
    const ended = performance.now()
    // Answers once everything up to the last event is applied.
    const drained = await drain(durable, kept.position)
    runs.push({
      none: none.accepted / none.seconds,
      kept: kept.accepted / kept.seconds,
      p50: percentile(kept.latenciesMs, 50),
      p99: percentile(kept.latenciesMs, 99),
      drainSeconds: (performance.now() - ended) / 1000,
      drained,
      refused: kept.others + none.others,
      load: loadAverage(),
    })
  }
  report(runs, load)
}

/** @param {string} url @param {string} label @param {number} forSeconds */
async function client(url, label, forSeconds) {
  return await runChild('ingest/load-client.mjs', [
    ...['--url', url, '--connections', String(CONNECTIONS), '--seconds', String(forSeconds)],
    ...['--label', label, '--people', String(people)],
  ])
}

/** Whether a position is applied at last; the server waits half a minute at a time. @param {string} url @param {string} position */
async function drain(url, position) {
  for (let tries = 0; tries < 10; tries++) {
    try {
      await query(url, 'SELECT COUNT(*) AS n FROM EngagementEvent', position)
      return true
    } catch {
      // Not yet.
    }
  }
  return false
}

/** @param {any[]} runs @param {number} load */
function report(runs, load) {
  print(`\nSingle events over ${CONNECTIONS} connections, ${seconds} s a turn, requests/s`)
  printTable(
    runs.map((run, at) => ({
      round: at + 1,
      'no journal': Math.round(run.none),
      durable: Math.round(run.kept),
      ratio: round(run.kept / run.none),
      'p50 ms': round(run.p50, 1),
      'p99 ms': round(run.p99, 1),
      'drained after s': run.drained ? round(run.drainSeconds, 1) : 'never',
      load: run.load,
    })),
  )
  const found = {
    noJournal: Math.round(median(runs.map(run => run.none))),
    durable: Math.round(median(runs.map(run => run.kept))),
    ratio: round(median(runs.map(run => run.kept / run.none))),
    p99Ms: round(median(runs.map(run => run.p99)), 1),
    drainSeconds: round(median(runs.map(run => run.drainSeconds)), 1),
    refused: runs.reduce((sum, run) => sum + run.refused, 0),
  }
  print(
    `Median: ${found.durable} durable of ${found.noJournal} = ${found.ratio} (goal ≥ ${GOALS.ratio}), ` +
      `drained ${found.drainSeconds} s after (goal ≤ ${GOALS.drainSeconds}), refused ${found.refused}.`,
  )
  writeResults('ingest', {
    goals: GOALS,
    connections: CONNECTIONS,
    seconds,
    people,
    load,
    found,
    runs,
  })
}
