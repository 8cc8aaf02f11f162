import { ident, literal } from '../query/index.ts'
import type { SchemaField } from './stream-schema.ts'

/** The formats a file can have. */
export type SourceFormat = 'CSV' | 'JSONL' | 'JSON' | 'Parquet'

/**
 * SQL that reads a source as raw rows: `_row` (1 is the first record), `_pos`, `_at` and `_origin`
 * (where in the journal it came, when, and from what), `_line` (the record as it
 * came, as text), `_bad` (the code of a record that is none), `_overflow` (JSON of the columns that
 * nobody declared, else null), and the raw value of each field as `r0`, `r1`, …; for JSON also
 * whether each field was there, as `x0`, `x1`, ….
 */
export interface SourceRows {
  readonly sql: string
  /** Whether `x0`… are there. */
  readonly tellsAbsent: boolean
  /** The same rows with `_record` in place of `_line`, and SQL that makes the one from the other. */
  readonly lazy?: { readonly sql: string; readonly lineSql: string }
}

/** JSON documents, one a row, from a relation with `_row`, `_pos`, `_at`, `_origin` and `line`. */
export function jsonRows(relation: string, fields: readonly SchemaField[]): SourceRows {
  const tree = pathTree(fields)
  const known = [...tree.keys()]
  const values = fields.map((field, at) => `${accessor(field.path, '_t')} as r${at}`)
  const present = fields.map(
    (field, at) => `json_exists(line, ${literal(pointer(field.path))}) as x${at}`,
  )
  const extra =
    known.length === 0
      ? 'json_keys(line)'
      : `list_filter(json_keys(line), k -> not list_contains([${known.map(literal).join(', ')}], k))`
  const pairs =
    `list_transform(_extra, k -> to_json(k)::varchar || ':' || ` +
    `json_extract(line, '/' || replace(replace(k, '~', '~0'), '/', '~1'))::varchar)`
  return {
    tellsAbsent: true,
    sql: `
      select _row, _pos, _at, _origin, _line, case when line is null then 'MALFORMED_RECORD' end as _bad,
             case when len(_extra) > 0 then '{' || array_to_string(${pairs}, ',') || '}' end as _overflow
             ${[...values, ...present].map(column => `, ${column}`).join('')}
      from (select *, json_transform(line, ${literal(structureOf(tree))}) as _t, ${extra} as _extra
            from (select _row, _pos, _at, _origin, line as _line, ${objectOnly('line')} as line from (${relation})))`,
  }
}

/** A comma before a bracket, NaN or Infinity; in strings they mean nothing. */
const LOOSE = String.raw`,\s*[}\]]|[:\[,]\s*-?([nN][aA][nN]|[iI][nN][fF])`

/** A record is a JSON object; numbers too long for a double become text first, so that none loses digits. */
function objectOnly(line: string): string {
  const quoted = `regexp_replace(${line}, '([:\\[,]\\s*)(-?[0-9][0-9.eE+-]{15,})(\\s*[,}\\]])', '\\1"\\2"\\3', 'g')`
  const exact = `case when regexp_matches(${line}, '[0-9.]{16,}') and json_valid(${quoted}) then ${quoted} else ${line} end`
  // Nested, because the engine may read both sides of an `and`, and the second throws on what is no JSON.
  // The engine's JSON allows commas at the end and NaN, which RFC 8259 does not: few lines look like either.
  const bare = `regexp_replace(${line}, '"([^"\\\\]|\\\\.)*"', '""', 'g')`
  const strict = `case when regexp_matches(${line}, '${LOOSE}') then not regexp_matches(${bare}, '${LOOSE}') else true end`
  return `case when json_valid(${line}) and ${strict} then case when json_type(${line}) = 'OBJECT' then ${exact} end end`
}

/** Columns of a table-like source: names as the source has them. */
export function columnRows(
  relation: string,
  columns: readonly string[],
  fields: readonly SchemaField[],
): SourceRows {
  const byName = new Map(columns.map(name => [name.toLowerCase(), name]))
  const used = new Set(fields.map(field => field.path.toLowerCase()))
  const values = fields.map(
    (field, at) => `${ident(byName.get(field.path.toLowerCase()) ?? field.path)} as r${at}`,
  )
  const extra = columns.filter(name => !used.has(name.toLowerCase()))
  const record = `struct_pack(${columns.map(name => `${ident(name)} := ${ident(name)}`).join(', ')})`
  const overflow =
    extra.length === 0
      ? 'null::varchar'
      : `to_json(struct_pack(${extra.map(name => `${ident(name)} := ${ident(name)}`).join(', ')}))::varchar`
  const rows = (line: string): string => `
      select _row, _pos, _at, _origin, ${line}, null::varchar as _bad, ${overflow} as _overflow
             ${values.map(column => `, ${column}`).join('')}
      from (${relation})`
  return {
    tellsAbsent: false,
    sql: rows(`to_json(${record})::varchar as _line`),
    lazy: { sql: rows(`${record} as _record`), lineSql: 'to_json(_record)::varchar' },
  }
}

/** The parts of a path: `requester.email` → requester, email. */
export function pathParts(path: string): readonly string[] {
  return path.split('.')
}

type PathTree = Map<string, PathTree>

function pathTree(fields: readonly SchemaField[]): PathTree {
  const root: PathTree = new Map()
  for (const field of fields) {
    let at = root
    for (const part of pathParts(field.path)) {
      const next = at.get(part) ?? new Map<string, PathTree>()
      at.set(part, next)
      at = next
    }
  }
  return root
}

/** The structure that `json_transform` reads: leaves as text, so that every type is cast in one place. */
function structureOf(tree: PathTree): string {
  const members = [...tree].map(
    ([name, below]) =>
      `${JSON.stringify(name)}:${below.size === 0 ? '"VARCHAR"' : structureOf(below)}`,
  )
  return members.length === 0 ? '{"_":"VARCHAR"}' : `{${members.join(',')}}`
}

function accessor(path: string, from: string): string {
  return pathParts(path).reduce((at, part) => `struct_extract(${at}, ${literal(part)})`, from)
}

function pointer(path: string): string {
  return pathParts(path)
    .map(part => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('')
}
