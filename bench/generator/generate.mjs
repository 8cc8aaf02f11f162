// @ts-check
/** Source records of made people, in any number, with the truth beside them. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { lineWriter } from './line-writer.mjs'
import { TEST_ACCOUNT } from './person.mjs'
import { USUAL_TRAPS } from './rates.mjs'
import { recordsFrom } from './record.mjs'
import { GROUP_PEOPLE, RECORDS_MAX, sequenceFrom } from './sequence.mjs'
import { loadTables } from './tables.mjs'

/**
 * Which records: `records` of them from number `first` on.
 *
 * @typedef {{
 *   records: number, first?: number, seed?: number, preset?: keyof typeof import('./rates.mjs').PRESETS,
 *   traps?: readonly import('./rates.mjs').Trap[]
 * }} Options
 */

export const RECORD_COLUMNS =
  'record_id,source,first_name,last_name,email,phone,street,city,postcode,birth_date,updated_at,device_id'
export const TRUTH_COLUMNS = 'record_id,entity_id,errors'

/**
 * A range of the endless sequence of a seed: a smaller number gives a prefix of a larger.
 *
 * @param {Options} options
 * @returns {Generator<import('./record.mjs').SourceRecord>}
 */
export function* generate({
  records,
  first = 0,
  seed = 1,
  preset = 'normal',
  traps = USUAL_TRAPS,
}) {
  const { personOf, recordOf } = recordsFrom({ seed, preset, traps, tables: loadTables() })
  const tester = personOf(TEST_ACCOUNT.number)
  for (const { group, places } of sequenceFrom({ seed, traps })({ first, records })) {
    const from = group * GROUP_PEOPLE
    // Of known length: places come in no order, and an array that grows so would become a slow one.
    const people = /** @type {(import('./person.mjs').Person | undefined)[]} */ (
      Array.from({ length: GROUP_PEOPLE })
    )
    for (const place of places) {
      const entity = Math.floor(place / RECORDS_MAX)
      const person =
        entity >= TEST_ACCOUNT.number ? tester : (people[entity - from] ??= personOf(entity))
      yield recordOf(person, entity, place % RECORDS_MAX)
    }
  }
}

/**
 * Writes `records.csv` and `truth.csv` into a folder.
 *
 * @param {Options & { directory: string }} options
 * @returns {{ recordsPath: string, truthPath: string, records: number }}
 */
export function writeFiles({ directory, ...options }) {
  mkdirSync(directory, { recursive: true })
  const recordsPath = join(directory, 'records.csv')
  const truthPath = join(directory, 'truth.csv')
  const recordsFile = lineWriter(recordsPath, RECORD_COLUMNS)
  const truthFile = lineWriter(truthPath, TRUTH_COLUMNS)
  let written = 0
  for (const row of generate(options)) {
    recordsFile.write(csvOf(row))
    truthFile.write(`${row.recordId},${row.entity},${row.errors.join(' ')}`)
    written += 1
  }
  recordsFile.close()
  truthFile.close()
  return { recordsPath, truthPath, records: written }
}

/** A record as a line of the columns above. No value holds a comma, a quote or a line break, so none is quoted. */
export function csvOf(/** @type {import('./record.mjs').SourceRecord} */ row) {
  return (
    `${row.recordId},${row.source},${row.firstName},${row.lastName},${row.email},${row.phone},` +
    `${row.street},${row.city},${row.postcode},${row.birthDate},${row.updatedAt},${row.deviceId}`
  )
}
