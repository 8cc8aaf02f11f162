import { type KeyBatch, keyColumns } from '../core/index.ts'
import type { KeyGroups } from './blocking-groups.ts'

/** The records of each comparison row: those of row `r` are `pids[starts[r]]` to `pids[starts[r + 1] - 1]`. */
interface RowPids {
  readonly pids: Int32Array
  readonly starts: Int32Array
}

/** The records of each row, out of the row of each record. */
export function pidsByRow(rowOf: Int32Array, rows: number): RowPids {
  const starts = new Int32Array(rows + 1)
  for (const row of rowOf) starts[row + 1] = (starts[row + 1] ?? 0) + 1
  for (let row = 0; row < rows; row++) starts[row + 1] = (starts[row + 1] ?? 0) + (starts[row] ?? 0)
  const ends = starts.slice()
  const pids = new Int32Array(rowOf.length)
  for (const [pid, row] of rowOf.entries()) {
    const place = ends[row] ?? 0
    pids[place] = pid
    ends[row] = place + 1
  }
  return { pids, starts }
}

/** Whose keys are made: the records of each row, and which rows can link to another at all. */
export interface Linkable {
  readonly pidsOf: RowPids
  readonly canLink: Uint8Array
}

/** The rows of a pass's groups, as an index takes them: the key is the group's number. */
export function groupRows(rule: number, groups: KeyGroups, linkable: Linkable): KeyBatch {
  const keys = new RowKeys(linkable, groups.rows)
  for (let group = 0; group < groups.count; group++) {
    const end = groups.starts[group + 1] ?? 0
    for (let at = groups.starts[group] ?? 0; at < end; at++) keys.add(group, groups.rows[at] ?? 0)
  }
  return keys.batch(rule)
}

/** Records that are equal in all fields, as a pass of its own. */
export function equalRows(rule: number, linkable: Linkable): KeyBatch {
  const { pidsOf, canLink } = linkable
  const rows: number[] = []
  for (const [row, can] of canLink.entries()) {
    if (can === 1 && (pidsOf.starts[row + 1] ?? 0) - (pidsOf.starts[row] ?? 0) > 1) rows.push(row)
  }
  const keys = new RowKeys(linkable, Int32Array.from(rows))
  for (const [key, row] of rows.entries()) keys.add(key, row)
  return keys.batch(rule)
}

/** Keys of the records of rows; those of a row that cannot link are left out. */
class RowKeys {
  readonly #linkable: Linkable
  readonly #columns: ReturnType<typeof keyColumns>
  /** The keys as halves: a group's number fits the lower one. */
  readonly #low: Int32Array
  #count = 0

  /** Of these rows, each as often as it is in a group. */
  constructor(linkable: Linkable, rows: Int32Array) {
    const { starts } = linkable.pidsOf
    let count = 0
    for (const row of rows) {
      if (linkable.canLink[row] === 1) count += (starts[row + 1] ?? 0) - (starts[row] ?? 0)
    }
    this.#linkable = linkable
    this.#columns = keyColumns(count)
    this.#low = new Int32Array(this.#columns.key.buffer)
  }

  add(key: number, row: number): void {
    const { pidsOf, canLink } = this.#linkable
    if (canLink[row] !== 1) return
    const end = pidsOf.starts[row + 1] ?? 0
    for (let place = pidsOf.starts[row] ?? 0; place < end; place++) {
      this.#low[2 * this.#count] = key
      this.#columns.pid[this.#count] = pidsOf.pids[place] ?? 0
      this.#columns.value[this.#count++] = row
    }
  }

  batch(rule: number): KeyBatch {
    this.#columns.rule.fill(rule)
    return { ...this.#columns, count: this.#count }
  }
}
