// @ts-check
/** The files of the sample, in the formats that sources really send. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { DuckDBInstance } from '@duckdb/node-api'

/** @typedef {readonly Readonly<Record<string, unknown>>[]} Rows */

/** Rows as CSV with a header; `extra` lines go in as they are, at the places given. */
export function csv(
  /** @type {Rows} */ rows,
  /** @type {readonly [number, string][]} */ extra = [],
  delimiter = ',',
) {
  const columns = Object.keys(rows[0] ?? {})
  const quoted = (/** @type {unknown} */ value) => {
    const text = textOf(value)
    return /["\n\r,;]/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text
  }
  const lines = rows.map(row => columns.map(column => quoted(row[column])).join(delimiter))
  return `${[columns.join(delimiter), ...withExtra(lines, extra)].join('\n')}\n`
}

/** A value as text: nothing is blank, what is no text or number is JSON. */
export function textOf(/** @type {unknown} */ value) {
  if (value === null || value === undefined) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** Rows as JSON Lines; `extra` lines go in as they are, at the places given. */
export function jsonLines(
  /** @type {Rows} */ rows,
  /** @type {readonly [number, string][]} */ extra = [],
) {
  return `${withExtra(
    rows.map(row => JSON.stringify(row)),
    extra,
  ).join('\n')}\n`
}

/** Rows as one JSON array, a row a line. */
export function jsonArray(/** @type {Rows} */ rows) {
  return `[\n${rows.map(row => JSON.stringify(row)).join(',\n')}\n]\n`
}

/** @param {readonly string[]} lines @param {readonly [number, string][]} extra places in the result, ascending */
function withExtra(lines, extra) {
  const result = [...lines]
  for (const [place, line] of extra) result.splice(place, 0, line)
  return result
}

/** Writes text, gzipped where the name ends so. */
export function writeText(/** @type {string} */ path, /** @type {string} */ text) {
  writeFileSync(path, path.endsWith('.gz') ? gzipSync(text, { level: 9 }) : text)
}

/**
 * Writes rows of text as Parquet, with the types given by column.
 *
 * @param {string} path
 * @param {Rows} rows
 * @param {Readonly<Record<string, string>>} types column → DuckDB type; text where none is given
 */
export async function writeParquet(path, rows, types) {
  const folder = mkdtempSync(join(tmpdir(), 'sample-'))
  const source = join(folder, 'rows.csv')
  writeFileSync(source, csv(rows))
  const columns = Object.keys(rows[0] ?? {}).map(
    name => `cast("${name}" as ${types[name] ?? 'varchar'}) as "${name}"`,
  )
  const connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect()
  await connection.run("set timezone = 'UTC'")
  await connection.run(
    `copy (select ${columns.join(', ')} from read_csv('${source}', all_varchar = true, header = true)) ` +
      `to '${path}' (format parquet, compression zstd)`,
  )
  rmSync(folder, { recursive: true })
}
