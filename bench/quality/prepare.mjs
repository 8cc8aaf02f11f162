// @ts-check
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { TRUTH } from '../harness/labelled-file.mjs'

/**
 * @typedef {object} Prepared
 * @property {string[]} files CSV files with all columns and the truth, for `mainstem resolve`
 * @property {string} parquet one file of the columns that may be matched by, for Splink
 * @property {number} records
 */

/**
 * Joins the truth of a set to its records and shuffles them, the same way for the same seed: the order
 * of the origin lays the records of an entity together.
 * @param {import('./sets.mjs').LabelledSet} set
 * @param {{ data: string, folder: string, seed: number, ignored: readonly string[] }} how
 * @returns {Promise<Prepared>}
 */
export async function prepareSet(set, { data, folder, seed, ignored }) {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  try {
    const from = join(data, set.name)
    await connection.run(
      `create table truth as select record_id as labelled, entity_id from ${reader(truthOf(set, from))}`,
    )
    const files = []
    for (const [at, name] of set.files.entries()) {
      await connection.run(
        `create table part${at} as select r.*, t.entity_id as ${TRUTH} from ${reader(join(from, name))} r ` +
          `join truth t on t.labelled = ${set.recordId} order by md5('${seed}:' || ${set.recordId})`,
      )
      const path = join(folder, `${name.split('.')[0]}.csv`)
      await connection.run(`copy part${at} to ${quoted(path)} (header)`)
      files.push(path)
    }
    const parts = set.files.map((_, at) => `from part${at}`).join(' union all by name ')
    await connection.run(`create table whole as ${parts}`)
    const parquet = join(folder, 'splink.parquet')
    await connection.run(
      `copy (select row_number() over (order by md5('${seed}:' || (${set.recordId}))) as unique_id, ` +
        `* exclude (${await leftOut(connection, ignored)}) from whole) to ${quoted(parquet)} (format parquet)`,
    )
    const counted = await connection.runAndReadAll('select count(*)::int from whole')
    return { files, parquet, records: Number(counted.getRows()[0]?.[0]) }
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

/** Of the ignored columns those that there are; `unique_id` is a name that Splink takes. @param {any} connection @param {readonly string[]} ignored */
async function leftOut(connection, ignored) {
  const answer = await connection.runAndReadAll('describe whole')
  const names = answer.getRows().map((/** @type {any[]} */ [name]) => String(name))
  return names
    .filter((/** @type {string} */ name) => ignored.includes(name))
    .map((/** @type {string} */ name) => `"${name}"`)
    .join(', ')
}

/** @param {import('./sets.mjs').LabelledSet} set @param {string} from */
function truthOf(set, from) {
  return join(from, set.files.some(name => name.endsWith('.gz')) ? 'truth.csv.gz' : 'truth.csv')
}

/** Everything is text, as it came. @param {string} path */
function reader(path) {
  return path.includes('.json')
    ? `(select columns(*)::varchar from read_json(${quoted(path)}))`
    : `read_csv(${quoted(path)}, all_varchar = true, header = true, sample_size = -1)`
}

/** @param {string} path */
function quoted(path) {
  return `'${path.replaceAll("'", "''")}'`
}
