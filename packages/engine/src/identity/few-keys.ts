import type { RulesetDefinition } from '@mainstem/contracts'
import type { ColumnBatch, SqlSession } from '../lake/index.ts'
import { NO_VALUE, SURNAME_RULE } from './core/index.ts'
import { type FewPlan, type PlannedPart, type PlannedRule, planFew } from './few-plan.ts'
import { readTexts, type RowTexts, type SourceTexts } from './few-texts.ts'
import { PRESENCE } from './fresh-keys.ts'
import type { SourceScope } from './rule-sources.ts'

/** Tuples of a few source profiles; whoever has more is left to the engine. */
const TUPLES_FEW = 20_000

/** The values that are a key of a source profile, and the name beside them. */
interface Tuple {
  readonly rule: number
  readonly pid: number
  readonly values: readonly string[]
  readonly name?: string | undefined
}

/**
 * The match keys of a few source profiles, the same as `matchKeysSql` gives. The engine compiles every
 * pattern of that statement before it reads a row, which takes longer than a few rows do: here it
 * reads texts, and hashes what is made of them. A key is always the engine's own hash.
 */
export class FewKeys {
  readonly #plan: FewPlan
  /** The values of a key at most. */
  readonly #widest: number

  constructor(ruleset: RulesetDefinition) {
    this.#plan = planFew(ruleset)
    this.#widest = Math.max(1, ...this.#plan.rules.map(({ keyValues }) => keyValues))
  }

  /** Rows as `FreshKeys` takes them, names without numbers; undefined where the statement must make them. */
  async read(session: SqlSession, scope: SourceScope): Promise<ColumnBatch | undefined> {
    const texts = await readTexts(session, this.#plan.sources, scope)
    const tuples = texts && tuplesOf(this.#plan.rules, texts)
    if (!tuples) return undefined
    const keys = await this.#hashes(session, tuples)
    const rows = new RowSet()
    for (const [at, tuple] of tuples.entries()) {
      if (tuple.rule !== SURNAME_RULE) rows.add(tuple, keys[at] ?? 0n)
    }
    for (const [pid, key] of leastSurnames(tuples, keys)) rows.add({ rule: SURNAME_RULE, pid }, key)
    for (const pid of texts[0]?.keys() ?? []) rows.add({ rule: PRESENCE, pid }, 0n)
    return rows.batch()
  }

  /** The key that each tuple is. */
  async #hashes(session: SqlSession, tuples: readonly Tuple[]): Promise<readonly bigint[]> {
    if (tuples.length === 0) return []
    const columns = Array.from({ length: this.#widest }, (_none, column) =>
      tuples.map(({ values }) => values[column] ?? ''),
    )
    const keys: bigint[] = []
    for (const [at, ...hashes] of await session.compute(hashSql(this.#widest), columns)) {
      const width = tuples[Number(at)]?.values.length ?? 0
      keys[Number(at)] = BigInt(hashes[width - 1] ?? 0)
    }
    return keys
  }
}

/** SQL of the hashes of the first value, the first two, …, of tuples that come as columns. */
function hashSql(widest: number): string {
  const places = Array.from({ length: widest }, (_none, at) => at)
  const columns = places.map(at => `unnest($${at + 1}::varchar[]) as v${at}`)
  const hashes = places.map(
    at =>
      `hash(${places
        .slice(0, at + 1)
        .map(to => `v${to}`)
        .join(', ')})`,
  )
  return `select n, ${hashes.join(', ')} from (select unnest(range(len($1::varchar[]))) as n, ${columns.join(', ')})`
}

/** The tuples of all who are there; undefined where there are too many. */
function tuplesOf(rules: readonly PlannedRule[], texts: SourceTexts): readonly Tuple[] | undefined {
  const tuples: Tuple[] = []
  for (const pid of texts[0]?.keys() ?? []) {
    for (const { rule, keyValues, parts } of rules) {
      const combined = combinations(parts, { pid, texts, countMax: TUPLES_FEW - tuples.length })
      if (!combined) return undefined
      for (const values of combined) {
        const name = values[keyValues]
        tuples.push({ rule, pid, values: values.slice(0, keyValues), name })
      }
    }
  }
  return tuples
}

/** One row of each part beside every row of the others: the values of each, in their places. */
function combinations(
  parts: readonly PlannedPart[],
  from: { readonly pid: number; readonly texts: SourceTexts; readonly countMax: number },
): readonly (readonly string[])[] | undefined {
  let combined: (readonly string[])[] = [[]]
  for (const part of parts) {
    const rows = valuesOf(part, from.texts[part.source]?.get(from.pid) ?? [])
    if (combined.length * rows.length > from.countMax) return undefined
    combined = combined.flatMap(held =>
      rows.map(row => {
        const values = [...held]
        for (const [at, { at: place }] of part.values.entries()) values[place] = row[at] ?? ''
        return values
      }),
    )
  }
  return combined
}

/** The values of a part in each row that has them all, each combination once. */
function valuesOf(part: PlannedPart, rows: readonly RowTexts[]): readonly (readonly string[])[] {
  const found = new Map<string, readonly string[]>()
  for (const texts of rows) {
    const values = part.values.flatMap(({ text, valueOf }) => valueOf(texts[text] ?? null) ?? [])
    if (values.length === part.values.length) found.set(JSON.stringify(values), values)
  }
  return [...found.values()]
}

/** The last name of each profile that has the least hash. */
function leastSurnames(
  tuples: readonly Tuple[],
  keys: readonly bigint[],
): ReadonlyMap<number, bigint> {
  const least = new Map<number, bigint>()
  for (const [at, { rule, pid }] of tuples.entries()) {
    if (rule !== SURNAME_RULE) continue
    const key = keys[at] ?? 0n
    const held = least.get(pid)
    if (held === undefined || key < held) least.set(pid, key)
  }
  return least
}

/** Rows of `rule, key, pid, value, name`, each once. */
class RowSet {
  readonly #rows = new Map<string, readonly [row: Omit<Tuple, 'values'>, key: bigint]>()

  add(row: Omit<Tuple, 'values'>, key: bigint): void {
    this.#rows.set(`${row.rule} ${row.pid} ${key} ${row.name ?? ''}`, [row, key])
  }

  batch(): ColumnBatch {
    const rows = [...this.#rows.values()]
    return {
      rowCount: rows.length,
      columns: [
        Uint8Array.from(rows, ([{ rule }]) => rule),
        BigUint64Array.from(rows, ([, key]) => key),
        Int32Array.from(rows, ([{ pid }]) => pid),
        new Int32Array(rows.length).fill(NO_VALUE),
        rows.map(([{ name }]) => name ?? null),
      ],
    }
  }
}
