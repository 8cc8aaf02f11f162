// @ts-check
/**
 * What changes day by day after a first load: inserts, updates, deletes, erased people and records that
 * come back under another id. What becomes of a record is told by hashes of (seed, entity, record, day), so
 * that any day can be made alone, and who belongs together after each is known.
 */
import { join } from 'node:path'
import { cellsFrom, chance, draw, pick } from './draw.mjs'
import { csvOf, RECORD_COLUMNS } from './generate.mjs'
import { BIT } from './happenings.mjs'
import { lineWriter } from './line-writer.mjs'
import { personNumber } from './person.mjs'
import { USUAL_TRAPS } from './rates.mjs'
import { recordsFrom } from './record.mjs'
import { RECORDS_MAX, sequenceFrom } from './sequence.mjs'
import { loadTables } from './tables.mjs'

/** What befalls a record on a day, or with all that is of them a person; at most one thing. */
export const DAY_RATES = { erased: 0.0005, deleted: 0.001, rekeyed: 0.001, updated: 0.01 }

/** What an update is: the person moved, has another number or address, or was misspelt, or is no longer. */
const UPDATES = [BIT.moved, BIT.newPhone, BIT.secondEmail, BIT.lastTypo, BIT.married]

export const CHANGE_COLUMNS = `op,previous_id,${RECORD_COLUMNS}`
export const LABEL_COLUMNS = 'record_id,entity_id'

/** Days have cells beside those of a person's records; their fields are far from all others. */
const DAY_CELL = 1000
const DAY_FIELD = { erased: 900, change: 910, kind: 2000 }

/**
 * The first load is `records` of them; each day brings `inserts` more, of old people and of new ones.
 *
 * @typedef {{
 *   records: number, inserts?: number, seed?: number, preset?: keyof typeof import('./rates.mjs').PRESETS,
 *   traps?: readonly import('./rates.mjs').Trap[]
 * }} DayOptions
 */
/**
 * `rekey` is a delete of `previousId` and an insert in one.
 *
 * @typedef {{ op: 'insert' | 'update' | 'rekey', previousId: string, row: import('./record.mjs').SourceRecord }
 *   | { op: 'delete', previousId: string }} Change
 */

/** @param {DayOptions} options */
export function daysFrom({
  records,
  inserts = Math.ceil(records / 100),
  seed = 1,
  preset = 'normal',
  traps = USUAL_TRAPS,
}) {
  const cells = cellsFrom(seed)
  const { personOf, recordOf, idOf } = recordsFrom({ seed, preset, traps, tables: loadTables() })
  const placesOf = sequenceFrom({ seed, traps })

  return { changes, labels, rows }

  /** What a day brings. @param {number} day counted from 1 @returns {Generator<Change>} */
  function* changes(day) {
    for (const { entity, record, born } of soFar(day)) {
      const before = born < day ? stateOf(entity, record, { born, day: day - 1 }) : undefined
      const now = stateOf(entity, record, { born, day })
      if (now === undefined) {
        if (before) yield { op: 'delete', previousId: idOf(entity, record, before.rekeyed) }
      } else if (before === undefined) {
        yield { op: 'insert', previousId: '', row: written(entity, record, now) }
      } else if (now.rekeyed !== before.rekeyed) {
        const previousId = idOf(entity, record, before.rekeyed)
        yield { op: 'rekey', previousId, row: written(entity, record, now) }
      } else if (now.day === day) {
        yield { op: 'update', previousId: '', row: written(entity, record, now) }
      }
    }
  }

  /** Who each record that there is after a day belongs to. @param {number} day @returns {Generator<{ recordId: string, entity: number }>} */
  function* labels(day) {
    for (const { entity, record, born } of soFar(day)) {
      const now = stateOf(entity, record, { born, day })
      if (now) yield { recordId: idOf(entity, record, now.rekeyed), entity: personNumber(entity) }
    }
  }

  /** The records that there are after a day, as they are then. @param {number} day */
  function* rows(day) {
    for (const { entity, record, born } of soFar(day)) {
      const now = stateOf(entity, record, { born, day })
      if (now) yield written(entity, record, now)
    }
  }

  /** All records that ever came up to a day, and on which day (0: with the first load). @param {number} day */
  function* soFar(day) {
    let number = 0
    for (const { places } of placesOf({ first: 0, records: records + day * inserts })) {
      for (const place of places) {
        const born = number < records ? 0 : 1 + Math.floor((number - records) / inserts)
        number += 1
        yield { entity: Math.floor(place / RECORDS_MAX), record: place % RECORDS_MAX, born }
      }
    }
  }

  /**
   * What has become of a record up to a day; nothing is left of one that was deleted, nor of the records of
   * one who was erased, and they come no more.
   *
   * @param {number} entity @param {number} record @param {{ born: number, day: number }} time
   * @returns {import('./record.mjs').Revision | undefined}
   */
  function stateOf(entity, record, { born, day }) {
    const cell = cells(entity, record)
    const state = { rekeyed: 0, changed: 0, day: born }
    for (let each = 1; each <= day; each++) {
      if (chance(draw(cells(entity, DAY_CELL + each), DAY_FIELD.erased), DAY_RATES.erased)) return
      if (each <= born) continue
      const place = draw(cell, DAY_FIELD.change + each) / 4_294_967_296
      if (place < DAY_RATES.deleted) return
      if (place < DAY_RATES.deleted + DAY_RATES.rekeyed) {
        state.rekeyed += 1
      } else if (place < DAY_RATES.deleted + DAY_RATES.rekeyed + DAY_RATES.updated) {
        state.changed ^= pick(UPDATES, draw(cell, DAY_FIELD.kind + each))
        state.day = each
      }
    }
    return state
  }

  /** @param {number} entity @param {number} record @param {import('./record.mjs').Revision} state */
  function written(entity, record, state) {
    return recordOf(personOf(entity), entity, record, state)
  }
}

/**
 * Writes `day-001.csv` and `labels-001.csv` and so on into a folder.
 *
 * @param {DayOptions & { days: number, directory: string }} options
 * @returns {{ changes: number }[]}
 */
export function writeDays({ days, directory, ...options }) {
  const made = daysFrom(options)
  return Array.from({ length: days }, (_, at) => {
    const number = String(at + 1).padStart(3, '0')
    const file = lineWriter(join(directory, `day-${number}.csv`), CHANGE_COLUMNS)
    let changes = 0
    for (const change of made.changes(at + 1)) {
      file.write(`${change.op},${change.previousId},${changeText(change)}`)
      changes += 1
    }
    file.close()
    const labels = lineWriter(join(directory, `labels-${number}.csv`), LABEL_COLUMNS)
    for (const { recordId, entity } of made.labels(at + 1)) labels.write(`${recordId},${entity}`)
    labels.close()
    return { changes }
  })
}

/** The record, or of one that is deleted its id and blanks. @param {Change} change */
function changeText(change) {
  if (change.op !== 'delete') return csvOf(change.row)
  return change.previousId + ','.repeat(RECORD_COLUMNS.split(',').length - 1)
}
