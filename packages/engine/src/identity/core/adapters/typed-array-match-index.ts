import { assert } from '../../../kernel/assert.ts'
import {
  type BlockName,
  type KeyBatch,
  type KeyRow,
  keyBatch,
  type MatchIndex,
  NO_UID,
} from '../match-index.ts'
import { BlockTable, NONE } from './block-table.ts'

/**
 * Numbers a row has: node, value, block, and its neighbours in the block's and the node's lists.
 * One row of each (block, node) is the *lead*, which counts for the block's size; the others
 * keep the complement of their block's number, so that nothing must be counted again.
 */
const STRIDE = 6
const [PID, VALUE, BLOCK, NEXT, BEFORE, NEXT_OF_PID] = [0, 1, 2, 3, 4, 5]
const ROWS_MIN = 16
const PIDS_MIN = 16
/** How many blocks a row makes, about: two records a person, and some keys that differ. */
const BLOCKS_PER_ROW = 0.7

/**
 * A match index on typed arrays: for millions of rows, without an object for any.
 *
 * Memory: 24 bytes a row, 36 to 52 a block (`BlockTable`), 9 a node; arrays grow by half, the
 * slots by doubling. 5 M rows in 4 M blocks of 2.5 M nodes take about 0.35 GB.
 */
export class TypedArrayMatchIndex implements MatchIndex {
  readonly #blocks: BlockTable
  #rows: Int32Array
  #rowEnd = 0
  #freeRow = NONE
  #firstOfPid = new Int32Array(PIDS_MIN).fill(NONE)
  #labels = new Int32Array(PIDS_MIN).fill(NO_UID)
  #present = new Uint8Array(PIDS_MIN)
  rowCount = 0
  presentCount = 0
  pidEnd = 0

  /** `rowsExpected` saves growing while a known number of rows is loaded. */
  constructor(rowsExpected = ROWS_MIN) {
    this.#rows = new Int32Array(STRIDE * Math.max(ROWS_MIN, rowsExpected))
    this.#blocks = new BlockTable(Math.ceil(rowsExpected * BLOCKS_PER_ROW))
  }

  get blockCount(): number {
    return this.#blocks.count
  }

  get blockEnd(): number {
    return this.#blocks.end
  }

  add(batch: KeyBatch): void {
    const { rule, pid, value, count } = batch
    const halves = new Int32Array(batch.key.buffer, batch.key.byteOffset, batch.key.length * 2)
    this.#reserve(this.#rowEnd + count)
    for (let at = 0; at < count; at++) {
      const node = pid[at] ?? NONE
      if (node >= this.pidEnd) this.#know(node)
      const low = halves[2 * at] ?? 0
      const block = this.#blocks.locate(rule[at] ?? 0, low, halves[2 * at + 1] ?? 0)
      this.#addRow(block, node, value[at] ?? NONE)
    }
  }

  replace(pids: ArrayLike<number>, batch: KeyBatch): KeyBatch {
    const replaced = new Set(Array.from(pids))
    for (let at = 0; at < batch.count; at++) {
      assert(replaced.has(batch.pid[at] ?? NONE), 'a replacing row is of a replaced node')
    }
    const before: KeyRow[] = []
    for (const pid of replaced) this.#removeRowsOf(pid, before)
    this.add(batch)
    return keyBatch(before)
  }

  setPresent(pids: ArrayLike<number>, present: boolean): void {
    for (let at = 0; at < pids.length; at++) {
      const pid = pids[at] ?? NONE
      if (pid >= this.pidEnd) this.#know(pid)
      if (this.isPresent(pid) === present) continue
      const more = present ? 1 : -1
      this.#present[pid] = present ? 1 : 0
      this.presentCount += more
      for (let row = this.#first(pid); row !== NONE; row = this.#at(row, NEXT_OF_PID)) {
        const block = this.#at(row, BLOCK)
        if (block >= 0) this.#blocks.addSize(block, more)
      }
    }
  }

  isPresent(pid: number): boolean {
    return this.#present[pid] === 1
  }

  findBlock({ rule, key }: BlockName): number {
    return this.#blocks.find(rule, Number(key & 0xffffffffn) | 0, Number(key >> 32n) | 0)
  }

