import { assert, must } from '../../../kernel/assert.ts'
import {
  type BlockName,
  type KeyBatch,
  type KeyRow,
  keyBatch,
  type MatchIndex,
  NO_SURNAME,
  NO_UID,
  SURNAME_RULE,
  SURNAME_BITS,
} from '../match-index.ts'

interface Block {
  readonly name: BlockName
  readonly number: number
  readonly rows: Map<string, KeyRow>
}

/** A match index of plain maps: slow, and too simple to be wrong. For tests and for small data. */
export class MapMatchIndex implements MatchIndex {
  readonly #blocks = new Map<string, Block>()
  readonly #byNumber: (Block | undefined)[] = []
  readonly #rowsOf = new Map<number, Map<string, KeyRow>>()
  readonly #present = new Set<number>()
  readonly #labels = new Map<number, number>()
  readonly #surnames = new Map<number, KeyRow>()
  pidEnd = 0

  get rowCount(): number {
    return [...this.#blocks.values()].reduce((sum, block) => sum + block.rows.size, 0)
  }

  get blockCount(): number {
    return this.#blocks.size
  }

  get presentCount(): number {
    return this.#present.size
  }

  get blockEnd(): number {
    return this.#byNumber.length
  }

  add(batch: KeyBatch): void {
    for (let at = 0; at < batch.count; at++) this.#addRow(rowAt(batch, at))
  }

  replace(pids: ArrayLike<number>, batch: KeyBatch): KeyBatch {
    const replaced = new Set(Array.from(pids))
    const before: KeyRow[] = []
    const surnames: KeyRow[] = []
    for (const pid of replaced) {
      const surname = this.#surnames.get(pid)
      if (surname) surnames.push(surname)
      this.#surnames.delete(pid)
      for (const row of this.#rowsOf.get(pid)?.values() ?? []) before.push(row)
    }
    for (const row of before) this.#removeRow(row)
    for (let at = 0; at < batch.count; at++) {
      const row = rowAt(batch, at)
      assert(replaced.has(row.pid), 'a replacing row is of a replaced node')
      this.#addRow(row)
    }
    return keyBatch([...before, ...surnames])
  }

  setPresent(pids: ArrayLike<number>, present: boolean): void {
    for (const pid of Array.from(pids)) {
      this.#know(pid)
      if (present) this.#present.add(pid)
      else this.#present.delete(pid)
    }
  }

  isPresent(pid: number): boolean {
    return this.#present.has(pid)
  }

  findBlock(name: BlockName): number {
    return this.#blocks.get(textOf(name))?.number ?? -1
  }

  blockName(block: number): BlockName {
    return this.#blockAt(block).name
  }

  blockRule(block: number): number {
    return this.#blockAt(block).name.rule
  }

  blockSize(block: number): number {
    if (this.#byNumber[block] === undefined) return 0
    const pids = new Set<number>()
    this.eachMember(block, pid => pids.add(pid))
    return pids.size
  }

  eachRow(visit: (block: number, pid: number, value: number) => void): void {
    for (const block of this.#blocks.values()) {
      for (const row of block.rows.values()) visit(block.number, row.pid, row.value)
    }
  }

  eachRowOf(pid: number, visit: (block: number, value: number) => void): void {
    for (const row of this.#rowsOf.get(pid)?.values() ?? []) visit(this.findBlock(row), row.value)
  }

  eachMember(block: number, visit: (pid: number, value: number) => void): void {
    for (const row of this.#blockAt(block).rows.values()) {
      if (this.#present.has(row.pid)) visit(row.pid, row.value)
    }
  }

  surname(pid: number): number {
    const row = this.#surnames.get(pid)
    return row ? Number(row.key & BigInt(SURNAME_BITS)) : NO_SURNAME
  }

  label(pid: number): number {
    return this.#labels.get(pid) ?? NO_UID
  }

  setLabel(pid: number, uid: number): void {
    this.#know(pid)
    this.#labels.set(pid, uid)
  }

  #addRow(row: KeyRow): void {
    this.#know(row.pid)
    if (row.rule === SURNAME_RULE) {
      this.#surnames.set(row.pid, row)
      return
    }
    const block = this.#blocks.get(textOf(row)) ?? this.#newBlock(row)
    block.rows.set(memberText(row), row)
    const rows = this.#rowsOf.get(row.pid) ?? new Map<string, KeyRow>()
    rows.set(`${textOf(row)} ${row.value}`, row)
    this.#rowsOf.set(row.pid, rows)
  }

  #newBlock({ rule, key }: BlockName): Block {
    const block = { name: { rule, key }, number: this.#byNumber.length, rows: new Map() }
    this.#byNumber.push(block)
    this.#blocks.set(textOf(block.name), block)
    return block
  }

  #removeRow(row: KeyRow): void {
    const block = must(this.#blocks.get(textOf(row)), 'a row is in a block')
    block.rows.delete(memberText(row))
    if (block.rows.size === 0) {
      this.#blocks.delete(textOf(row))
      this.#byNumber[block.number] = undefined
    }
    this.#rowsOf.get(row.pid)?.delete(`${textOf(row)} ${row.value}`)
  }

  #blockAt(number: number): Block {
    return must(this.#byNumber[number], 'a block has rows')
  }

  #know(pid: number): void {
    assert(pid >= 0, 'a pid is not negative')
    this.pidEnd = Math.max(this.pidEnd, pid + 1)
  }
}

function rowAt(batch: KeyBatch, at: number): KeyRow {
  return {
    rule: must(batch.rule[at], 'a batch has its rows'),
    key: must(batch.key[at], 'a batch has its rows'),
    pid: must(batch.pid[at], 'a batch has its rows'),
    value: must(batch.value[at], 'a batch has its rows'),
  }
}

function textOf({ rule, key }: BlockName): string {
  return `${rule} ${key}`
}

function memberText({ pid, value }: KeyRow): string {
  return `${pid} ${value}`
}
