// @ts-check
/**
 * How long after its 202 a change of a profile shows in queryv2 over UnifiedIndividual, while
 * changes come at a steady rate. One query after the other asks for all that was not yet seen (a
 * poll, without `?after=`); the time is from the 202 to the first answer that shows the value.
 *
 *     npm run bench -- visible [--quick] [--records 200000,2000000] [--seconds 60]
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { writeFiles } from './generator/generate.mjs'
import { startChild } from './harness/child.mjs'
import { fillStore } from './harness/filled-store.mjs'
import { readFlags } from './harness/flags.mjs'
import { closeConnections, post, query } from './harness/http.mjs'
import { makeProject } from './harness/made-project.mjs'
import { loadAverage, waitForQuiet } from './harness/quiet-host.mjs'
import { percentile, print, printTable, round, writeResults } from './harness/report.mjs'
import { inScratchFolder } from './harness/scratch-folder.mjs'

const EVENTS_A_SECOND = 100
/** Between two queries. */
const POLL_MS = 15
/** What did not show by then was changed again by another record of the same person. */
const GIVEN_UP_MS = 60_000
const GOAL_P99_MS = 500
/** Of the file's records so many are changed, over and over. */
const CHANGED_MAX = 20_000

const flags = readFlags()
/** About 1.67 source records make a unified profile: 100 k and 1 M profiles. */
const sizes = flags.records ?? (flags.quick ? [100_000] : [167_000, 1_670_000])
const seconds = flags.seconds ?? (flags.quick ? 15 : 60)

/** @type {any[]} */
const runs = []
for (const records of sizes) runs.push(await inScratchFolder(folder => oneSize(folder, records)))
closeConnections()
print(
  `\nFrom 202 to visible in queryv2 over UnifiedIndividual, ${EVENTS_A_SECOND} events/s for ${seconds} s, polled`,
)
printTable(runs)
print(`Goal: p99 ≤ ${GOAL_P99_MS} ms with 100 k profiles.`)
writeResults('visible', { goalP99Ms: GOAL_P99_MS, eventsASecond: EVENTS_A_SECOND, seconds, runs })

/** @param {string} folder @param {number} records */
async function oneSize(folder, records) {
  const project = join(folder, 'project')
  makeProject(project, {})
  const { recordsPath, truthPath } = writeFiles({ records, directory: join(project, 'data') })
  const { unified } = await fillStore(project, recordsPath)
  const people = onePerPerson(firstRows(recordsPath), firstRows(truthPath))
  const server = await startChild('harness/serve.mjs', ['--project', project])
  try {
    const before = await waitForQuiet({ secondsMax: flags.waitSeconds })
    await stream(server.ready.url, { people, forSeconds: 5, label: 'Warm' })
    const { times, lateMs, refused, unseen } = await stream(server.ready.url, {
      people,
      forSeconds: seconds,
      label: 'Seen',
    })
    return {
      profiles: unified,
      seen: times.length,
      'p50 ms': round(percentile(times, 50), 0),
      'p90 ms': round(percentile(times, 90), 0),
      'p99 ms': round(percentile(times, 99), 0),
      'max ms': round(Math.max(...times), 0),
      refused,
      unseen,
      'latest send ms': round(lateMs, 0),
      load: `${before} → ${loadAverage()}`,
    }
  } finally {
    await server.stop()
  }
}

/**
 * Sends changes at their times, and looks for them.
 * @param {string} url @param {{ people: Record<string, string>[], forSeconds: number, label: string }} how
 */
async function stream(url, { people, forSeconds, label }) {
  const found = { times: /** @type {number[]} */ ([]), lateMs: 0, refused: 0, unseen: 0 }
  /** @type {Map<string, number>} what was acknowledged and when, until it shows */
  const pending = new Map()
  const sending = { isOver: false }
  const looking = look(url, { pending, found, sending })
  const started = performance.now()
  const open = []
  for (let at = 0; at < forSeconds * EVENTS_A_SECOND; at++) {
    const wait = started + (at * 1000) / EVENTS_A_SECOND - performance.now()
    if (wait > 0) await sleep(wait)
    else found.lateMs = Math.max(found.lateMs, -wait)
    open.push(oneChange(url, { at, people, label, found, pending }))
  }
  await Promise.all(open)
  sending.isOver = true
  await looking
  return found
}

/** @param {string} url @param {any} change */
async function oneChange(url, { at, people, label, found, pending }) {
  const person = people[(at * 7919) % people.length]
  const name = `${label}${at}`
  const record = { ...person, first_name: name, updated_at: new Date(Date.now()).toISOString() }
  const answer = await post(`${url}/api/v1/ingest/people`, { data: [record] })
  if (answer.status === 202) pending.set(name, answer.atMs)
  else found.refused += 1
}

/** Asks for what is pending until nothing is. @param {string} url @param {any} state */
async function look(url, { pending, found, sending }) {
  while (!sending.isOver || pending.size > 0) {
    await sleep(POLL_MS)
    if (pending.size === 0) continue
    const names = Array.from(pending.keys(), name => `'${name}'`).join(', ')
    const sql = `SELECT "FirstName" FROM UnifiedIndividual WHERE "FirstName" IN (${names})`
    const { rows, atMs } = await query(url, sql)
    for (const [name] of rows) {
      found.times.push(atMs - pending.get(name))
      pending.delete(name)
    }
    for (const [name, sinceMs] of pending) {
      if (atMs - sinceMs < GIVEN_UP_MS) break
      found.unseen += 1
      pending.delete(name)
    }
  }
}

/** The first rows of a file, as far as they are plain. @param {string} path @returns {Record<string, string>[]} */
function firstRows(path) {
  const [head = '', ...lines] = readFileSync(path, 'latin1').split('\n', CHANGED_MAX + 1)
  const names = head.split(',')
  return lines
    .map(line => line.split(','))
    .filter(cells => cells.length === names.length && !cells.some(cell => cell.includes('"')))
    .map(cells => Object.fromEntries(names.map((name, at) => [name, cells[at] ?? ''])))
}

/**
 * One record of each person, as they are posted: without blanks.
 * @param {Record<string, string>[]} records @param {Record<string, string>[]} truth
 */
function onePerPerson(records, truth) {
  const personOf = new Map(truth.map(row => [row['record_id'], row['entity_id']]))
  const seen = new Set()
  return records
    .filter(record => {
      const person = personOf.get(record['record_id'])
      if (person === undefined || seen.has(person)) return false
      seen.add(person)
      return true
    })
    .map(record => Object.fromEntries(Object.entries(record).filter(([, value]) => value !== '')))
}
