import { assert } from '../../../kernel/assert.ts'
import { keyHalves } from '../key-order.ts'
import {
  type BlockName,
  type IndexSize,
  type KeyBatch,
  type KeyRow,
  keyBatch,
  type MatchIndex,
  NO_SIZE,
  NO_SURNAME,
  NO_UID,
  NO_VALUE,
  SURNAME_RULE,
  SURNAME_BITS,
} from '../match-index.ts'
import { BlockTable, NONE } from './block-table.ts'

/**
 * Numbers a row has: node, value, block, and its neighbours in the block's and the node's lists.
 * The complement stands for an absent node, so that whoever walks a block need not look it up. One row
 * of each (block, node) is the *lead*, which counts for the block's size; the others keep the
 * complement of their block's number, so that nothing must be counted again.
 */
const STRIDE = 6
const [PID, VALUE, BLOCK, NEXT, BEFORE, NEXT_OF_PID] = [0, 1, 2, 3, 4, 5]
/** In place of the node of a row that is free. */
const FREE = -(2 ** 31)
/**
 * Numbers a node has: one more than its first row, 0 where it has none; and marks. The sign of those
 * says that it is present; the other bits are of its blocks' numbers, of which those 32 apart share
 * one. A row of a block without a bit is new without a look at any list.
 */
const NODE_STRIDE = 2
const [FIRST, MARKS] = [0, 1]
const PRESENT = 1 << 31
const MARK_BIT_MAX = 30
const ROWS_MIN = 16
const PIDS_MIN = 16
/** Rows whose blocks are looked up, and made, before they are added. */
const ROWS_LOCATED = 1 << 12

/**
 * A match index on typed arrays: for millions of rows, without an object for any.
 *
 * Memory: 24 bytes a row, 32 to 44 a block (`BlockTable`), 16 a node; arrays grow by half, the
 * slots by doubling. 5 M rows in 4 M blocks of 2.5 M nodes take about 0.35 GB.
 */
export class TypedArrayMatchIndex implements MatchIndex {
  readonly #blocks: BlockTable
  #rows: Int32Array
  #rowEnd = 0
  #freeRow = NONE
  #nodes = new Int32Array(0)
  #labels = new Int32Array(0)
  #surnames = new Int32Array(0)
  /** Rows that there was room for from the start. */
  readonly #rowsExpected: number
  readonly #found = new Int32Array(ROWS_LOCATED)
  /** First rows that were read to have their nodes near: nobody looks at them. */
  readonly #near = new Int32Array(ROWS_LOCATED)
  rowCount = 0
  presentCount = 0
  pidEnd = 0

  /** `expected` saves growing while a known number of rows is loaded. */
  constructor(expected: IndexSize = NO_SIZE) {
    this.#rowsExpected = expected.rows
    this.#rows = new Int32Array(STRIDE * Math.max(ROWS_MIN, expected.rows))
    this.#blocks = new BlockTable(expected.rows)
    this.#growNodes(Math.max(PIDS_MIN, expected.nodes))
  }

  get blockCount(): number {
    return this.#blocks.count
  }

  get blockEnd(): number {
    return this.#blocks.end
  }

