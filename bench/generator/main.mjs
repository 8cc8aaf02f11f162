// @ts-check
/** `node bench/generator/main.mjs --records 1000000 --out DIR [--seed 1] [--preset normal] [--format csv|parquet]` */
import { rmSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { writeFiles } from './generate.mjs'
import { PRESETS } from './rates.mjs'

const { values } = parseArgs({
  options: {
    records: { type: 'string', default: '1000000' },
    out: { type: 'string' },
    seed: { type: 'string', default: '1' },
    preset: { type: 'string', default: 'normal' },
    format: { type: 'string', default: 'csv' },
  },
})

await main()

async function main() {
  const records = Number(values.records)
  const preset = presetOf(values.preset)
  const formatKnown = values.format === 'csv' || values.format === 'parquet'
  if (
    values.out === undefined ||
    !Number.isSafeInteger(records) ||
    records < 1 ||
    preset === undefined ||
    !formatKnown
  ) {
    process.stderr.write(
      'usage: main.mjs --records N --out DIR [--seed N] [--preset clean|normal|dirty] [--format csv|parquet]\n',
    )
    process.exitCode = 2
    return
  }
  const started = performance.now()
  const files = writeFiles({ records, preset, seed: Number(values.seed), directory: values.out })
  const seconds = (performance.now() - started) / 1000
  const written = values.format === 'parquet' ? await toParquet(files) : files
  process.stdout.write(
    `${JSON.stringify({ ...written, seconds, recordsPerSecond: Math.round(records / seconds) })}\n`,
  )
}

function presetOf(/** @type {string} */ name) {
  return /** @type {(keyof typeof PRESETS)[]} */ (Object.keys(PRESETS)).find(
    known => known === name,
  )
}

/** Turns both files into Parquet, all columns text as in the CSV, blanks null. */
async function toParquet(/** @type {ReturnType<typeof writeFiles>} */ files) {
  const { DuckDBInstance } = await import('@duckdb/node-api')
  const connection = await (await DuckDBInstance.create(':memory:')).connect()
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
  return {
    ...files,
    recordsPath: await convert(files.recordsPath),
    truthPath: await convert(files.truthPath),
  }
}
