import { inHashOrder, type KeyBatch, keyColumns } from '../core/index.ts'
import type { PassKeys } from './blocking-groups.ts'
import type { LoadedTable } from './load-table.ts'
import type { ScoreTable } from './score-table.ts'

/** Keys that are put in order at once. */
const KEYS_GATHERED = 1 << 19

/** The records of each row: those of row `r` are `pids[starts[r]]` to `pids[starts[r + 1] - 1]`. */
interface RowPids {
  readonly pids: Int32Array
  readonly starts: Int32Array
}

/** The records of each row, out of the row of each record. */
export function pidsByRow({ rowOf, table }: LoadedTable): RowPids {
  const starts = new Int32Array(table.rows + 1)
  for (const row of rowOf) if (row >= 0) starts[row + 1] = (starts[row + 1] ?? 0) + 1
  for (let row = 0; row < table.rows; row++) {
    starts[row + 1] = (starts[row + 1] ?? 0) + (starts[row] ?? 0)
  }
  const ends = starts.slice()
  const pids = new Int32Array(starts[table.rows] ?? 0)
  for (const [pid, row] of rowOf.entries()) {
    if (row < 0) continue
    const place = ends[row] ?? 0
    pids[place] = pid
    ends[row] = place + 1
  }
  return { pids, starts }
}

/** Records that are equal in all fields, as a pass of its own; those that equal no other only if they may come to. */
export function equalKeys(
  table: ScoreTable,
  { pids: { starts }, sharedOnly }: Pick<Expansion, 'pids' | 'sharedOnly'>,
): PassKeys {
  const row = new Int32Array(table.rows)
  const hashes = new Int32Array(table.rows)
  let count = 0
  for (let own = 0; own < table.rows; own++) {
    if (sharedOnly && (starts[own + 1] ?? 0) - (starts[own] ?? 0) < 2) continue
    row[count] = own
    hashes[count++] = table.contentHash(own)
  }
  return { low: hashes, high: hashes, row, count }
}

/** Which records' keys are made, and whether without those that nobody shares. */
interface Expansion {
  readonly pids: RowPids
  readonly canLink: Uint8Array
  readonly sharedOnly: boolean
}

/** The keys of rows as the keys of their records, in pieces, in the order that costs an index least. */
export function* expanded(keys: PassKeys, rule: number, expansion: Expansion): Iterable<KeyBatch> {
  const { pids } = expansion
  const isWanted = wantedKeys(keys, expansion)
  const gathered = new GatheredKeys(keys, rule)
  for (let at = 0; at < keys.count; at++) {
    if (isWanted[at] === 0) continue
    const row = keys.row[at] ?? 0
    const end = pids.starts[row + 1] ?? 0
    for (let place = pids.starts[row] ?? 0; place < end; place++) {
      if (gathered.count === KEYS_GATHERED) yield gathered.take()
      gathered.add(at, pids.pids[place] ?? 0)
    }
  }
  if (gathered.count > 0) yield gathered.take()
}

/** Keys of records on their way to an index. */
class GatheredKeys {
  readonly #keys: PassKeys
  readonly #whole = keyColumns(KEYS_GATHERED)
  readonly #ordered = keyColumns(KEYS_GATHERED)
  readonly #halves = new Int32Array(this.#whole.key.buffer)
  count = 0

  constructor(keys: PassKeys, rule: number) {
    this.#keys = keys
    this.#whole.rule.fill(rule)
  }

  /** Adds the key at a place, of a record. */
  add(at: number, pid: number): void {
    this.#halves[2 * this.count] = this.#keys.low[at] ?? 0
    this.#halves[2 * this.count + 1] = this.#keys.high[at] ?? 0
    this.#whole.pid[this.count] = pid
    this.#whole.value[this.count++] = this.#keys.row[at] ?? 0
  }

  /** All so far, good until the next are taken. */
  take(): KeyBatch {
    const count = this.count
    this.count = 0
    return inHashOrder({ ...this.#whole, count }, this.#ordered)
  }
}

/** Which keys are made: 1 for those. */
function wantedKeys(keys: PassKeys, { pids, canLink, sharedOnly }: Expansion): Uint8Array {
  const wanted = sharedOnly ? sharedKeys(keys, pids) : new Uint8Array(keys.count).fill(1)
  for (let at = 0; at < keys.count; at++) {
    if (canLink[keys.row[at] ?? 0] !== 1) wanted[at] = 0
  }
  return wanted
}

/** Which keys several records have, about: a few that one alone has may be among them. */
function sharedKeys({ low, high, count, row }: PassKeys, { starts }: RowPids): Uint8Array {
  const bits = Math.max(4, Math.ceil(Math.log2(count + 1)) + 2)
  const seen = new Uint8Array(2 ** bits)
  const slotOf = (at: number): number =>
    (Math.imul((low[at] ?? 0) ^ Math.imul(high[at] ?? 0, 0x9e3779b1), 0x85ebca6b) >>>
      (32 - Math.min(32, bits))) >>>
    0
  for (let at = 0; at < count; at++) {
    const slot = slotOf(at)
    const own = row[at] ?? 0
    const records = (starts[own + 1] ?? 0) - (starts[own] ?? 0)
    seen[slot] = Math.min(2, (seen[slot] ?? 0) + records)
  }
  return Uint8Array.from({ length: count }, (_none, at) => ((seen[slotOf(at)] ?? 0) > 1 ? 1 : 0))
}