  blockName(block: number): BlockName {
    assert(this.#blocks.has(block), 'a block has rows')
    return this.#blocks.name(block)
  }

  blockRule(block: number): number {
    return this.#blocks.rule(block)
  }

  blockSize(block: number): number {
    return this.#blocks.size(block)
  }

  eachRow(visit: (block: number, pid: number, value: number) => void): void {
    const rows = this.#rows
    const end = this.#rowEnd * STRIDE
    for (let at = 0; at < end; at += STRIDE) {
      const pid = rows[at + PID] ?? NONE
      if (pid === NONE) continue
      const block = rows[at + BLOCK] ?? 0
      visit(block < 0 ? ~block : block, pid, rows[at + VALUE] ?? NONE)
    }
  }

  eachRowOf(pid: number, visit: (block: number, value: number) => void): void {
    for (let row = this.#first(pid); row !== NONE; row = this.#at(row, NEXT_OF_PID)) {
      const block = this.#at(row, BLOCK)
      visit(block < 0 ? ~block : block, this.#at(row, VALUE))
    }
  }

  eachMember(block: number, visit: (pid: number, value: number) => void): void {
    assert(this.#blocks.has(block), 'a block has rows')
    for (let row = this.#blocks.first(block); row !== NONE; row = this.#at(row, NEXT)) {
      const pid = this.#at(row, PID)
      if (this.#present[pid] === 1) visit(pid, this.#at(row, VALUE))
    }
  }

  label(pid: number): number {
    return this.#labels[pid] ?? NO_UID
  }

  setLabel(pid: number, uid: number): void {
    if (pid >= this.pidEnd) this.#know(pid)
    this.#labels[pid] = uid
  }

  #at(row: number, field: number): number {
    return this.#rows[row * STRIDE + field] ?? NONE
  }

  #first(pid: number): number {
    return this.#firstOfPid[pid] ?? NONE
  }

  #addRow(block: number, pid: number, value: number): void {
    const standing = this.#standing(block, pid, value)
    if (standing === 'held') return
    const row = this.#takeRow()
    const at = row * STRIDE
    const rows = this.#rows
    const head = this.#blocks.first(block)
    rows[at + PID] = pid
    rows[at + VALUE] = value
    rows[at + BLOCK] = standing === 'new' ? block : ~block
    rows[at + NEXT] = head
    rows[at + BEFORE] = NONE
    rows[at + NEXT_OF_PID] = this.#first(pid)
    if (head !== NONE) rows[head * STRIDE + BEFORE] = row
    this.#blocks.setFirst(block, row)
    this.#firstOfPid[pid] = row
    this.rowCount += 1
    if (standing === 'new' && this.#present[pid] === 1) this.#blocks.addSize(block, 1)
  }

  /**
   * Whether a node is new in a block, is there with another value, or with this one. Walks the
   * block's and the node's lists in step: the shorter one knows the whole answer.
   */
  #standing(block: number, pid: number, value: number): 'new' | 'other' | 'held' {
    let standing: 'new' | 'other' = 'new'
    let row = this.#blocks.first(block)
    let own = this.#first(pid)
    while (row !== NONE && own !== NONE) {
      if (this.#at(row, PID) === pid) {
        if (this.#at(row, VALUE) === value) return 'held'
        standing = 'other'
      }
      const owned = this.#at(own, BLOCK)
      if (owned === block || owned === ~block) {
        if (this.#at(own, VALUE) === value) return 'held'
        standing = 'other'
      }
      row = this.#at(row, NEXT)
      own = this.#at(own, NEXT_OF_PID)
    }
    return standing
  }

  #removeRowsOf(pid: number, removed: KeyRow[]): void {
    let row = this.#first(pid)
    if (row === NONE) return
    this.#firstOfPid[pid] = NONE
    while (row !== NONE) {
      const next = this.#at(row, NEXT_OF_PID)
      const held = this.#at(row, BLOCK)
      const block = held < 0 ? ~held : held
      removed.push({ ...this.#blocks.name(block), pid, value: this.#at(row, VALUE) })
      if (held >= 0 && this.isPresent(pid)) this.#blocks.addSize(block, -1)
      this.#unlink(row, block)
      row = next
    }
  }

  #unlink(row: number, block: number): void {
    const next = this.#at(row, NEXT)
    const before = this.#at(row, BEFORE)
    if (next !== NONE) this.#rows[next * STRIDE + BEFORE] = before
    if (before !== NONE) this.#rows[before * STRIDE + NEXT] = next
    else this.#blocks.setFirst(block, next)
    if (next === NONE && before === NONE) this.#blocks.remove(block)
    this.#rows[row * STRIDE + PID] = NONE
    this.#rows[row * STRIDE + NEXT] = this.#freeRow
    this.#freeRow = row
    this.rowCount -= 1
  }

  #takeRow(): number {
    if (this.#freeRow !== NONE) {
      const row = this.#freeRow
      this.#freeRow = this.#at(row, NEXT)
      return row
    }
    const row = this.#rowEnd
    this.#rowEnd += 1
    return row
  }

  #reserve(rows: number): void {
    if (rows * STRIDE <= this.#rows.length) return
    const grown = new Int32Array(Math.ceil(Math.max(rows, this.#rowEnd * 1.5)) * STRIDE)
    grown.set(this.#rows)
    this.#rows = grown
  }

  #know(pid: number): void {
    assert(pid >= 0, 'a pid is not negative')
    const held = this.#present.length
    this.pidEnd = pid + 1
    if (pid < held) return
    const length = Math.max(pid + 1, Math.ceil(held * 1.5))
    this.#firstOfPid = grownTo(length, this.#firstOfPid)
    this.#labels = grownTo(length, this.#labels)
    const present = new Uint8Array(length)
    present.set(this.#present)
    this.#present = present
  }
}

function grownTo(length: number, values: Int32Array): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(length).fill(NONE, values.length)
  grown.set(values)
  return grown
}
