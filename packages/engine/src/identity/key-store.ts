import { criteriaOf, type RulesetDefinition } from '@mainstem/contracts'
import { must } from '../kernel/assert.ts'
import type { ColumnBatch, SqlSession } from '../lake/index.ts'
import { type KeyBatch, type NameSketch, sketchOf } from './core/index.ts'
import { FreshKeys, PRESENCE } from './fresh-keys.ts'
import type { IdentityTables } from './identity-tables.ts'
import {
  ALL_SOURCES,
  isFuzzy,
  matchKeysSql,
  sourceProfilesSql,
  type SourceScope,
} from './match-key-sql.ts'

/** The stored match keys of one ruleset, and the names that its fuzzy rules compare, by number. */
export class KeyStore {
  readonly #ruleset: RulesetDefinition
  readonly #tables: IdentityTables
  readonly #names: string[] = []
  readonly #sketches: NameSketch[] = []

  constructor(ruleset: RulesetDefinition, tables: IdentityTables) {
    this.#ruleset = ruleset
    this.#tables = tables
  }

  /** The name that a fuzzy value stands for. */
  name(value: number): string {
    return must(this.#names[value], 'a fuzzy value has a name')
  }

  /** What a fuzzy value's name looks like from afar. */
  sketch(value: number): NameSketch {
    return must(this.#sketches[value], 'a fuzzy value has a sketch')
  }

  /** Writes the match keys of all source profiles; they never leave the engine. */
  async storeAll(session: SqlSession, scope: SourceScope = ALL_SOURCES): Promise<void> {
    const { matchKey } = this.#tables
    await session.run(`delete from ${matchKey}`)
    await session.run(
      `create or replace temp table fresh_key as ${matchKeysSql(this.#ruleset, scope)}`,
    )
    if (this.#comparesNames) {
      await session.run(
        `insert into fuzzy_value
         select (select coalesce(max(value), -1) from fuzzy_value) + row_number() over (order by name), name
         from (select distinct name from fresh_key where name is not null) n
         where not exists (select 1 from fuzzy_value v where v.name = n.name)`,
      )
    }
    await session.run(
      `insert into ${matchKey} select rule, key, pid, coalesce(v.value, -1)
       from fresh_key left join fuzzy_value v on v.name = fresh_key.name`,
    )
  }

  get #comparesNames(): boolean {
    return this.#ruleset.matchRules.some(rule => criteriaOf(rule).some(isFuzzy))
  }

  /** The match keys of some source profiles as they are now, and which of those there are. */
  async fresh(
    session: SqlSession,
    scope: SourceScope,
  ): Promise<{ readonly rows: KeyBatch; readonly present: ReadonlySet<number> }> {
    const keys =
      `${matchKeysSql(this.#ruleset, scope)} union all ` +
      `select ${PRESENCE}, 0, pid, null from (${sourceProfilesSql(this.#ruleset, scope)})`
    // Names by the numbers that they have: another ruleset may have given those.
    const sql = this.#comparesNames
      ? `select k.rule, k.key, k.pid, coalesce(v.value, -1), k.name
         from (${keys}) k left join fuzzy_value v on v.name = k.name`
      : `select rule, key, pid, -1::integer, name from (${keys})`
    const fresh = new FreshKeys()
    for await (const batch of session.batches(sql)) fresh.take(batch)
    this.#takeNames(fresh.known)
    await this.#numberNames(session, fresh)
    return { rows: fresh.rows(), present: fresh.present }
  }

  /** Gives the next numbers to names that were not met before. */
  async #numberNames(session: SqlSession, fresh: FreshKeys): Promise<void> {
    const names = fresh.newNames()
    if (names.length === 0) return
    const [row] = await session.rows('select coalesce(max(value), -1) + 1 from fuzzy_value')
    const first = Number(row?.[0] ?? 0)
    const values = Int32Array.from(names, (_name, at) => first + at)
    await session.load('fuzzy_value', [
      { name: 'value', type: 'INTEGER', values },
      { name: 'name', type: 'VARCHAR', values: names },
    ])
    const numbered = { rowCount: names.length, columns: [values, names] }
    this.#takeNames(numbered)
    fresh.number(new Map(names.map((name, at) => [name, first + at])))
  }

  async replace(
    session: SqlSession,
    { parties, rows }: { parties: string | undefined; rows: KeyBatch },
  ): Promise<void> {
    await session.run(`delete from ${this.#tables.matchKey} where pid ${parties}`)
    if (rows.count === 0) return
    await session.load(`match_key__${this.#tables.slot}`, [
      { name: 'rule', type: 'UTINYINT', values: rows.rule },
      { name: 'key', type: 'UBIGINT', values: rows.key },
      { name: 'pid', type: 'INTEGER', values: rows.pid },
      { name: 'value', type: 'INTEGER', values: rows.value },
    ])
  }

  /** Every name there is: a number that a taken back transaction gave may mean another name now. */
  async loadNames(session: SqlSession): Promise<void> {
    this.#names.length = 0
    this.#sketches.length = 0
    for await (const batch of session.batches('select value, name from fuzzy_value'))
      this.#takeNames(batch)
  }

  #takeNames({ columns, rowCount }: ColumnBatch): void {
    for (let at = 0; at < rowCount; at++) {
      const value = Number(columns[0]?.[at] ?? -1)
      if (value < 0) continue
      const name = String(columns[1]?.[at] ?? '')
      this.#names[value] = name
      this.#sketches[value] = sketchOf(name)
    }
  }
}
