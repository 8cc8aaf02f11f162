/**
 * Some match key rows, column by column. A row says: by this rule, this node has this key.
 * `value` is -1 where the rule has no fuzzy criterion, else the id of a normalised first name.
 */
export interface KeyBatch {
  readonly rule: Uint8Array
  readonly key: BigUint64Array
  readonly pid: Int32Array
  readonly value: Int32Array
  /** How many rows count; the columns may be longer. */
  readonly count: number
}

/** The name of a block that outlives the index: its rule and its key. */
export interface BlockName {
  readonly rule: number
  readonly key: bigint
}

/** The value of a row whose rule has no fuzzy criterion. */
export const NO_VALUE = -1

/** The uid of a node that has none. */
export const NO_UID = -1

/** The surname of a node of which none is known. */
export const NO_SURNAME = -1

/**
 * In place of a rule: the row is no match key, its key stands for its node's surname. So surnames
 * come, go and are taken back with the keys of their nodes. Rules have smaller numbers.
 */
export const SURNAME_RULE = 254

/** The bits of such a key that tell surnames from each other: of a hash, enough for those of a block. */
export const SURNAME_BITS = 0x7fffffff

/**
 * The match keys of one ruleset, in memory: which nodes share which key. A *node* (`pid`) is a
 * dense number; a *block* is all rows of one rule and key, and has a dense number too, which is
 * good until the next change. An *absent* node may have rows (its contact points came first), but
 * counts nowhere.
 *
 * - MI1 rows are a set: the same (rule, key, pid, value) twice is one row.
 * - MI2 `replace` makes the rows of these nodes exactly the batch's, and gives the ones before;
 *   replacing again with those restores every answer of the index.
 * - MI3 a node is absent until it is made present; `setPresent` changes no row.
 * - MI4 `blockSize` counts the distinct present nodes of a block, never a node twice; 0 for a number
 *   that is none's.
 * - MI5 `eachMember` gives the rows of present nodes only; `eachRow` and `eachRowOf` give all.
 * - MI6 a block without rows is gone: `findBlock` gives -1 for it.
 * - MI7 a label stays until it is set again; a change of rows or presence does not touch it.
 * - MI8 a row of `SURNAME_RULE` is in no block and counts for none: it is the surname of its node,
 *   until `replace` gives other rows; of two the later counts.
 *
 * A visitor must not change the index.
 */
export interface MatchIndex {
  /** How many rows there are. */
  readonly rowCount: number
  /** How many blocks have a row. */
  readonly blockCount: number
  /** How many nodes are present. */
  readonly presentCount: number
  /** One more than the largest pid that has ever had a row, presence or a label. */
  readonly pidEnd: number
  /** One more than the largest number of a block. */
  readonly blockEnd: number

  add(batch: KeyBatch): void
  /** All rows of `batch` must be of `pids`. */
  replace(pids: ArrayLike<number>, batch: KeyBatch): KeyBatch

  setPresent(pids: ArrayLike<number>, present: boolean): void
  isPresent(pid: number): boolean

  /** The number of a block, or -1. */
  findBlock(name: BlockName): number
  blockName(block: number): BlockName
  blockRule(block: number): number
  blockSize(block: number): number

  eachRow(visit: (block: number, pid: number, value: number) => void): void
  eachRowOf(pid: number, visit: (block: number, value: number) => void): void
  eachMember(block: number, visit: (pid: number, value: number) => void): void

  /** What tells a node's surname from others; -1 where none is known. */
  surname(pid: number): number

  /** The uid of a node; -1 where it has none. */
  label(pid: number): number
  setLabel(pid: number, uid: number): void
}

/** How many rows and nodes an index is about to hold. */
export interface IndexSize {
  readonly rows: number
  readonly nodes: number
}

/** Of an index that starts empty and grows. */
export const NO_SIZE: IndexSize = { rows: 0, nodes: 0 }

/** A batch without rows. */
export const NO_ROWS: KeyBatch = {
  rule: new Uint8Array(0),
  key: new BigUint64Array(0),
  pid: new Int32Array(0),
  value: new Int32Array(0),
  count: 0,
}

/** One row of a batch, for callers that make few. */
export interface KeyRow extends BlockName {
  readonly pid: number
  readonly value: number
}

/** Rows as a batch. */
export function keyBatch(rows: readonly KeyRow[]): KeyBatch {
  return {
    rule: Uint8Array.from(rows, row => row.rule),
    key: BigUint64Array.from(rows, row => row.key),
    pid: Int32Array.from(rows, row => row.pid),
    value: Int32Array.from(rows, row => row.value),
    count: rows.length,
  }
}
