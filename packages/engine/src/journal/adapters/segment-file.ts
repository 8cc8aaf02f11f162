import { randomInt } from 'node:crypto'
import { open, readdir, rename, rm, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { MainstemError } from '@mainstem/contracts'
import { damaged } from './journal-errors.ts'

/*
 * A segment: the head, then frames. The head, little-endian:
 *
 *   0  8 bytes  magic
 *   8  u32      format version
 *  12  u32      salt of the frames' checksums
 *  16  u64      position of the first frame
 *  24  u32      crc32 of the bytes before
 */
const MAGIC = Buffer.from('MSTMJRNL')
const FORMAT_VERSION = 1
const SALT_MAX = 2 ** 32
const UNFINISHED = '.new'

/** The bytes of a segment before its first frame. */
export const HEAD_BYTES = 28

/** A segment of the journal, by what its name says. */
export interface SegmentName {
  readonly file: string
  /** The position of its first entry. */
  readonly first: bigint
}

/** What the writer does to a file. The disk is behind it, so a test can put a full one there. */
export interface WritableFile {
  writev(buffers: readonly Uint8Array[], offset: number): Promise<{ readonly bytesWritten: number }>
  datasync(): Promise<void>
  truncate(bytes: number): Promise<void>
  close(): Promise<void>
}

/** The way to a writable file: the machine's own by default. */
export type OpenWritable = (path: string, flags: 'w+' | 'r+') => Promise<WritableFile>

/** Opens a file of this machine. */
export const openOnDisk: OpenWritable = (path, flags) => open(path, flags, 0o600)

/** A segment's name: the position of its first entry in 20 digits, so that names sort as positions. */
export function segmentName(first: bigint): SegmentName {
  return { file: `${first.toString().padStart(20, '0')}.seg`, first }
}

/** The segments of a folder, oldest first. */
export async function listSegments(folder: string): Promise<SegmentName[]> {
  const files = await readdir(folder)
  return files
    .filter(file => /^\d{20}\.seg$/.test(file))
    .toSorted()
    .map(file => ({ file, first: BigInt(file.slice(0, 20)) }))
}

/** Removes what a crash left of segments that were being made. Nothing was acknowledged from them. */
export async function removeUnfinished(folder: string): Promise<void> {
  const files = await readdir(folder)
  for (const file of files.filter(name => name.endsWith(`.seg${UNFINISHED}`))) {
    await rm(join(folder, file))
  }
}

/** A segment that is written to. */
export interface OpenSegment extends SegmentName {
  readonly salt: number
  readonly handle: WritableFile
}

/**
 * Makes an empty segment. It gets its name only with a durable head, so a segment is never without
 * one. The caller still has to make the name durable, with `syncFolder`.
 */
export async function makeSegment(
  folder: string,
  first: bigint,
  openFile: OpenWritable,
): Promise<OpenSegment> {
  const name = segmentName(first)
  const path = join(folder, name.file)
  const salt = randomInt(SALT_MAX)
  const handle = await openFile(path + UNFINISHED, 'w+')
  try {
    await writeAll(handle, [encodeHead(first, salt)], 0)
    await handle.datasync()
    await rename(path + UNFINISHED, path)
  } catch (error) {
    await handle.close()
    await rm(path + UNFINISHED, { force: true })
    throw error
  }
  return { ...name, salt, handle }
}

/** Reads the salt from a segment's head; a head that is not right is damage, or another version. */
export async function readSalt(handle: FileHandle, segment: SegmentName): Promise<number> {
  const head = Buffer.alloc(HEAD_BYTES)
  const { bytesRead } = await handle.read(head, 0, HEAD_BYTES, 0)
  if (bytesRead < HEAD_BYTES || !head.subarray(0, 8).equals(MAGIC)) throw damaged(segment.file, 0)
  const version = head.readUInt32LE(8)
  if (version !== FORMAT_VERSION) {
    throw new MainstemError(
      'STORE_VERSION',
      `The journal file ${segment.file} has format ${version}; this version reads ${FORMAT_VERSION}.`,
      { file: segment.file, fix: 'Open the store with the version of Mainstem that wrote it.' },
    )
  }
  const intact = head.readUInt32LE(24) === crc32(head.subarray(0, 24))
  if (!intact || head.readBigUInt64LE(16) !== segment.first) throw damaged(segment.file, 0)
  return head.readUInt32LE(12)
}

function encodeHead(first: bigint, salt: number): Buffer {
  const head = Buffer.alloc(HEAD_BYTES)
  MAGIC.copy(head)
  head.writeUInt32LE(FORMAT_VERSION, 8)
  head.writeUInt32LE(salt, 12)
  head.writeBigUInt64LE(first, 16)
  head.writeUInt32LE(crc32(head.subarray(0, 24)), 24)
  return head
}

/** Writes all bytes at an offset; a write may take only a part when room ends. */
export async function writeAll(
  handle: WritableFile,
  buffers: readonly Uint8Array[],
  offset: number,
): Promise<void> {
  let left = buffers
  let at = offset
  while (left.length > 0) {
    const { bytesWritten } = await handle.writev(left, at)
    at += bytesWritten
    left = dropBytes(left, bytesWritten)
  }
}

function dropBytes(buffers: readonly Uint8Array[], count: number): readonly Uint8Array[] {
  let left = count
  for (const [index, buffer] of buffers.entries()) {
    if (left < buffer.byteLength) return [buffer.subarray(left), ...buffers.slice(index + 1)]
    left -= buffer.byteLength
  }
  return []
}

/** Makes the names in a folder durable: a new file is lost with its folder's entry otherwise. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
