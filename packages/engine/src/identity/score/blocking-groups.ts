import { type BlockingPart, type PartHash, partHash } from './blocking-part.ts'
import { BLANK, type ScoreTable } from './score-table.ts'
import { joinHashes } from './text-hash.ts'
import { SEVERAL } from './value-form.ts'

/** A part of a field, by the field's place. */
export interface FieldPart {
  readonly field: number
  readonly part: BlockingPart
}

/** Keys of rows: two halves each, and whose. A row has several where it has several values. */
export interface PassKeys {
  readonly low: Int32Array
  readonly high: Int32Array
  readonly row: Int32Array
  readonly count: number
}

/** Values of one field that make keys; who has more is not found by all of them. */
export const SEVERAL_MAX = 8

/** Numbers a value has in `PartHashes`: the halves of its hash, its kind, and nothing. */
const STRIDE = 4
const [LOW, HIGH, KIND] = [0, 1, 2]

/** The hashes of a part of every value of a field, made once and good until values are added. */
class PartHashes {
  /** Of value `v` the numbers from `v * STRIDE` on. A kind is 0 where it has no such part, 1 where it has one, 2 where it is several values. */
  readonly numbers: Int32Array
  readonly several = new Map<number, readonly PartHash[]>()

  constructor(table: ScoreTable, { field, part }: FieldPart) {
    const texts = table.fields[field]?.texts ?? []
    this.numbers = new Int32Array(texts.length * STRIDE)
    for (const [value, text] of texts.entries()) {
      if (text.includes(SEVERAL)) {
        const hashes = text.split(SEVERAL).flatMap(one => partHash(part, one) ?? [])
        this.several.set(value, hashes.slice(0, SEVERAL_MAX))
        this.numbers[value * STRIDE + KIND] = hashes.length === 0 ? 0 : 2
        continue
      }
      const hash = partHash(part, text)
      if (!hash) continue
      this.numbers[value * STRIDE + LOW] = hash.low
      this.numbers[value * STRIDE + HIGH] = hash.high
      this.numbers[value * STRIDE + KIND] = 1
    }
  }
}

/** Makes the keys of blocking passes over a table's rows. */
export class KeyMaker {
  readonly #table: ScoreTable
  readonly #hashes = new Map<string, PartHashes>()

  constructor(table: ScoreTable) {
    this.#table = table
  }

