import { MainstemError } from '@mainstem/contracts'
import { ENGINE_FUNCTIONS } from './function-catalogue.ts'
import { objectsOf } from './objects-of.ts'
import { refuse } from './refusal.ts'
import { folded } from './scope.ts'
import { literal } from './sql-text.ts'

/** The part of a session that the gate needs. */
export interface GateSession {
  rows(sql: string): Promise<readonly (readonly unknown[])[]>
}

/** Kinds of FROM that a statement may be made of. */
const SOURCES = new Set(['BASE_TABLE', 'SUBQUERY', 'JOIN', 'EMPTY'])
const NODES = new Set(['SELECT_NODE', 'SET_OPERATION_NODE', 'CTE_NODE'])
const CLASSES = new Set(
  (
    'COLUMN_REF CONSTANT FUNCTION WINDOW COMPARISON CONJUNCTION OPERATOR CASE CAST BETWEEN SUBQUERY LAMBDA ' +
    'LAMBDA_REF STAR'
  ).split(' '),
)

/**
 * The second look at a statement, by the engine's own parser: exactly one SELECT, over these tables
 * and these functions. It trusts nothing of how the statement came to be.
 */
export async function assertSafe(
  session: GateSession,
  sql: string,
  allowedTables: Iterable<string>,
): Promise<void> {
  const tree = await serialised(session, sql)
  const statements = field(tree, 'statements')
  const [statement, ...more] = Array.isArray(statements) ? statements : []
  if (field(tree, 'error') !== false || more.length > 0) stop('a statement that is not one SELECT')
  const node = field(statement, 'node')
  if (node === undefined) stop('a statement that is not one SELECT')
  const walk: Walk = {
    tables: new Set(Array.from(allowedTables, tableKey)),
    ctes: new Set(Array.from(cteNames(node), folded)),
  }
  inspect(node, walk)
}

interface Walk {
  readonly tables: ReadonlySet<string>
  readonly ctes: ReadonlySet<string>
}

/** The engine serialises only SELECT statements, and only from a constant. */
async function serialised(session: GateSession, sql: string): Promise<unknown> {
  try {
    const [row] = await session.rows(`select json_serialize_sql(${literal(sql)}, format := false)`)
    const text = row?.[0]
    return typeof text === 'string' ? JSON.parse(text) : undefined
  } catch (error) {
    if (error instanceof MainstemError) throw error
    return stop('a statement that the engine cannot read')
  }
}

function* cteNames(node: unknown): Iterable<string> {
  for (const value of objectsOf(node)) {
    const map = field(field(value, 'cte_map'), 'map')
    for (const entry of Array.isArray(map) ? map : []) {
      const key: unknown = field(entry, 'key')
      if (typeof key === 'string' && key.startsWith('with__')) yield key
    }
  }
}

function inspect(node: unknown, walk: Walk): void {
  for (const value of objectsOf(node)) {
    const type = field(value, 'type')
    if ('class' in value) inspectValue(value)
    else if ('select_list' in value || 'cte_map' in value) {
      if (typeof type !== 'string' || !NODES.has(type)) stop('a query of another kind')
    } else if ('sample' in value && 'alias' in value) inspectSource(value, walk)
    if (isSaid(field(value, 'sample'))) stop('TABLESAMPLE')
    if (isSaid(field(value, 'at_clause'))) stop('a table at another time')
  }
}

function inspectValue(value: object): void {
  const kind = field(value, 'class')
  if (typeof kind !== 'string' || !CLASSES.has(kind)) stop('a value of another kind')
  inspectName(value)
  if (field(value, 'columns') === true) stop('COLUMNS')
  const name = field(value, 'function_name')
  if (name === undefined) return
  if (typeof name !== 'string' || !ENGINE_FUNCTIONS.has(folded(name))) {
    stop(`the function ${typeof name === 'string' ? name : ''}`)
  }
  // The parser itself puts `main` before functions that SQL has own syntax for, such as TRIM.
  const schema = field(value, 'schema')
  if ((isSaid(schema) && schema !== 'main') || isSaid(field(value, 'catalog')))
    stop('a function of a schema')
}

/** Names that the engine takes for a function where there is no such column. */
const NAMED_FUNCTIONS = /^(?:(?:current|session)_\w+|local(?:time|timestamp)|user)$/i

function inspectName(value: object): void {
  const names = field(value, 'column_names')
  if (!Array.isArray(names) || names.length !== 1) return
  if (typeof names[0] !== 'string' || NAMED_FUNCTIONS.test(names[0]))
    stop('a name that is a function')
}

function inspectSource(value: object, walk: Walk): void {
  const type = field(value, 'type')
  if (typeof type !== 'string' || !SOURCES.has(type))
    stop('a source that is not a table or a subquery')
  if (type !== 'BASE_TABLE') return
  const parts = [
    field(value, 'catalog_name'),
    field(value, 'schema_name'),
    field(value, 'table_name'),
  ]
    .filter(isSaid)
    .map(String)
  const [only, ...others] = parts
  if (only !== undefined && others.length === 0 && walk.ctes.has(folded(only))) return
  if (!walk.tables.has(parts.map(folded).join('\0'))) stop('a table that it was not given')
}

/** `"s"."t"` and `s.t` are the same table, and so is `S.T`. */
function tableKey(name: string): string {
  const parts = Array.from(name.matchAll(/"((?:[^"]|"")*)"|([^".]+)/g), part =>
    folded((part[1] ?? part[2] ?? '').replaceAll('""', '"')),
  )
  return parts.join('\0')
}

function isSaid(value: unknown): boolean {
  return value !== undefined && value !== null && value !== ''
}

function field(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
  return Object.entries(value).find(([key]) => key === name)?.[1]
}

function stop(what: string): never {
  return refuse('SQL_NOT_ALLOWED', `The second check of the statement found ${what}`, {
    fix: 'Write it in a simpler form; if it is a plain SELECT, this is a fault of Mainstem: report it.',
  })
}
