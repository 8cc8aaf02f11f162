import { MainstemError } from '@mainstem/contracts'
import { assert } from '../../kernel/assert.ts'
import { keyColumns, keyHalves } from './key-order.ts'
import {
  type KeyBatch,
  type MatchIndex,
  NO_SURNAME,
  NO_UID,
  NO_VALUE,
  SURNAME_RULE,
} from './match-index.ts'

/** What a snapshot says of itself. */
export interface SnapshotHeader {
  /** The journal position that the index stands at. */
  readonly position: number
  /** Of the rules that made the keys: keys of other rules mean nothing. */
  readonly rulesetHash: string
  readonly nextUid: number
}

/** A checksum of some bytes, such as `crc32` of zlib; the same one writes and reads. */
export type Checksum = (bytes: Uint8Array) => number

/** "MSIX" and the format's version. */
const MAGIC = 0x5849534d
const VERSION = 2
/** Magic, version, bytes of the header, checksum of the header. */
const PREFIX_BYTES = 16
/** Rows that become an index's at one time. */
const ROWS_CHUNK = 1 << 18

interface Envelope extends SnapshotHeader {
  readonly rowCount: number
  readonly pidEnd: number
  readonly crc: number
}

/**
 * An index as bytes, in parts to be written one after the other: a prefix and a header, then the
 * rows and the nodes in columns, little-endian, the widest first so that each is aligned. Does not
 * depend on the adapter. 17 bytes a row and 9 a node.
 */
export function writeSnapshot(
  index: MatchIndex,
  header: SnapshotHeader,
  checksum: Checksum,
): readonly Uint8Array[] {
  const body = new Uint8Array(bodyBytes(index.rowCount, index.pidEnd))
  const columns = columnsOf(body, index.rowCount, index.pidEnd)
  const names = blockNames(index)
  let at = 0
  index.eachRow((block, pid, value) => {
    columns.rule[at] = names.rule[block] ?? 0
    columns.key[at] = names.key[block] ?? 0n
    columns.pid[at] = pid
    columns.value[at] = value
    at += 1
  })
  for (let pid = 0; pid < index.pidEnd; pid++) {
    columns.present[pid] = Number(index.isPresent(pid))
    columns.label[pid] = index.label(pid)
    columns.surname[pid] = index.surname(pid)
  }
  const envelope: Envelope = {
    ...header,
    rowCount: index.rowCount,
    pidEnd: index.pidEnd,
    crc: checksum(body),
  }
  const text = new TextEncoder().encode(JSON.stringify(envelope))
  const padded = new Uint8Array(Math.ceil(text.length / 8) * 8).fill(0x20)
  padded.set(text)
  const prefix = new Uint32Array([MAGIC, VERSION, padded.length, checksum(padded)])
  return [new Uint8Array(prefix.buffer), padded, body]
}

/**
 * What a snapshot says of itself, and how many rows and nodes it holds; `STORE_DAMAGED` if its header
 * is not as it was written.
 */
export function readSnapshotHeader(
  bytes: Uint8Array,
  checksum: Checksum,
): SnapshotHeader & { readonly rowCount: number; readonly pidEnd: number } {
  const { position, rulesetHash, nextUid, rowCount, pidEnd } = readEnvelope(
    bytes,
    checksum,
  ).envelope
  return { position, rulesetHash, nextUid, rowCount, pidEnd }
}

/**
 * Fills an empty index, with room for all of it, from a snapshot; `STORE_DAMAGED` if a bit of it is
 * not as written.
 */
export function loadSnapshot(
  bytes: Uint8Array,
  index: MatchIndex,
  checksum: Checksum,
): SnapshotHeader {
  assert(index.pidEnd === 0, 'a snapshot is loaded into an empty index')
  const { envelope, body } = readEnvelope(bytes, checksum)
  if (body.length !== bodyBytes(envelope.rowCount, envelope.pidEnd)) throw damaged('is cut short')
  if (checksum(body) !== envelope.crc)
    throw damaged('does not have the checksum it was written with')
  const columns = columnsOf(body, envelope.rowCount, envelope.pidEnd)
  if (!isSound(columns)) throw damaged('holds numbers that no index has')
  index.setPresent(presentPids(columns.present), true)
  if (envelope.pidEnd > 0 && columns.present.at(-1) === 0) {
    index.setPresent([envelope.pidEnd - 1], false)
  }
  for (let at = 0; at < envelope.rowCount; at += ROWS_CHUNK) index.add(chunkOf(columns, at))
  index.add(surnameRows(columns.surname))
  for (const [pid, uid] of columns.label.entries()) if (uid !== NO_UID) index.setLabel(pid, uid)
  const { position, rulesetHash, nextUid } = envelope
  return { position, rulesetHash, nextUid }
}

