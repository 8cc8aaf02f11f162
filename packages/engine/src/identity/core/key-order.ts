import type { KeyBatch } from './match-index.ts'

/** Rows whose hashes begin with the same so many bits stay together. */
const REGION_BITS = 10

/** How many of them there are. */
export const REGIONS = 2 ** REGION_BITS

/** The columns of a batch, to be filled. */
export type KeyColumns = Omit<KeyBatch, 'count'>

/** Columns for so many rows. */
export function keyColumns(rows: number): KeyColumns {
  return {
    rule: new Uint8Array(rows),
    key: new BigUint64Array(rows),
    pid: new Int32Array(rows),
    value: new Int32Array(rows),
  }
}

/** A hash of a row's rule and key, as halves: keys are hashes, but those of two rules may be alike. */
export function keyHash(rule: number, low: number, high: number): number {
  let hash = Math.imul(low ^ Math.imul(rule + 1, 0x9e3779b1), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 15) ^ high, 0xc2b2ae35)
  return hash ^ (hash >>> 13)
}

/** The halves of keys, low before high. */
export function keyHalves(key: BigUint64Array): Int32Array {
  return new Int32Array(key.buffer, key.byteOffset, key.length * 2)
}

/**
 * The rows of a batch in about the order of their hashes, in columns that are as long. What an index
 * then looks up and makes, row by row, lies close together, and so do the rows of a block: for many
 * rows memory that is near costs less than half.
 */
export function inHashOrder(batch: KeyBatch, into: KeyColumns): KeyBatch {
  const { places } = placesByHash(batch)
  for (let at = 0; at < batch.count; at++) into.rule[places[at] ?? 0] = batch.rule[at] ?? 0
  placeKeys(batch.key, places, into.key)
  placeInts(batch.pid, places, into.pid)
  placeInts(batch.value, places, into.value)
  return { ...into, count: batch.count }
}

/** Puts keys where they belong. */
export function placeKeys(key: BigUint64Array, places: Int32Array, into: BigUint64Array): void {
  const [from, to] = [keyHalves(key), keyHalves(into)]
  for (let at = 0; at < places.length; at++) {
    const place = places[at] ?? 0
    to[2 * place] = from[2 * at] ?? 0
    to[2 * place + 1] = from[2 * at + 1] ?? 0
  }
}

/** Puts the numbers of a column where they belong. */
export function placeInts(column: Int32Array, places: Int32Array, into: Int32Array): void {
  for (let at = 0; at < places.length; at++) into[places[at] ?? 0] = column[at] ?? 0
}

/** The place of each row, by the region of its hash, in a region as they came; and where each region ends. */
export function placesByHash({ rule, key, count }: Pick<KeyBatch, 'rule' | 'key' | 'count'>): {
  readonly places: Int32Array
  readonly ends: Int32Array
} {
  const halves = keyHalves(key)
  const places = new Int32Array(count)
  const ends = new Int32Array(REGIONS + 1)
  for (let at = 0; at < count; at++) {
    const hash = keyHash(rule[at] ?? 0, halves[2 * at] ?? 0, halves[2 * at + 1] ?? 0)
    const region = hash >>> (32 - REGION_BITS)
    places[at] = region
    ends[region + 1] = (ends[region + 1] ?? 0) + 1
  }
  for (let region = 1; region < ends.length; region++) {
    ends[region] = (ends[region] ?? 0) + (ends[region - 1] ?? 0)
  }
  for (let at = 0; at < count; at++) {
    const region = places[at] ?? 0
    const place = ends[region] ?? 0
    places[at] = place
    ends[region] = place + 1
  }
  return { places, ends: ends.subarray(0, REGIONS) }
}
