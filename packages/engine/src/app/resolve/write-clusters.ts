import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { MainstemError } from '@mainstem/contracts'
import type { ClusteredRecords } from '../../identity/index.ts'
import { must } from '../../kernel/assert.ts'
import type { SqlSession } from '../../lake/index.ts'
import { ident, literal } from '../../query/index.ts'
import type { ColumnUse } from './column-use.ts'
import type { LoadedSource } from './load-sources.ts'

/** What is added to each input row. */
const ADDED = ['unified_id', 'match_probability', 'matched_by'] as const
/** Of several files, which one a row is of. */
const SOURCE = 'source_file'

/** The formats that are written, by the end of the file's name. */
const FORMATS: Readonly<Record<string, string>> = {
  '.csv': 'format csv, header true',
  '.jsonl': 'format json',
  '.ndjson': 'format json',
  '.parquet': 'format parquet, compression zstd',
}

/** Where the rows are to go, checked before anything is read. */
export interface OutputFile {
  readonly path: string
  readonly label: string
  readonly options: string
}

/** Refuses a file that cannot be written, or that is one of those to be read. */
export function outputFile(given: string, inputs: readonly string[]): OutputFile {
  const path = resolve(given)
  const label = basename(path)
  const isPacked = /\.gz$/i.test(path)
  const format = FORMATS[extname(path.replace(/\.gz$/i, '')).toLowerCase()]
  if (format === undefined || (isPacked && format.includes('parquet'))) {
    const fix = 'Name it .csv, .jsonl or .parquet; .gz may follow the first two.'
    throw usage(`The format of ${label} is not told by its name.`, fix)
  }
  if (!existsSync(dirname(path))) throw usage(`There is no folder for ${label}.`, 'Make it first.')
  try {
    accessSync(dirname(path), constants.W_OK)
  } catch {
    throw usage(`The folder of ${label} may not be written.`, 'Name another folder with --out.')
  }
  if (existsSync(path) && !statSync(path).isFile())
    throw usage(`${label} is no file.`, 'Name another file with --out.')
  if (inputs.some(input => resolve(input) === path)) {
    throw usage(`${label} is read, and cannot be written over.`, 'Name another file with --out.')
  }
  return { path, label, options: isPacked ? `${format}, compression gzip` : format }
}

/** Puts the clusters into tables of the engine: `clustered_<n>` for source n, row by row. */
export async function storeClusters(
  session: SqlSession,
  sources: readonly LoadedSource[],
  { clusters, uses }: { readonly clusters: ClusteredRecords; readonly uses: readonly ColumnUse[] },
): Promise<void> {
  await session.run(
    'create or replace table cluster_row (pid integer, label integer, rule integer, probability double)',
  )
  await session.load('cluster_row', [
    { name: 'pid', type: 'INTEGER', values: Int32Array.from(clusters.label, (_first, pid) => pid) },
    { name: 'label', type: 'INTEGER', values: clusters.label },
    { name: 'rule', type: 'INTEGER', values: clusters.matchedBy },
    { name: 'probability', type: 'DOUBLE', values: clusters.probability },
  ])
  await session.run(
    `create or replace view cluster as
     select pid, label, nullif(rule, -1) as rule, case when rule <> -1 then probability end as probability
     from cluster_row`,
  )
  await session.run(
    `create or replace table unified as
     select label, md5(min(key)) as unified_id from cluster join (${keysSql(sources, uses)}) using (pid) group by label`,
  )
  const rules = clusters.rules.map((label, at) => `(${at}, ${literal(label)})`)
  const names = rules.length === 0 ? '(null::integer, null::varchar)' : rules.join(', ')
  for (const [number, { first, rows }] of sources.entries()) {
    await session.run(
      `create or replace table clustered_${number} as
       select unified_id, probability as match_probability, name as matched_by
       from cluster join unified using (label) left join (values ${names}) r(rule, name) using (rule)
       where pid >= ${first} and pid < ${first + rows} order by pid`,
    )
  }
}

/**
 * The key of each record, as nobody else has it: its source and its id there, else its row. A
 * unified id is made of the smallest key of its records, so the same records have the same one.
 */
function keysSql(sources: readonly LoadedSource[], uses: readonly ColumnUse[]): string {
  return sources
    .map((source, number) => {
      const id = uses.find(use => use.source === number && use.kind === 'rowId')
      const own = id ? `nullif(trim(c${id.at}::varchar), '')` : 'null::varchar'
      return (
        `select pid, ${literal(source.name)} || coalesce('/' || ${own}, ' row ' || (pid - ${source.first} + 1)) as key ` +
        `from ${source.table}`
      )
    })
    .join(' union all ')
}

/** Writes each input row, with all its columns, and what it was found to be; all of it or nothing. */
export async function writeClusters(
  session: SqlSession,
  sources: readonly LoadedSource[],
  { path, options, label }: OutputFile,
): Promise<void> {
  const draft = join(dirname(path), `.${basename(path)}.${process.pid}.new`)
  await session.run('set preserve_insertion_order = true')
  try {
    await session.run(`copy (${allRowsSql(sources)}) to ${literal(draft)} (${options})`)
    await rename(draft, path)
  } catch (error) {
    await rm(draft, { force: true })
    const says = `The file ${label} could not be written to its end. Make room on its disk and run again.`
    throw new MainstemError('DISK_FULL', says, { file: label }, error)
  }
}

/**
 * The rows of all sources: their columns in the order in which the files have them, of several files
 * the name of each row's, then what is added.
 */
function allRowsSql(sources: readonly LoadedSource[]): string {
  const tellsSource = sources.length > 1
  const names = outputNames(sources, [...(tellsSource ? [SOURCE] : []), ...ADDED])
  const branches = sources.map(({ columns, label, table }, number) => {
    const own = columns.map((name, at) => `s.c${at} as ${ident(nameIn(names, name))}`)
    const file = tellsSource ? [`${literal(label)} as ${SOURCE}`] : []
    const list = [...own, ...file, ...ADDED.map(name => `k.${name}`)]
    return `select ${list.join(', ')} from ${table} s positional join clustered_${number} k`
  })
  const order = [...new Set(names.values()), ...(tellsSource ? [SOURCE] : []), ...ADDED]
  return `select ${order.map(ident).join(', ')} from (${branches.join(' union all by name ')})`
}

/** How each column of the sources is called in the output: another way if its name is added. */
function outputNames(
  sources: readonly LoadedSource[],
  added: readonly string[],
): ReadonlyMap<string, string> {
  const columns = sources.flatMap(source => source.columns)
  const taken = new Set([...columns.map(name => name.toLowerCase()), ...added])
  const names = new Map<string, string>()
  for (const name of columns) {
    const lower = name.toLowerCase()
    if (names.has(lower)) continue
    let free = name
    for (let next = 2; added.includes(free.toLowerCase()); next++) {
      const another = `${name}_${next}`
      if (!taken.has(another.toLowerCase())) free = another
    }
    names.set(lower, free)
  }
  return names
}

function nameIn(names: ReadonlyMap<string, string>, column: string): string {
  return must(names.get(column.toLowerCase()), 'every column of a source has a name in the output')
}

function usage(says: string, fix: string): MainstemError {
  return new MainstemError('USAGE', `${says} ${fix}`, { key: 'out', fix })
}