interface Columns extends Omit<KeyBatch, 'count'> {
  readonly label: Int32Array
  readonly surname: Int32Array
  readonly present: Uint8Array
}

function bodyBytes(rowCount: number, pidEnd: number): number {
  return 17 * rowCount + 9 * pidEnd
}

function columnsOf(body: Uint8Array, rowCount: number, pidEnd: number): Columns {
  const { buffer } = body
  let at = body.byteOffset
  const next = (bytes: number): number => {
    at += bytes
    return at - bytes
  }
  return {
    key: new BigUint64Array(buffer, next(8 * rowCount), rowCount),
    pid: new Int32Array(buffer, next(4 * rowCount), rowCount),
    value: new Int32Array(buffer, next(4 * rowCount), rowCount),
    label: new Int32Array(buffer, next(4 * pidEnd), pidEnd),
    surname: new Int32Array(buffer, next(4 * pidEnd), pidEnd),
    rule: new Uint8Array(buffer, next(rowCount), rowCount),
    present: new Uint8Array(buffer, next(pidEnd), pidEnd),
  }
}

/** Names of all blocks, made once each: rows of a block are not next to each other. */
function blockNames(index: MatchIndex): {
  readonly rule: Uint8Array
  readonly key: BigUint64Array
} {
  const rule = new Uint8Array(index.blockEnd)
  const key = new BigUint64Array(index.blockEnd)
  const named = new Uint8Array(index.blockEnd)
  index.eachRow(block => {
    if (named[block] === 1) return
    const name = index.blockName(block)
    named[block] = 1
    rule[block] = name.rule
    key[block] = name.key
  })
  return { rule, key }
}

function readEnvelope(
  bytes: Uint8Array,
  checksum: Checksum,
): { readonly envelope: Envelope; readonly body: Uint8Array } {
  if (bytes.length < PREFIX_BYTES) throw damaged('is cut short')
  // A copy by the constructor: `slice` of a Buffer is a view of its pool.
  const prefix = new Uint8Array(bytes.subarray(0, PREFIX_BYTES))
  const [magic, version, length = 0, crc] = new Uint32Array(prefix.buffer)
  if (magic !== MAGIC) throw damaged('does not begin as one')
  if (version !== VERSION) throw damaged('was written by another version')
  const header = bytes.subarray(PREFIX_BYTES, PREFIX_BYTES + length)
  if (header.length !== length || checksum(header) !== crc) throw damaged('has a broken header')
  const parsed: unknown = JSON.parse(new TextDecoder().decode(header))
  if (!isEnvelope(parsed)) throw damaged('has a broken header')
  const rest = bytes.subarray(PREFIX_BYTES + length)
  return { envelope: parsed, body: rest.byteOffset % 8 === 0 ? rest : new Uint8Array(rest) }
}

function isEnvelope(value: unknown): value is Envelope {
  if (typeof value !== 'object' || value === null) return false
  const fields: Readonly<Record<string, unknown>> = { ...value }
  const numbers = ['position', 'nextUid', 'rowCount', 'pidEnd', 'crc']
  return (
    numbers.every(name => Number.isSafeInteger(fields[name])) &&
    typeof fields['rulesetHash'] === 'string'
  )
}

function isSound({ pid, value, label, surname, present }: Columns): boolean {
  return (
    pid.every(node => node >= 0 && node < present.length) &&
    value.every(held => held >= NO_VALUE) &&
    label.every(uid => uid >= NO_UID) &&
    surname.every(one => one >= NO_SURNAME)
  )
}

function presentPids(present: Uint8Array): Int32Array {
  const pids = new Int32Array(present.length)
  let count = 0
  for (let pid = 0; pid < present.length; pid++) if (present[pid] === 1) pids[count++] = pid
  return pids.subarray(0, count)
}

function chunkOf(columns: Columns, from: number): KeyBatch {
  const to = Math.min(from + ROWS_CHUNK, columns.pid.length)
  return {
    rule: columns.rule.subarray(from, to),
    key: columns.key.subarray(from, to),
    pid: columns.pid.subarray(from, to),
    value: columns.value.subarray(from, to),
    count: to - from,
  }
}

function surnameRows(surname: Int32Array): KeyBatch {
  const pid = Int32Array.from(surname.keys()).filter(node => surname[node] !== NO_SURNAME)
  const rows = keyColumns(pid.length)
  const halves = keyHalves(rows.key)
  for (const [at, node] of pid.entries()) halves[2 * at] = surname[node] ?? 0
  rows.rule.fill(SURNAME_RULE)
  rows.value.fill(NO_VALUE)
  return { ...rows, pid, count: pid.length }
}

function damaged(how: string): MainstemError {
  return new MainstemError(
    'STORE_DAMAGED',
    `The snapshot of the identity index ${how}. Remove it; the index is built again from the lake.`,
  )
}
