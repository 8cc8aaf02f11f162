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
 * One row of each (block, node) is the *lead*, which counts for the block's size; the others
 * keep the complement of their block's number, so that nothing must be counted again.
 */
const STRIDE = 6
const [PID, VALUE, BLOCK, NEXT, BEFORE, NEXT_OF_PID] = [0, 1, 2, 3, 4, 5]
/**
 * Numbers a node has: its first row, and a bit for each of its blocks' numbers, of which those 32
 * apart share one. A row of a block without a bit is new without a look at any list.
 */
const NODE_STRIDE = 2
const [FIRST, MARKS] = [0, 1]
const ROWS_MIN = 16
const PIDS_MIN = 16
/** Rows whose blocks are looked up, and made, before they are added. */
const ROWS_LOCATED = 1 << 12
/** How many blocks a row makes, about: two records a person, and some keys that differ. */
const BLOCKS_PER_ROW = 0.7

/**
 * A match index on typed arrays: for millions of rows, without an object for any.
 *
 * Memory: 24 bytes a row, 32 to 44 a block (`BlockTable`), 17 a node; arrays grow by half, the
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
  #present = new Uint8Array(0)
  rowCount = 0
  presentCount = 0
  pidEnd = 0

  /** `expected` saves growing while a known number of rows is loaded. */
  constructor(expected: IndexSize = NO_SIZE) {
    this.#rows = new Int32Array(STRIDE * Math.max(ROWS_MIN, expected.rows))
    this.#blocks = new BlockTable(Math.ceil(expected.rows * BLOCKS_PER_ROW))
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
    this.#blocks.reserve(Math.ceil(count * BLOCKS_PER_ROW))
    for (let from = 0; from < count; from += ROWS_LOCATED) {
      const found = new Int32Array(Math.min(ROWS_LOCATED, count - from))
      this.#blocks.locate(batch, from, found)
      for (let at = 0; at < found.length; at++) {
        const node = pid[from + at] ?? NONE
        if (node >= this.pidEnd) this.#know(node)
        this.#addRow(found[at] ?? NONE, node, value[from + at] ?? NONE)
      }
    }
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
    return this.#nodes[pid * NODE_STRIDE + FIRST] ?? NONE
  }

  #addRow(block: number, pid: number, value: number): void {
    const nodes = this.#nodes
    const node = pid * NODE_STRIDE
    const marks = nodes[node + MARKS] ?? 0
    const mark = 1 << block
    const standing = (marks & mark) === 0 ? 'new' : this.#standing(block, pid, value)
    if (standing === 'held') return
    const row = this.#takeRow()
    const at = row * STRIDE
    const rows = this.#rows
    const isCounted = standing === 'new' && this.#present[pid] === 1
    const head = this.#blocks.putFirst(block, row, isCounted)
    rows[at + PID] = pid
    rows[at + VALUE] = value
    rows[at + BLOCK] = standing === 'new' ? block : ~block
    rows[at + NEXT] = head
    rows[at + BEFORE] = NONE
    rows[at + NEXT_OF_PID] = nodes[node + FIRST] ?? NONE
    if (head !== NONE) rows[head * STRIDE + BEFORE] = row
    nodes[node + FIRST] = row
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
    this.#nodes[pid * NODE_STRIDE + FIRST] = NONE
    this.#nodes[pid * NODE_STRIDE + MARKS] = 0
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
    const held = this.#present.length
    this.pidEnd = pid + 1
    if (pid >= held) this.#growNodes(Math.max(pid + 1, Math.ceil(held * 1.5)))
  }

  #growNodes(length: number): void {
    const held = this.#present.length
    const [nodes, labels, surnames] = [this.#nodes, this.#labels, this.#surnames]
    this.#nodes = new Int32Array(NODE_STRIDE * length)
    this.#nodes.set(nodes)
    for (let node = held; node < length; node++) this.#nodes[node * NODE_STRIDE + FIRST] = NONE
    this.#labels = new Int32Array(length).fill(NO_UID, held)
    this.#labels.set(labels)
    this.#surnames = new Int32Array(length).fill(NO_SURNAME, held)
    this.#surnames.set(surnames)
    const present = new Uint8Array(length)
    present.set(this.#present)
    this.#present = present
  }
}
