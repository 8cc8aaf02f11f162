// @ts-check
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { writeFiles } from '../generator/generate.mjs'

/** The column that tells the truth; never used for matching. */
export const TRUTH = 'truth_entity'

/**
 * A file of the generator with the truth in a column of it: as CSV, and where wanted as Parquet with
 * `unique_id` for Splink.
 * @param {import('../generator/generate.mjs').Options & { folder: string, withParquet?: boolean }} how
 */
export async function writeLabelled({ folder, withParquet = false, ...options }) {
  const { recordsPath, truthPath } = writeFiles({ ...options, directory: folder })
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  const csv = join(folder, 'labelled.csv')
  const parquet = join(folder, 'labelled.parquet')
  // Both files have the same lines in the same order.
  const joined =
    `select r.*, t.entity_id as ${TRUTH} from read_csv('${recordsPath}', all_varchar = true) r ` +
    `positional join read_csv('${truthPath}', all_varchar = true) t`
  await connection.run(`copy (${joined}) to '${csv}' (header)`)
  if (withParquet) {
    await connection.run(
      `copy (select row_number() over () as unique_id, * from (${joined})) to '${parquet}' (format parquet)`,
    )
  }
  connection.closeSync()
  instance.closeSync()
  return { csv, parquet, truthPath }
}
