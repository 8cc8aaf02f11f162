import { crc32 } from 'node:zlib'
import { assert } from '../../kernel/assert.ts'
import type { EntryKind, EntryMeta, JournalEntry, NewEntry } from '../journal.ts'

/*
 * One frame, little-endian:
 *
 *   0  u32  length of all that follows the first 8 bytes
 *   4  u32  crc32 of bytes 16 to the end, then of the position and the segment's salt
 *   8  u64  position
 *  16  u32  length of the header
 *  20       header (JSON), body (as it came)
 *
 * Position and salt come last in the checksum so that the long part is computed while an earlier
 * commit waits for the disk. The salt keeps a body that imitates a frame from passing for one.
 */
const PREFIX_BYTES = 8
const HEADER_AT = 20
const SEAL_BYTES = 12

/** The least that a frame can take: a header of `{}` and no body. */
export const FRAME_BYTES_MIN = HEADER_AT + 2

/** A frame that waits for its position. */
export interface PreparedFrame {
  readonly head: Buffer
  readonly body: Uint8Array
  readonly size: number
  readonly checksum: number
}

/** Encodes what does not depend on the position. */
export function prepareFrame(entry: NewEntry): PreparedFrame {
  const { kind, atMs, space, stream, meta, body } = entry
  assert(Number.isSafeInteger(atMs), 'an entry has a whole accept time')
  const header = JSON.stringify({ kind, atMs, space, stream, meta })
  const headerBytes = Buffer.byteLength(header)
  const size = HEADER_AT + headerBytes + body.byteLength
  const head = Buffer.allocUnsafe(HEADER_AT + headerBytes)
  head.writeUInt32LE(size - PREFIX_BYTES, 0)
  head.writeUInt32LE(headerBytes, 16)
  head.write(header, HEADER_AT, 'utf8')
  return { head, body, size, checksum: crc32(body, crc32(head.subarray(16))) }
}

/** Puts a prepared frame in its place, ready to be written. */
export function sealFrame(frame: PreparedFrame, position: bigint, salt: number): void {
  frame.head.writeUInt32LE(seal(frame.checksum, position, salt), 4)
  frame.head.writeBigUInt64LE(position, 8)
}

/** What stands at an offset of a segment. */
export type FrameAt =
  | { readonly kind: 'frame'; readonly entry: JournalEntry; readonly size: number }
  /** The bytes at hand end inside the frame; `size` is how many it needs. */
  | { readonly kind: 'short'; readonly size: number }
  | { readonly kind: 'broken' }

const BROKEN: FrameAt = { kind: 'broken' }

/** What the checksum and the order of a segment say must stand there. */
export interface Expected {
  readonly position: bigint
  readonly salt: number
}

/** Reads the frame at `at`. Its body is a view of `bytes`, not a copy. */
export function readFrame(bytes: Buffer, at: number, expected: Expected): FrameAt {
  const available = bytes.byteLength - at
  if (available < PREFIX_BYTES) return { kind: 'short', size: PREFIX_BYTES }
  const size = PREFIX_BYTES + bytes.readUInt32LE(at)
  if (size < FRAME_BYTES_MIN) return BROKEN
  if (available < size) return { kind: 'short', size }
  if (!isIntact(bytes, at, { size, ...expected })) return BROKEN

  const bodyAt = HEADER_AT + bytes.readUInt32LE(at + 16)
  const header = parseHeader(bytes.toString('utf8', at + HEADER_AT, at + bodyAt))
  if (header === undefined) return BROKEN
  const body = bytes.subarray(at + bodyAt, at + size)
  return { kind: 'frame', entry: { position: expected.position, ...header, body }, size }
}

/** Whether an intact frame of a position after `expected.position` stands anywhere in `bytes`. */
export function holdsLaterFrame(bytes: Buffer, expected: Expected): boolean {
  const { position: before, salt } = expected
  const positionMax = before + BigInt(Math.ceil(bytes.byteLength / FRAME_BYTES_MIN)) + 1n
  for (let at = 0; at + FRAME_BYTES_MIN <= bytes.byteLength; at += 1) {
    const size = PREFIX_BYTES + bytes.readUInt32LE(at)
    if (size < FRAME_BYTES_MIN || at + size > bytes.byteLength) continue
    const position = bytes.readBigUInt64LE(at + 8)
    if (position <= before || position > positionMax) continue
    if (isIntact(bytes, at, { size, position, salt })) return true
  }
  return false
}

function isIntact(bytes: Buffer, at: number, frame: Expected & { readonly size: number }): boolean {
  if (bytes.readBigUInt64LE(at + 8) !== frame.position) return false
  if (bytes.readUInt32LE(at + 16) > frame.size - HEADER_AT) return false
  const checksum = crc32(bytes.subarray(at + 16, at + frame.size))
  return bytes.readUInt32LE(at + 4) === seal(checksum, frame.position, frame.salt)
}

const sealBytes = Buffer.alloc(SEAL_BYTES)

function seal(checksum: number, position: bigint, salt: number): number {
  sealBytes.writeBigUInt64LE(position, 0)
  sealBytes.writeUInt32LE(salt, 8)
  return crc32(sealBytes, checksum)
}

function parseHeader(text: string): Omit<NewEntry, 'body'> | undefined {
  const header = parseObject(text)
  if (header === undefined) return undefined
  const { kind, atMs, space, stream, meta } = header
  if (!isKind(kind) || typeof atMs !== 'number' || !isMeta(meta)) return undefined
  if (typeof space !== 'string' || typeof stream !== 'string') return undefined
  return { kind, atMs, space, stream, meta }
}

interface RawHeader {
  readonly kind?: unknown
  readonly atMs?: unknown
  readonly space?: unknown
  readonly stream?: unknown
  readonly meta?: unknown
}

function parseObject(text: string): RawHeader | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}

function isKind(value: unknown): value is EntryKind {
  return value === 'rows' || value === 'file' || value === 'delete' || value === 'decision'
}

function isMeta(value: unknown): value is EntryMeta {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return Object.values(value).every(one => one === null || typeof one !== 'object')
}
