import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { openDuckDb } from '../../packages/engine/src/lake/adapters/duckdb-engine.ts'
import { newFolder } from '../journey/world.ts'

const SAMPLE = resolve(import.meta.dirname, '../../examples/retailer')
const ROWS_A_FILE = 200

/** The sample project with the first rows of each file: all of its definitions, in seconds. */
export async function smallRetailer(): Promise<string> {
  const folder = newFolder()
  cpSync(SAMPLE, folder, {
    recursive: true,
    filter: path => !/\/(\.mainstem|out)(\/|$)/.test(path.slice(SAMPLE.length)),
  })
  const data = join(folder, 'data')
  for (const name of readdirSync(data)) {
    const path = join(data, name)
    await (name.endsWith('.parquet') ? shortenParquet(path) : shortenText(path))
  }
  return folder
}

function shortenText(path: string): void {
  const isPacked = path.endsWith('.gz')
  const bytes = readFileSync(path)
  const text = (isPacked ? gunzipSync(bytes) : bytes).toString('utf8')
  const short = path.endsWith('.json')
    ? JSON.stringify((JSON.parse(text) as unknown[]).slice(0, ROWS_A_FILE))
    : `${text.split('\n').slice(0, ROWS_A_FILE).join('\n')}\n`
  writeFileSync(path, isPacked ? gzipSync(short) : short)
}

async function shortenParquet(path: string): Promise<void> {
  const engine = await openDuckDb({ path: ':memory:' })
  const session = await engine.session()
  await session.run(
    `create table short as select * from read_parquet('${path}') limit ${ROWS_A_FILE}`,
  )
  await session.run(`copy short to '${path}' (format parquet)`)
  session.close()
  await engine.close()
}
