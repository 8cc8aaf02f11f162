// @ts-check
/**
 * The benchmark generator as a command, and how fast it is: without `--out` it writes into a folder that
 * goes again.
 *
 *     npm run bench -- generate [--records 1000000] [--out DIR] [--seed 1] [--preset normal] [--format csv]
 *         [--first 0] [--traps usual] [--days 0] [--inserts N]
 */
import { parseArgs } from 'node:util'
import { writeDays } from './generator/days.mjs'
import { writeFiles } from './generator/generate.mjs'
import { PRESETS, TRAPS, USUAL_TRAPS } from './generator/rates.mjs'
import { toParquet } from './generator/to-parquet.mjs'
import { print, round } from './harness/report.mjs'
import { inScratchFolder } from './harness/scratch-folder.mjs'

const GOAL_RECORDS_A_SECOND = 150_000

const { values } = parseArgs({
  options: {
    records: { type: 'string', default: '1000000' },
    first: { type: 'string', default: '0' },
    out: { type: 'string' },
    seed: { type: 'string', default: '1' },
    preset: { type: 'string', default: 'normal' },
    format: { type: 'string', default: 'csv' },
    /** `usual`, `all`, `none`, or names. */
    traps: { type: 'string', default: 'usual' },
    days: { type: 'string', default: '0' },
    inserts: { type: 'string' },
  },
  // Flags of the other benchmarks, when all are run.
  strict: false,
})

try {
  await (values.out === undefined ? inScratchFolder(make) : make(String(values.out)))
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 2
}

/** @param {string} directory */
async function make(directory) {
  const options = {
    records: wholeNumber('records', 1),
    seed: wholeNumber('seed', 0),
    preset: presetOf(String(values.preset)),
    traps: trapsOf(String(values.traps)),
  }
  const format = oneOf('format', ['csv', 'parquet'])
  const days = wholeNumber('days', 0)
  const first = wholeNumber('first', 0)
  if (days > 0 && first > 0) throw new Error('--days go with all records: leave --first out')
  const started = performance.now()
  const files = writeFiles({ ...options, first, directory })
  const seconds = (performance.now() - started) / 1000
  const inserts = values.inserts === undefined ? {} : { inserts: wholeNumber('inserts', 0) }
  const changes = writeDays({ ...options, ...inserts, days, directory })
  const written = format === 'parquet' ? await toParquet(files) : files
  const recordsPerSecond = Math.round(options.records / seconds)
  print(JSON.stringify({ ...written, changes, seconds: round(seconds), recordsPerSecond }))
  print(`${recordsPerSecond} records/s on one thread; goal ≥ ${GOAL_RECORDS_A_SECOND}.`)
}

/** @param {'records' | 'first' | 'seed' | 'days' | 'inserts'} name @param {number} least */
function wholeNumber(name, least) {
  const number = Number(values[name])
  if (Number.isSafeInteger(number) && number >= least) return number
  throw new Error(`--${name} ${values[name]}: a whole number from ${least} on`)
}

/** @param {'format'} name @param {readonly string[]} known */
function oneOf(name, known) {
  const value = String(values[name])
  if (known.includes(value)) return value
  throw new Error(`--${name} ${value}: one of ${known.join(', ')}`)
}

/** @param {string} name */
function presetOf(name) {
  const known = /** @type {(keyof typeof PRESETS)[]} */ (Object.keys(PRESETS))
  const preset = known.find(each => each === name)
  if (preset) return preset
  throw new Error(`--preset ${name}: one of ${known.join(', ')}`)
}

/** @param {string} text */
function trapsOf(text) {
  if (text === 'usual') return USUAL_TRAPS
  if (text === 'all') return TRAPS
  if (text === 'none') return []
  return text.split(',').map(name => {
    const trap = TRAPS.find(known => known === name)
    if (trap) return trap
    throw new Error(`--traps ${name}: usual, all, none, or some of ${TRAPS.join(', ')}`)
  })
}
