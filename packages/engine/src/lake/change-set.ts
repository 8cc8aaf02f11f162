import type { ColumnValues, SqlSession } from './sql-session.ts'

/**
 * How parties are noted whose rows changed: `touched` ones are resolved again, `related` ones only
 * if they are not known yet, because their rows say nothing about who they are.
 */
export type ChangeKind = 'touched' | 'related'

/** The parties of one object that a batch is about; a party may be in more than one list. */
export interface Change {
  /** Of whom rows that say who they are changed. */
  readonly touched: readonly Int32Array[]
  /** To whom other rows point that changed. */
  readonly related: readonly Int32Array[]
}

/** Collects the parties whose rows change while a batch is taken in. */
export class ChangeSet {
  readonly #byObject = new Map<number, Record<ChangeKind, Int32Array[]>>()

  /** Adds the rows of a relation with columns `pid`, null where there is none, and `object`. */
  async add(session: SqlSession, kind: ChangeKind, relation: string): Promise<void> {
    const sql = `select distinct pid, object from (${relation}) where pid is not null order by object`
    for await (const { columns, rowCount } of session.batches(sql)) {
      const [pids, objects = []] = columns
      for (let from = 0; from < rowCount;) {
        let to = from + 1
        while (to < rowCount && objects[to] === objects[from]) to++
        this.#of(Number(objects[from]))[kind].push(int32(pids, { from, to }))
        from = to
      }
    }
  }

  /** Adds what a statement gives: a column of parties for each of these objects, null where there is none. */
  async addColumns(
    session: SqlSession,
    { kind, objects, sql }: { kind: ChangeKind; objects: readonly number[]; sql: string },
  ): Promise<void> {
    for await (const { columns, rowCount } of session.batches(sql)) {
      for (const [at, object] of objects.entries()) {
        const pids = int32(columns[at], { from: 0, to: rowCount })
        this.#of(object)[kind].push(pids.filter(pid => pid !== NOBODY))
      }
    }
  }

  /** The parties of an object, by its number. */
  of(object: number): Change {
    return this.#of(object)
  }

  #of(object: number): Record<ChangeKind, Int32Array[]> {
    const own = this.#byObject.get(object) ?? { touched: [], related: [] }
    this.#byObject.set(object, own)
    return own
  }
}

/** No party has this number. */
const NOBODY = -1

/** Some values of a column of dense ids; a copy, since batches are views that the next one overwrites. */
function int32(values: ColumnValues = [], { from, to }: { from: number; to: number }): Int32Array {
  if (values instanceof Int32Array) return values.slice(from, to)
  return Int32Array.from({ length: to - from }, (_none, at) => Number(values[from + at] ?? NOBODY))
}
