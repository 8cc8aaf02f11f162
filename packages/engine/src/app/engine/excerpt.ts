import {
  ALL_SOURCES,
  type ColumnOf,
  columnsOfKeys,
  type RowsTogether,
} from '../../identity/index.ts'
import { must } from '../../kernel/assert.ts'
import type { SqlSession } from '../../lake/index.ts'
import { profileColumns } from '../../profiles/index.ts'
import { ident, literals } from '../../query/index.ts'
import type { RulesetRuntime } from './ruleset-runtime.ts'

/** Source profiles of a batch up to which their rows are copied, and named in the statements. */
export const EXCERPT_MAX = 2000

/** The one temporary table: a row of an object has its columns filled, and those of others empty. */
const TABLE = 'excerpt'

/**
 * The rows of a few source profiles, copied out of the lake into one small temporary table: what a
 * batch reads again and again, for each match rule, each contact point and each ruleset, is looked
 * for in the large tables once.
 */
export class Excerpt {
  readonly #session: SqlSession
  readonly #objects: readonly ExcerptObject[]
  readonly #held = new Set<number>()
  #isMade = false

  constructor(session: SqlSession, rulesets: readonly RulesetRuntime[]) {
    this.#session = session
    this.#objects = objectsOf(rulesets)
  }

  /** Copies the rows of those source profiles that it does not hold yet. */
  async include(pids: Iterable<number>): Promise<void> {
    const missing = [...new Set(pids)].filter(pid => !this.#held.has(pid))
    if (missing.length === 0) return
    const parts = this.#objects.map(object => object.copySql(`in ${literals(missing)}`))
    const rows = parts.join(' union all by name ')
    await this.#session.run(
      this.#isMade
        ? `insert into ${TABLE} by name ${rows}`
        : `create or replace temp table ${TABLE} as ${rows}`,
    )
    for (const pid of missing) this.#held.add(pid)
    this.#isMade = true
  }

  /** The copy of an object's rows, as a relation. */
  readonly relationOf = (object: string): string => this.#object(object).relation

  /** All rows, as they lie in the table. */
  readonly together: RowsTogether = {
    relation: TABLE,
    columnsOf: object => this.#object(object).columnOf,
  }

  #object(object: string): ExcerptObject {
    return must(
      this.#objects.find(({ name }) => name === object),
      'what rulesets read is in the excerpt',
    )
  }
}

/** One object's part of the table. */
interface ExcerptObject {
  readonly name: string
  readonly relation: string
  readonly columnOf: ColumnOf
  copySql(parties: string): string
}

/** What rulesets read, object by object. */
function objectsOf(rulesets: readonly RulesetRuntime[]): readonly ExcerptObject[] {
  const all = new Map<string, Set<string>>()
  for (const { definition, profiles } of rulesets) {
    for (const [object, columns] of [...columnsOfKeys(definition), ...profileColumns(profiles)]) {
      const own = all.get(object) ?? new Set()
      for (const column of columns) own.add(column)
      all.set(object, own)
    }
  }
  return Array.from(all, ([object, columns], at) => excerptObject(object, { columns, at }))
}

function excerptObject(
  name: string,
  { columns, at }: { columns: ReadonlySet<string>; at: number },
): ExcerptObject {
  const party = ident(columns.has('_p_Id') ? '_p_Id' : '_p_PartyId')
  const own = (column: string): string => ident(`${at}_${column}`)
  const copied = Array.from(columns, column => `${ident(column)} as ${own(column)}`)
  const read = Array.from(columns, column => `${own(column)} as ${ident(column)}`)
  return {
    name,
    columnOf: own,
    relation: `(select ${read.join(', ')} from ${TABLE} where _object = ${at})`,
    copySql: parties =>
      `select ${at} as _object, ${copied.join(', ')} from ${ALL_SOURCES.relationOf(name)} where ${party} ${parties}`,
  }
}
