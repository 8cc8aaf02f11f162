import { createReadStream } from 'node:fs'
import { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { MainstemError } from '@mainstem/contracts'
import type { SourceFile } from '../../lake/index.ts'

/** Bytes in which a header is looked for. */
const HEADER_BYTES_MAX = 1_048_576

/**
 * Refuses a file whose bytes would be read as less than they are: gzip data that are cut off, which
 * the engine takes for their end, and a header that is no UTF-8, which it passes over.
 */
export async function checkBytes(file: SourceFile): Promise<void> {
  const { path, label, format, compression, header = true } = file
  if (compression === 'gzip') await checkGzip(path, label)
  else if (compression === 'none' && format === 'CSV' && header) await checkHeader(path, label)
}

async function checkGzip(path: string, label: string): Promise<void> {
  try {
    const nowhere = new Writable({ write: (_part, _encoding, done) => done() })
    await pipeline(createReadStream(path), createGunzip(), nowhere)
  } catch (error) {
    throw unreadable(label, 'its gzip data are damaged or cut off', {
      fix: 'Compress or fetch it again.',
      cause: error,
    })
  }
}

async function checkHeader(path: string, label: string): Promise<void> {
  const parts: Buffer[] = []
  for await (const part of createReadStream(path, { end: HEADER_BYTES_MAX - 1 }))
    parts.push(Buffer.from(part))
  const head = Buffer.concat(parts)
  const end = head.findIndex(byte => byte === 0x0a || byte === 0x0d)
  const isCut = end < 0 && head.length === HEADER_BYTES_MAX
  const isWide = (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff)
  if (isCut || isWide) return
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(end < 0 ? head : head.subarray(0, end))
  } catch (error) {
    throw unreadable(label, 'its first line is no text in UTF-8', {
      fix: 'Save it as UTF-8.',
      cause: error,
    })
  }
}

function unreadable(
  label: string,
  why: string,
  { fix, cause }: { readonly fix: string; readonly cause: unknown },
): MainstemError {
  const says = `The file ${label} cannot be read: ${why}. ${fix}`
  return new MainstemError('SOURCE_UNREADABLE', says, { file: label, fix }, cause)
}
