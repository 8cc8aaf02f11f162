// @ts-check
import { rmSync } from 'node:fs'
import { DuckDBInstance } from '@duckdb/node-api'

/**
 * Turns both files of `writeFiles` into Parquet, all columns text as in the CSV, blanks null.
 *
 * @param {ReturnType<typeof import('./generate.mjs').writeFiles>} files
 */
export async function toParquet(files) {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  const convert = async (/** @type {string} */ from) => {
    const to = from.replace(/\.csv$/u, '.parquet')
    const quoted = (/** @type {string} */ path) => `'${path.replaceAll("'", "''")}'`
    await connection.run(
      `copy (select * from read_csv(${quoted(from)}, all_varchar = true, header = true)) ` +
        `to ${quoted(to)} (format parquet, compression zstd)`,
    )
    rmSync(from)
    return to
  }
  const written = {
    ...files,
    recordsPath: await convert(files.recordsPath),
    truthPath: await convert(files.truthPath),
  }
  connection.closeSync()
  instance.closeSync()
  return written
}
