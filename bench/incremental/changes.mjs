// @ts-check
/** Changes as they come one by one: new records, and records that are suddenly somebody else's. */
import { generate, RECORD_COLUMNS } from '../generator/generate.mjs'

/** @typedef {Record<string, string>} Posted */

/**
 * Of every two changes one is a new record, beyond those that are there; the other is a record that is there,
 * with all values of another new one: it leaves its people and goes to others.
 * @param {{ records: number, count: number, first?: number }} how `records` are there; so many changes, from number `first` on
 * @returns {Posted[]}
 */
export function changesFrom({ records, count, first = 0 }) {
  const known = [
    ...generate({ first: (first * 7919) % Math.max(records - count, 1), records: count }),
  ]
  return Array.from(generate({ first: records + first, records: count }), (row, at) => {
    const posted = postedOf(row)
    if (at % 2 === 0) return posted
    const { recordId, source } = known[at] ?? row
    return { ...posted, record_id: recordId, source, updated_at: '2026-01-01T00:00:00Z' }
  })
}

/** A record as it is posted: without blanks. @param {import('../generator/record.mjs').SourceRecord} row @returns {Posted} */
export function postedOf(row) {
  return Object.fromEntries(
    COLUMNS.map(([name, field]) => [name, String(row[field])]).filter(([, value]) => value !== ''),
  )
}

const COLUMNS = RECORD_COLUMNS.split(',').map(
  name =>
    /** @type {const} */ ([
      name,
      /** @type {keyof import('../generator/record.mjs').SourceRecord} */ (
        name.replaceAll(/_(\w)/gu, (_, letter) => letter.toUpperCase())
      ),
    ]),
)