  add(given: KeyBatch): void {
    const batch = this.#takeSurnames(given)
    const { pid, value, count } = batch
    this.#reserve(this.#rowEnd + count)
    if (this.#rowEnd + count > this.#rowsExpected) this.#blocks.reserveFor(count)
    for (let from = 0; from < count; from += ROWS_LOCATED) {
      const rows = Math.min(ROWS_LOCATED, count - from)
      const found = this.#found.subarray(0, rows)
      this.#blocks.locate(batch, from, found)
      this.#bringNear(pid.subarray(from, from + rows))
      for (let at = 0; at < rows; at++) {
        this.#addRow(found[at] ?? NONE, pid[from + at] ?? NONE, value[from + at] ?? NONE)
      }
    }
  }

  /**
   * Knows the nodes, and reads what it has of each. The nodes of some rows lie anywhere: read one after
   * the other with nothing between, many are on their way from memory at a time; where each was waited
   * for while its row is added, adding took half as long again.
   */
  #bringNear(pids: Int32Array): void {
    for (const pid of pids) if (pid >= this.pidEnd) this.#know(pid)
    const [nodes, near] = [this.#nodes, this.#near]
    for (let at = 0; at < pids.length; at++) near[at] = nodes[(pids[at] ?? 0) * NODE_STRIDE] ?? 0
  }

  replace(pids: ArrayLike<number>, batch: KeyBatch): KeyBatch {
    const replaced = new Set(Array.from(pids))
    for (let at = 0; at < batch.count; at++) {
      assert(replaced.has(batch.pid[at] ?? NONE), 'a replacing row is of a replaced node')
    }
    const before: KeyRow[] = []
    for (const pid of replaced) {
      this.#removeRowsOf(pid, before)
      this.#removeSurnameOf(pid, before)
    }
    this.add(batch)
    return keyBatch(before)
  }

  setPresent(pids: ArrayLike<number>, present: boolean): void {
    for (let at = 0; at < pids.length; at++) {
      const pid = pids[at] ?? NONE
      if (pid >= this.pidEnd) this.#know(pid)
      if (this.isPresent(pid) === present) continue
      const more = present ? 1 : -1
      this.#nodes[pid * NODE_STRIDE + MARKS] = this.#marks(pid) ^ PRESENT
      this.presentCount += more
      for (let row = this.#first(pid); row !== NONE; row = this.#at(row, NEXT_OF_PID)) {
        this.#rows[row * STRIDE + PID] = present ? pid : ~pid
        const block = this.#at(row, BLOCK)
        if (block >= 0) this.#blocks.addSize(block, more)
      }
    }
  }

  isPresent(pid: number): boolean {
    return this.#marks(pid) < 0
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
      const pid = rows[at + PID] ?? FREE
      if (pid === FREE) continue
      visit(stated(rows[at + BLOCK] ?? 0), stated(pid), rows[at + VALUE] ?? NONE)
    }
  }

  eachRowOf(pid: number, visit: (block: number, value: number) => void): void {
    for (let row = this.#first(pid); row !== NONE; row = this.#at(row, NEXT_OF_PID)) {
      visit(stated(this.#at(row, BLOCK)), this.#at(row, VALUE))
    }
  }

  eachMember(block: number, visit: (pid: number, value: number) => void): void {
    assert(this.#blocks.has(block), 'a block has rows')
    const rows = this.#rows
    for (let row = this.#blocks.first(block); row !== NONE;) {
      const at = row * STRIDE
      const pid = rows[at + PID] ?? FREE
      if (pid >= 0) visit(pid, rows[at + VALUE] ?? NONE)
      row = rows[at + NEXT] ?? NONE
    }
  }

  surname(pid: number): number {
    return this.#surnames[pid] ?? NO_SURNAME
  }

  label(pid: number): number {
    return this.#labels[pid] ?? NO_UID
  }

  setLabel(pid: number, uid: number): void {
    if (pid >= this.pidEnd) this.#know(pid)
    this.#labels[pid] = uid
  }

  /** Keeps the surnames of a batch, and gives the rows that are left; most batches have none. */
  #takeSurnames(batch: KeyBatch): KeyBatch {
    const first = batch.rule.subarray(0, batch.count).indexOf(SURNAME_RULE)
    if (first === -1) return batch
    const keys: number[] = []
    const halves = keyHalves(batch.key)
    for (let at = 0; at < batch.count; at++) {
      if (batch.rule[at] !== SURNAME_RULE) {
        keys.push(at)
        continue
      }
      const pid = batch.pid[at] ?? NONE
      if (pid >= this.pidEnd) this.#know(pid)
      this.#surnames[pid] = (halves[2 * at] ?? 0) & SURNAME_BITS
    }
    return {
      rule: Uint8Array.from(keys, at => batch.rule[at] ?? 0),
      key: BigUint64Array.from(keys, at => batch.key[at] ?? 0n),
      pid: Int32Array.from(keys, at => batch.pid[at] ?? NONE),
      value: Int32Array.from(keys, at => batch.value[at] ?? NONE),
      count: keys.length,
    }
  }

  #removeSurnameOf(pid: number, removed: KeyRow[]): void {
    const surname = this.surname(pid)
    if (surname === NO_SURNAME) return
    removed.push({ rule: SURNAME_RULE, key: BigInt(surname), pid, value: NO_VALUE })
    this.#surnames[pid] = NO_SURNAME
  }

  #at(row: number, field: number): number {
    return this.#rows[row * STRIDE + field] ?? NONE
  }

