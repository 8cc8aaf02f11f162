import { criteriaOf, type RulesetDefinition } from '@mainstem/contracts'
import { must } from '../kernel/assert.ts'
import type { ColumnBatch, SqlSession } from '../lake/index.ts'
import { type KeyBatch, NO_VALUE, type NameSketch, sketchOf } from './core/index.ts'
import { isFuzzy } from './criterion-value.ts'
import { FewKeys } from './few-keys.ts'
import { FreshKeys, PRESENCE } from './fresh-keys.ts'
import type { IdentityTables } from './identity-tables.ts'
import { ALL_SOURCES, matchKeysSql, sourceProfilesSql } from './match-key-sql.ts'
import type { SourceScope } from './rule-sources.ts'
import { ROWS_FEW, type Writes } from './writes.ts'

/**
 * Source profiles up to which their keys are made outside of the engine. In processor time of the
 * whole of their match keys: 13 ms for 50 against 66 of the statement, 24 against 73 for 200, 84
 * against 104 for 1,000; and while JavaScript makes them, nothing else of it runs.
 */
const FEW_MAX = 500

/** The stored match keys of one ruleset, and the names that its fuzzy rules compare, by number. */
export class KeyStore {
  readonly #ruleset: RulesetDefinition
  readonly #tables: IdentityTables
  readonly #names: string[] = []
  readonly #sketches: NameSketch[] = []
  /** The numbers of names that are in the table. */
  readonly #numbers = new Map<string, number>()
  /** The transactions of the session that were taken back when they were learned. */
  #rollbacks = 0
  readonly #few: FewKeys

  constructor(ruleset: RulesetDefinition, tables: IdentityTables) {
    this.#ruleset = ruleset
    this.#tables = tables
    this.#few = new FewKeys(ruleset)
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
    // In this order the keys of one source profile lie in one place of each rule, and are soon found when it changes.
    const order = scope === ALL_SOURCES ? 'order by rule, pid' : ''
    await session.run(
      `insert into ${matchKey} select rule, key, pid, coalesce(v.value, -1)
       from fresh_key left join fuzzy_value v on v.name = fresh_key.name ${order}`,
    )
  }

  get #comparesNames(): boolean {
    return this.#ruleset.matchRules.some(rule => criteriaOf(rule).some(isFuzzy))
  }

  /** The match keys of so many source profiles as they are now, and which of those there are. */
  async fresh(
    session: SqlSession,
    scope: SourceScope,
    count: number,
  ): Promise<{ readonly rows: KeyBatch; readonly present: ReadonlySet<number> }> {
    if (session.rollbacks !== this.#rollbacks) this.#forgetNumbers(session)
    const fresh = new FreshKeys()
    const few = count <= FEW_MAX ? await this.#few.read(session, scope) : undefined
    if (few) fresh.take(few)
    else await this.#takeAll(session, scope, fresh)
    this.#takeNames(fresh.known)
    fresh.number(this.#numbers)
    await this.#numberNames(session, fresh)
    return { rows: fresh.rows(), present: fresh.present }
  }

  async #takeAll(session: SqlSession, scope: SourceScope, fresh: FreshKeys): Promise<void> {
    const keys =
      `${matchKeysSql(this.#ruleset, scope)} union all ` +
      `select ${PRESENCE}, 0, pid, null from (${sourceProfilesSql(this.#ruleset, scope)})`
    // Names by the numbers that they have: another ruleset may have given those.
    const sql = this.#comparesNames
      ? `select k.rule, k.key, k.pid, coalesce(v.value, -1), k.name
         from (${keys}) k left join fuzzy_value v on v.name = k.name`
      : `select rule, key, pid, -1::integer, name from (${keys})`
    for await (const batch of session.batches(sql)) fresh.take(batch)
  }

  /** Finds the numbers of names that were not met before, or gives them the next. */
  async #numberNames(session: SqlSession, fresh: FreshKeys): Promise<void> {
    const names = fresh.newNames()
    if (names.length === 0) return
    // Another ruleset may have given them theirs.
    const found = await session.rows(
      `select value, name from fuzzy_value where list_contains($1::varchar[], name)
       union all select coalesce(max(value), -1) + 1, null from fuzzy_value`,
      [names],
    )
    const known = found.filter(([, name]) => name !== null)
    this.#takeNames({
      rowCount: known.length,
      columns: [known.map(([value]) => value ?? NO_VALUE), known.map(([, name]) => name ?? null)],
    })
    const first = Number(found.find(([, name]) => name === null)?.[0] ?? 0)
    const added = names.filter(name => !this.#numbers.has(name))
    const values = Int32Array.from(added, (_name, at) => first + at)
    if (added.length > 0) {
      await session.load('fuzzy_value', [
        { name: 'value', type: 'INTEGER', values },
        { name: 'name', type: 'VARCHAR', values: added },
      ])
    }
    this.#takeNames({ rowCount: added.length, columns: [values, added] })
    fresh.number(this.#numbers)
  }

  /** Makes the match keys of some source profiles these; new ones have none yet. */
  async replace(
    writes: Writes,
    { parties, rows, isNew }: { parties: string; rows: KeyBatch; isNew: boolean },
  ): Promise<void> {
    if (!isNew) writes.add(`delete from ${this.#tables.matchKey} where pid ${parties}`)
    if (rows.count === 0) return
    const { rule, key, pid, value, count } = rows
    if (count <= ROWS_FEW) {
      const values = Array.from(rule.subarray(0, count), (its, at) =>
        [its, key[at] ?? 0n, pid[at] ?? 0, value[at] ?? NO_VALUE].join(', '),
      )
      writes.add(`insert into ${this.#tables.matchKey} values (${values.join('), (')})`)
      return
    }
    const session = await writes.large()
    await session.load(`match_key__${this.#tables.slot}`, [
      { name: 'rule', type: 'UTINYINT', values: rule },
      { name: 'key', type: 'UBIGINT', values: key },
      { name: 'pid', type: 'INTEGER', values: pid },
      { name: 'value', type: 'INTEGER', values: value },
    ])
  }

  /** Every name there is: a number that a taken back transaction gave may mean another name now. */
  async loadNames(session: SqlSession): Promise<void> {
    this.#names.length = 0
    this.#sketches.length = 0
    this.#forgetNumbers(session)
    for await (const batch of session.batches('select value, name from fuzzy_value'))
      this.#takeNames(batch)
  }

  /** A number that a transaction gave stands for nothing if that is taken back. */
  #forgetNumbers({ rollbacks }: SqlSession): void {
    this.#numbers.clear()
    this.#rollbacks = rollbacks
  }

  #takeNames({ columns, rowCount }: ColumnBatch): void {
    for (let at = 0; at < rowCount; at++) {
      const value = Number(columns[0]?.[at] ?? -1)
      if (value < 0) continue
      const name = String(columns[1]?.[at] ?? '')
      this.#names[value] = name
      this.#numbers.set(name, value)
      this.#sketches[value] = sketchOf(name)
    }
  }
}
