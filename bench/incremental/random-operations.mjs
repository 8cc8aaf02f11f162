// @ts-check
/**
 * Random operations (the day files of the generator: inserts, updates, deletes, erased people, new keys) in batches
 * of random sizes, then `verify`: everything that was derived step by step, against all made anew.
 */
import { parseArgs } from 'node:util'
import { daysFrom } from '../generator/days.mjs'
import { below, mix } from '../generator/draw.mjs'
import { generate } from '../generator/generate.mjs'
import { deleteRows, verifyStore } from '../harness/engine-parts.mjs'
import { postedOf } from './changes.mjs'
import { applyRecords, openMade } from './open.mjs'

const BATCH_MAX = 1000
const BASE_BATCH = 5000

const { values } = parseArgs({
  options: {
    project: { type: 'string', default: '' },
    operations: { type: 'string', default: '100000' },
    records: { type: 'string', default: '30000' },
  },
})

process.send?.(await measure(), () => process.disconnect())

async function measure() {
  const records = Number(values.records)
  const engine = await openMade(values.project)
  const base = Array.from(generate({ records }), postedOf)
  for (let at = 0; at < base.length; at += BASE_BATCH) {
    await applyRecords(engine, base.slice(at, at + BASE_BATCH))
  }
  const days = daysFrom({ records, inserts: Math.ceil(records / 50) })
  const started = performance.now()
  const counts = { operations: 0, days: 0, insert: 0, update: 0, delete: 0, rekey: 0 }
  while (counts.operations < Number(values.operations)) {
    counts.days += 1
    await applyDay(engine, [...days.changes(counts.days)], counts)
  }
  const seconds = (performance.now() - started) / 1000
  const { differences, notCompared } = await verifyStore(engine)
  const labels = [...days.labels(counts.days)].length
  const rows = engine.applied.rulesets[0]?.stage.index.presentCount
  await engine.close()
  return { ...counts, seconds, differences, notCompared, rows, rowsExpected: labels }
}

/**
 * A day in pieces of random size, each with its deletes first.
 * @param {any} engine @param {readonly import('../generator/days.mjs').Change[]} changes @param {any} counts
 */
async function applyDay(engine, changes, counts) {
  for (let at = 0; at < changes.length;) {
    const size = 1 + below(mix(counts.operations + at), BATCH_MAX)
    const piece = changes.slice(at, at + size)
    at += size
    for (const { op } of piece) counts[op] += 1
    const gone = piece.flatMap(({ op, previousId }) =>
      op === 'delete' || op === 'rekey' ? [previousId] : [],
    )
    if (gone.length > 0) await deleteRows(engine, { stream: 'people', keys: gone })
    const rows = piece.flatMap(change => (change.op === 'delete' ? [] : [postedOf(change.row)]))
    if (rows.length > 0) await applyRecords(engine, rows)
  }
  counts.operations += changes.length
}
