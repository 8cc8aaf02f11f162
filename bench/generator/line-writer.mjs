// @ts-check
import { closeSync, openSync, writeSync } from 'node:fs'

/** Short chunks, because flattening long strings costs more. */
const CHUNK_CHARS = 1 << 15

/**
 * Writes lines of ASCII into a file, in chunks.
 *
 * @param {string} path
 * @param {string} header
 */
export function lineWriter(path, header) {
  const file = openSync(path, 'w')
  let waiting = `${header}\n`
  const flush = () => {
    writeSync(file, waiting, null, 'latin1')
    waiting = ''
  }
  return {
    write(/** @type {string} */ line) {
      waiting += line
      waiting += '\n'
      if (waiting.length > CHUNK_CHARS) flush()
    },
    close() {
      flush()
      closeSync(file)
    },
  }
}
