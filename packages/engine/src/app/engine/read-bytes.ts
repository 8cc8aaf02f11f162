import { closeSync, openSync, readSync } from 'node:fs'

/** Bytes of a plain file; a compressed one has none at that place. */
export function readBytes(path: string, offset: number, length: number): Uint8Array | undefined {
  if (/\.(gz|zst)$/i.test(path)) return undefined
  const bytes = Buffer.alloc(length)
  const handle = openSync(path, 'r')
  try {
    return bytes.subarray(0, readSync(handle, bytes, 0, length, offset))
  } finally {
    closeSync(handle)
  }
}