  #first(pid: number): number {
    return (this.#nodes[pid * NODE_STRIDE + FIRST] ?? 0) - 1
  }

  #marks(pid: number): number {
    return this.#nodes[pid * NODE_STRIDE + MARKS] ?? 0
  }

  #addRow(block: number, pid: number, value: number): void {
    const nodes = this.#nodes
    const node = pid * NODE_STRIDE
    const marks = nodes[node + MARKS] ?? 0
    const mark = 1 << Math.min(block & 31, MARK_BIT_MAX)
    const standing = (marks & mark) === 0 ? 'new' : this.#standing(block, pid, value)
    if (standing === 'held') return
    const row = this.#takeRow()
    const at = row * STRIDE
    const rows = this.#rows
    const isPresent = marks < 0
    const head = this.#blocks.putFirst(block, row, standing === 'new' && isPresent)
    rows[at + PID] = isPresent ? pid : ~pid
    rows[at + VALUE] = value
    rows[at + BLOCK] = standing === 'new' ? block : ~block
    rows[at + NEXT] = head
    rows[at + BEFORE] = NONE
    rows[at + NEXT_OF_PID] = (nodes[node + FIRST] ?? 0) - 1
    if (head !== NONE) rows[head * STRIDE + BEFORE] = row
    nodes[node + FIRST] = row + 1
    nodes[node + MARKS] = marks | mark
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
      if (stated(this.#at(row, PID)) === pid) {
        if (this.#at(row, VALUE) === value) return 'held'
        standing = 'other'
      }
      if (stated(this.#at(own, BLOCK)) === block) {
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
    const isPresent = this.isPresent(pid)
    this.#nodes[pid * NODE_STRIDE + FIRST] = 0
    this.#nodes[pid * NODE_STRIDE + MARKS] = isPresent ? PRESENT : 0
    while (row !== NONE) {
      const next = this.#at(row, NEXT_OF_PID)
      const held = this.#at(row, BLOCK)
      const block = stated(held)
      removed.push({ ...this.#blocks.name(block), pid, value: this.#at(row, VALUE) })
      if (held >= 0 && isPresent) this.#blocks.addSize(block, -1)
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
    this.#rows[row * STRIDE + PID] = FREE
    this.#rows[row * STRIDE + NEXT] = this.#freeRow
    this.#freeRow = row
    this.rowCount -= 1
  }

  #takeRow(): number {
    this.rowCount += 1
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
    const held = this.#labels.length
    this.pidEnd = pid + 1
    if (pid >= held) this.#growNodes(Math.max(pid + 1, Math.ceil(held * 1.5)))
  }

  #growNodes(length: number): void {
    const held = this.#labels.length
    const [nodes, labels, surnames] = [this.#nodes, this.#labels, this.#surnames]
    this.#nodes = new Int32Array(NODE_STRIDE * length)
    this.#nodes.set(nodes)
    this.#labels = new Int32Array(length).fill(NO_UID, held)
    this.#labels.set(labels)
    this.#surnames = new Int32Array(length).fill(NO_SURNAME, held)
    this.#surnames.set(surnames)
  }
}

/** The number that a row states, as it is or as its complement. */
function stated(number: number): number {
  return number < 0 ? ~number : number
}
