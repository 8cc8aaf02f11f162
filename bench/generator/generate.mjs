// @ts-check
/** Source records of made people, in any number, with the truth beside them. */
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { at, cellsFrom, draw, mix } from './draw.mjs'
import { peopleFrom } from './person.mjs'
import { recordCountOf, recordsFrom } from './record.mjs'
import { loadTables } from './tables.mjs'

/**
 * @typedef {{ records: number, seed?: number, preset?: keyof typeof import('./rates.mjs').PRESETS }} Options
 */

export const RECORD_COLUMNS =
  'record_id,source,first_name,last_name,email,phone,street,city,postcode,birth_date,updated_at'
export const TRUTH_COLUMNS = 'record_id,entity_id,errors'

/** People whose records are shuffled together, so that a person's records do not lie side by side. */
const SHUFFLED_PEOPLE = 8192
/** No person has more records; a record's number is its person's × 16 + its own. */
const RECORDS_MAX = 16
const PLACES_MAX = SHUFFLED_PEOPLE * RECORDS_MAX
const CHUNK_CHARS = 1 << 15
const COUNT_FIELD = 60

/**
 * The first `records` records of the endless sequence of a seed: a smaller number gives a prefix of a larger.
 *
 * @param {Options} options
 * @returns {Generator<import('./record.mjs').SourceRecord>}
 */
export function* generate({ records, seed = 1, preset = 'normal' }) {
  const tables = loadTables()
  const cells = cellsFrom(seed)
  const personOf = peopleFrom(seed, tables)
  const recordOf = recordsFrom({ seed, preset, tables })
  let made = 0
  for (let first = 0; made < records; first += SHUFFLED_PEOPLE) {
    const people = Array.from({ length: SHUFFLED_PEOPLE }, (_, index) => personOf(first + index))
    for (const place of shuffled(first, { cells, salt: mix(seed) })) {
      if (made === records) return
      made += 1
      const entity = Math.floor(place / RECORDS_MAX)
      yield recordOf(at(people, entity - first), entity, place % RECORDS_MAX)
    }
  }
}

/**
 * Writes `records.csv` and `truth.csv` into a folder.
 *
 * @param {Options & { directory: string }} options
 * @returns {{ recordsPath: string, truthPath: string, records: number, entities: number }}
 */
export function writeFiles({ directory, ...options }) {
  mkdirSync(directory, { recursive: true })
  const recordsPath = join(directory, 'records.csv')
  const truthPath = join(directory, 'truth.csv')
  const recordsFile = lineWriter(recordsPath, RECORD_COLUMNS)
  const truthFile = lineWriter(truthPath, TRUTH_COLUMNS)
  let last = -1
  let written = 0
  for (const row of generate(options)) {
    recordsFile.write(csvOf(row))
    truthFile.write(`${row.recordId},${row.entity},${row.errors.join(' ')}`)
    last = Math.max(last, row.entity)
    written += 1
  }
  recordsFile.close()
  truthFile.close()
  return { recordsPath, truthPath, records: written, entities: last + 1 }
}

/** No value holds a comma, a quote or a line break, so none is quoted. */
function csvOf(/** @type {import('./record.mjs').SourceRecord} */ row) {
  return (
    `${row.recordId},${row.source},${row.firstName},${row.lastName},${row.email},${row.phone},` +
    `${row.street},${row.city},${row.postcode},${row.birthDate},${row.updatedAt}`
  )
}

/**
 * The records of the people from `first`, each as entity × 16 + record, in an order that hashes decide.
 *
 * @param {number} first
 * @param {{ cells: import('./draw.mjs').Cells, salt: number }} chances
 */
function shuffled(first, { cells, salt }) {
  /** @type {number[]} */
  const places = []
  for (let entity = first; entity < first + SHUFFLED_PEOPLE; entity++) {
    const count = recordCountOf(draw(cells(entity, 0), COUNT_FIELD))
    for (let record = 0; record < count; record++) places.push(entity * RECORDS_MAX + record)
  }
  // One number holds the hash and, below it, which place it is of: numbers sort far faster than pairs.
  const orders = Float64Array.from(places, (place, index) => mix(place ^ salt) * PLACES_MAX + index)
  return Array.from(orders.sort(), order => at(places, order % PLACES_MAX))
}

/**
 * Appends lines of ASCII to a file, in chunks: short ones, because flattening long strings costs more.
 *
 * @param {string} path
 * @param {string} header
 */
function lineWriter(path, header) {
  const file = openSync(path, 'w')
  let waiting = `${header}\n`
  const flush = () => {
    writeSync(file, waiting, null, 'latin1')
    waiting = ''
  }
  return {
    write(/** @type {string} */ line) {
      waiting += line
      waiting += '\n'
      if (waiting.length > CHUNK_CHARS) flush()
    },
    close() {
      flush()
      closeSync(file)
    },
  }
}