  /** The keys of all rows; a row that lacks a part has none. */
  keys(pass: readonly FieldPart[]): PassKeys {
    const { rows } = this.#table
    const joined: JoinedParts = {
      low: new Int32Array(rows).fill(pass.length),
      high: new Int32Array(rows).fill(pass.length),
      kind: new Uint8Array(rows).fill(1),
    }
    const parts = pass.map(one => this.#hashesOf(one))
    const columns = pass.map(({ field }) => this.#table.column(field))
    for (const [at, hashes] of parts.entries()) {
      joinPart(joined, hashes, columns[at] ?? new Int32Array(0))
    }
    const keys = new KeyList(rows)
    for (let row = 0; row < rows; row++) {
      const kind = joined.kind[row] ?? 0
      if (kind === 1) keys.add(joined.low[row] ?? 0, joined.high[row] ?? 0, row)
      if (kind !== 2) continue
      for (const { low, high } of combined(row, parts, columns)) keys.add(low, high, row)
    }
    return keys
  }

  #hashesOf(part: FieldPart): PartHashes {
    const name = `${part.field} ${part.part}`
    const held = this.#hashes.get(name)
    if (held) return held
    const made = new PartHashes(this.#table, part)
    this.#hashes.set(name, made)
    return made
  }
}

/** The keys of rows so far, as long as each row has one; of `kind` as in `PartHashes`. */
interface JoinedParts {
  readonly low: Int32Array
  readonly high: Int32Array
  readonly kind: Uint8Array
}

/** Joins one more part to the keys of rows. */
function joinPart(
  { low, high, kind }: JoinedParts,
  { numbers }: PartHashes,
  column: Int32Array,
): void {
  for (let row = 0; row < kind.length; row++) {
    if (kind[row] === 0) continue
    const value = column[row] ?? BLANK
    const at = value * STRIDE
    const has = value === BLANK ? 0 : (numbers[at + KIND] ?? 0)
    if (has !== 1) kind[row] = has
    if (has === 0) continue
    low[row] = joinHashes(low[row] ?? 0, numbers[at + LOW] ?? 0)
    high[row] = joinHashes(high[row] ?? 0, numbers[at + HIGH] ?? 0)
  }
}

/** The keys of a row that has several values of a field: one for each combination. */
function combined(
  row: number,
  parts: readonly PartHashes[],
  columns: readonly Int32Array[],
): readonly PartHash[] {
  let keys: readonly PartHash[] = [{ low: parts.length, high: parts.length }]
  for (const [at, hashes] of parts.entries()) {
    const value = columns[at]?.[row] ?? BLANK
    const own = hashes.several.get(value) ?? [
      {
        low: hashes.numbers[value * STRIDE + LOW] ?? 0,
        high: hashes.numbers[value * STRIDE + HIGH] ?? 0,
      },
    ]
    keys = keys.flatMap(key =>
      own.map(one => ({
        low: joinHashes(key.low, one.low),
        high: joinHashes(key.high, one.high),
      })),
    )
  }
  return keys.slice(0, SEVERAL_MAX)
}

/** Keys column by column; the columns grow where rows have several. */
class KeyList implements PassKeys {
  low: Int32Array
  high: Int32Array
  row: Int32Array
  count = 0

  constructor(expected: number) {
    this.low = new Int32Array(expected)
    this.high = new Int32Array(expected)
    this.row = new Int32Array(expected)
  }

  add(low: number, high: number, row: number): void {
    if (this.count === this.row.length) this.#grow()
    this.low[this.count] = low
    this.high[this.count] = high
    this.row[this.count++] = row
  }

  #grow(): void {
    const length = Math.ceil(this.row.length * 1.5) + SEVERAL_MAX
    const larger = (column: Int32Array): Int32Array => {
      const grown = new Int32Array(length)
      grown.set(column)
      return grown
    }
    this.low = larger(this.low)
    this.high = larger(this.high)
    this.row = larger(this.row)
  }
}

/** Rows by the key that they share: the rows of group `g` are `rows[starts[g]]` to `rows[starts[g + 1] - 1]`. */
export interface KeyGroups {
  readonly rows: Int32Array
  readonly starts: Int32Array
  readonly count: number
  /** The group of each row, one of them where it has several; -1 where it has none. */
  readonly groupOf: Int32Array
}

/** Groups rows by key; those alone with theirs are in none. */
export function groupsOf({ low, high, row, count }: PassKeys, rowCount: number): KeyGroups {
  const size = 2 ** Math.max(4, Math.ceil(Math.log2(count * 1.5 + 1)))
  const mask = size - 1
  const slots = new Int32Array(size)
  const groupOf = new Int32Array(count)
  const firsts = new Int32Array(count)
  const sizes = new Int32Array(count + 1)
  let groups = 0
  for (let at = 0; at < count; at++) {
    const [a, b] = [low[at] ?? 0, high[at] ?? 0]
    let slot = (a ^ (b >>> 7)) & mask
    for (; ; slot = (slot + 1) & mask) {
      const group = (slots[slot] ?? 0) - 1
      if (group < 0) {
        slots[slot] = groups + 1
        firsts[groups] = at
        groupOf[at] = groups
        sizes[groups++] = 1
        break
      }
      const first = firsts[group] ?? 0
      if (low[first] === a && high[first] === b) {
        groupOf[at] = group
        sizes[group] = (sizes[group] ?? 0) + 1
        break
      }
    }
  }
  return packed({ row, count, groupOf, sizes, groups, rowCount })
}

function packed(found: {
  readonly row: Int32Array
  readonly count: number
  readonly groupOf: Int32Array
  readonly sizes: Int32Array
  readonly groups: number
  readonly rowCount: number
}): KeyGroups {
  const { row, count, groupOf, sizes, groups, rowCount } = found
  const places = new Int32Array(groups).fill(-1)
  const starts: number[] = []
  let end = 0
  for (let group = 0; group < groups; group++) {
    const size = sizes[group] ?? 0
    if (size < 2) continue
    places[group] = end
    starts.push(end)
    end += size
  }
  const rows = new Int32Array(end)
  const groupOfRow = new Int32Array(rowCount).fill(-1)
  for (let at = 0; at < count; at++) {
    const group = groupOf[at] ?? 0
    const place = places[group] ?? -1
    if (place < 0) continue
    rows[place] = row[at] ?? 0
    groupOfRow[row[at] ?? 0] = group
    places[group] = place + 1
  }
  const ends = new Int32Array(starts.length + 1)
  ends.set(starts)
  ends[starts.length] = end
  return { rows, starts: ends, count: starts.length, groupOf: groupOfRow }
}

/** How many pairs the groups have, without those over a cap. */
export function pairsIn({ starts, count }: KeyGroups, groupMax: number): number {
  let pairs = 0
  for (let group = 0; group < count; group++) {
    const size = (starts[group + 1] ?? 0) - (starts[group] ?? 0)
    if (size <= groupMax) pairs += (size * (size - 1)) / 2
  }
  return pairs
}

/** Pairs of rows, column by column. */
export interface RowPairs {
  readonly first: Int32Array
  readonly second: Int32Array
}

/** Every so manieth pair of the groups, so that about `pairsMax` come of them; no pair with itself. */
export function samplePairs(groups: KeyGroups, groupMax: number, pairsMax: number): RowPairs {
  const step = Math.max(1, Math.ceil(pairsIn(groups, groupMax) / pairsMax))
  const first: number[] = []
  const second: number[] = []
  let next = 0
  let seen = 0
  for (let group = 0; group < groups.count; group++) {
    const [start, end] = [groups.starts[group] ?? 0, groups.starts[group + 1] ?? 0]
    if (end - start > groupMax) continue
    const pairs = ((end - start) * (end - start - 1)) / 2
    if (next >= seen + pairs) {
      seen += pairs
      continue
    }
    for (let at = start + 1; at < end; at++) {
      for (let before = start; before < at; before++, seen++) {
        if (seen < next) continue
        next += step
        const [one, other] = [groups.rows[before] ?? 0, groups.rows[at] ?? 0]
        if (one === other) continue
        first.push(one)
        second.push(other)
      }
    }
  }
  return { first: Int32Array.from(first), second: Int32Array.from(second) }
}
