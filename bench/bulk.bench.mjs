// @ts-check
/**
 * File → unified profiles: seconds a stage, peak memory, match + cluster against its floor, and how
 * it grows. `npm run bench -- bulk [--quick] [--sizes 1000000,5000000] [--rounds 5]`.
 *
 * Match + cluster: from the stored keys (`match_key`) to a label for each source profile: the index
 * is filled and partitioned. Its floor, in the same process and interleaved with it: the same keys
 * read, and one `group by key` with its count for each rule.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { crc32 } from 'node:zlib'
import { openEngine } from '../packages/engine/dist/app/engine/open-engine.js'
import { fillPhones } from '../packages/engine/dist/app/engine/phone-dictionary.js'
import { runStages } from '../packages/engine/dist/app/engine/run-stages.js'
import { loadProject } from '../packages/engine/dist/app/project/index.js'
import { TypedArrayMatchIndex } from '../packages/engine/dist/identity/core/adapters/typed-array-match-index.js'
import {
  fullPartition,
  loadSnapshot,
  ruleKeys,
  sourceProfilesSql,
  writeSnapshot,
} from '../packages/engine/dist/identity/index.js'
import { systemClock } from '../packages/engine/dist/kernel/clock.js'
import { contactSql, unifiedSql } from '../packages/engine/dist/profiles/index.js'
import { writeFiles } from './generator/generate.mjs'
import { makeProject } from './harness/made-project.mjs'

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    sizes: { type: 'string' },
    rounds: { type: 'string', default: '5' },
  },
})
const sizes = (values.sizes ?? (values.quick ? '100000,200000' : '1000000,5000000'))
  .split(',')
  .map(Number)
const rounds = values.quick ? 3 : Number(values.rounds)
const results = []
for (const records of sizes) results.push(await measure(records))
report(results)

/** @param {number} records */
async function measure(records) {
  const directory = mkdtempSync(join(tmpdir(), 'mainstem-bench-'))
  try {
    const { recordsPath } = writeFiles({ records, directory })
    makeProject(directory, { csv: recordsPath.slice(directory.length + 1) })
    const project = await loadProject(directory)
    const engine = await openEngine({ project, clock: systemClock })
    await engine.apply(project)
    const started = performance.now()
    const stages = await runStages(engine, { stage: 'streams' })
    const total = seconds(started)
    const failed = stages.find(stage => stage.status === 'ERROR')
    if (failed) throw new Error(failed.error)
    const peak = peakBytes()
    const parts = await partsOf(engine)
    const rebuild = await reopened(engine)
    return { records, total, peak, ...parts, ...rebuild, load: loadAverage() }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** The stages one by one, on what the run has stored; medians of interleaved rounds. */
async function partsOf(
  /** @type {import('../packages/engine/dist/app/engine/engine.js').Engine} */ engine,
) {
  const [ruleset] = engine.applied.rulesets
  if (!ruleset) throw new Error('the bench has one ruleset')
  const { stage, profiles, definition } = ruleset
  const { matchKey } = stage.tables
  return await engine.reading(async session => {
    /** @type {Record<string, number[]>} */
    const times = { normalise: [], match: [], floor: [], profile: [] }
    const time = async (/** @type {string} */ name, /** @type {() => Promise<void>} */ work) => {
      const started = performance.now()
      await work()
      times[name]?.push(seconds(started))
    }
    let unified = 0
    // Who is a source profile is told by the lake, not by the keys: read before, and not timed.
    /** @type {Int32Array[]} */
    const present = []
    for await (const { columns, rowCount } of session.batches(
      sourceProfilesSql(definition, undefined),
    )) {
      present.push(/** @type {any} */ (columns[0]).slice(0, rowCount))
    }
    for (let round = 0; round < rounds; round++) {
      if (round < 2) {
        await time('normalise', async () => {
          const keys = ruleKeys(definition, undefined).map(rule => rule.sql)
          await session.run(`create or replace temp table bench_key as ${keys.join(' union all ')}`)
        })
        await time('profile', async () => {
          for (const contact of profiles.contacts) {
            await session.run(
              `create or replace temp table bench_contact as ${contactSql(profiles, contact, {})}`,
            )
          }
          await session.run(
            `create or replace temp table bench_profile as ${unifiedSql(profiles, {})}`,
          )
        })
        for (const name of ['bench_key', 'bench_contact', 'bench_profile'])
          await session.run(`drop table if exists ${name}`)
      }
      await time('floor', async () => {
        let rows = 0
        for await (const batch of session.batches(`select rule, key, pid, value from ${matchKey}`))
          rows += batch.rowCount
        for (let rule = 0; rule < definition.matchRules.length; rule++) {
          await session.run(
            `create or replace temp table bench_floor as select key, count(*) as n from ${matchKey} where rule = ${rule} group by key`,
          )
        }
        await session.run('drop table bench_floor')
      })
      await time('match', async () => {
        const index = new TypedArrayMatchIndex()
        for await (const { columns, rowCount } of session.batches(
          `select rule, key, pid, value from ${matchKey}`,
        )) {
          const [rule, key, pid, value] = columns
          index.add(/** @type {any} */ ({ rule, key, pid, value, count: rowCount }))
        }
        for (const pids of present) index.setPresent(pids, true)
        unified = fullPartition(index, stage.resolveOptions).componentCount
      })
    }
    return { ...medians(times), unified }
  })
}

/** Phone numbers are normalised through a dictionary; then the index as snapshot and from its tables. */
async function reopened(
  /** @type {import('../packages/engine/dist/app/engine/engine.js').Engine} */ engine,
) {
  const phones = await phoneSeconds(engine)
  const [ruleset] = engine.applied.rulesets
  if (!ruleset) throw new Error('the bench has one ruleset')
  const written = performance.now()
  const bytes = Buffer.concat(
    writeSnapshot(ruleset.stage.index, { position: 1, rulesetHash: '', nextUid: 0 }, crc32),
  )
  const snapshotWrite = seconds(written)
  const read = performance.now()
  loadSnapshot(bytes, new TypedArrayMatchIndex(), crc32)
  const snapshotRead = seconds(read)
  const rebuilt = performance.now()
  await engine.reading(session => ruleset.stage.load(session))
  const rebuild = seconds(rebuilt)
  await engine.close()
  return { phones, snapshotBytes: bytes.length, snapshotWrite, snapshotRead, rebuild }
}

async function phoneSeconds(
  /** @type {import('../packages/engine/dist/app/engine/engine.js').Engine} */ engine,
) {
  const { writer } = engine.parts
  await writer.run('begin transaction')
  await writer.run('delete from phone_e164')
  const started = performance.now()
  await fillPhones(writer, engine.applied, { stream: 'people', from: 'dlo_people' })
  const taken = seconds(started)
  await writer.run('rollback')
  return taken
}

/** @param {Record<string, number>[]} all */
function report(all) {
  const print = (/** @type {string} */ line) => process.stdout.write(`${line}\n`)
  for (const one of all) {
    const rest =
      value(one['total']) -
      value(one['normalise']) -
      value(one['phones']) -
      value(one['match']) -
      value(one['profile'])
    print(
      `${value(one['records']).toLocaleString('en-US')} records → ${value(one['unified']).toLocaleString('en-US')} unified profiles in ${fixed(one['total'])} s (load average ${fixed(one['load'])})`,
    )
    print(
      `  load, ids, links, commit ${fixed(rest)} s · normalise ${fixed(one['normalise'])} s + phones ${fixed(one['phones'])} s · match + cluster ${fixed(one['match'])} s · profiles ${fixed(one['profile'])} s`,
    )
    print(
      `  match + cluster against its floor: ${fixed(one['match'])} / ${fixed(one['floor'])} s = ${fixed(value(one['match']) / value(one['floor']))}× (goal ≤ 2.5×)`,
    )
    print(`  peak memory ${(value(one['peak']) / 2 ** 30).toFixed(2)} GiB`)
    print(
      `  index: snapshot ${(value(one['snapshotBytes']) / 2 ** 20).toFixed(0)} MiB, written in ${fixed(one['snapshotWrite'])} s, read in ${fixed(one['snapshotRead'])} s; rebuilt from tables in ${fixed(one['rebuild'])} s`,
    )
  }
  const [small, large] = all
  if (!small || !large) return
  const exponent = (/** @type {string} */ name) =>
    Math.log(value(large[name]) / value(small[name])) /
    Math.log(value(large['records']) / value(small['records']))
  print(
    `growth exponent: total ${fixed(exponent('total'))}, normalise ${fixed(exponent('normalise'))}, match ${fixed(exponent('match'))}, profiles ${fixed(exponent('profile'))} (goal ≤ 1.1)`,
  )
}

/** @param {Record<string, number[]>} times */
function medians(times) {
  return Object.fromEntries(
    Object.entries(times).map(([name, list]) => [
      name,
      list.toSorted((one, other) => one - other)[list.length >> 1] ?? 0,
    ]),
  )
}

function peakBytes() {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? 0) * 1024
}

function loadAverage() {
  return Number(readFileSync('/proc/loadavg', 'utf8').split(' ')[0])
}

/** @param {number} started */
function seconds(started) {
  return (performance.now() - started) / 1000
}

/** @param {number | undefined} number */
function value(number) {
  return number ?? 0
}

/** @param {number | undefined} number */
function fixed(number) {
  return value(number).toFixed(2)
}
