/** The 32-bit FNV-1a hash of a text, from a seed: the same on every machine and in every version. */
export function textHash(text: string, seed = 0): number {
  let hash = (0x811c9dc5 ^ seed) | 0
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  }
  return mixed(hash)
}

/** Odd, so that no text is lost. */
const LOCAL_FACTOR = (crypto.getRandomValues(new Int32Array(1))[0] ?? 0) | 1

/** A hash of a text that is another one in every process: nobody can send texts that all have the same. */
export function localHash(text: string): number {
  let hash = LOCAL_FACTOR
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), LOCAL_FACTOR)
  }
  return mixed(hash)
}

/** The same of the text that stands in bytes. */
export function localBytesHash(bytes: Uint8Array, start: number, end: number): number {
  let hash = LOCAL_FACTOR
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), LOCAL_FACTOR)
  return mixed(hash)
}

/** Two hashes as one, in order. */
export function joinHashes(one: number, other: number): number {
  return mixed(Math.imul(one, 0x9e3779b1) ^ other)
}

function mixed(hash: number): number {
  let bits = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35)
  return bits ^ (bits >>> 16)
}
