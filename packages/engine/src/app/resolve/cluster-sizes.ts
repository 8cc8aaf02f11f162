import type { LoadedSource } from './load-sources.ts'

/** A cluster, told by where its first record stands. */
export interface ClusterSize {
  readonly records: number
  readonly file: string
  /** The number of its first record there, from 1. */
  readonly row: number
}

/** Clusters that are told of. */
const SHOWN_MAX = 5

/** How many clusters there are, and the largest, the first in the files before others of their size. */
export function largestClusters(
  label: Int32Array,
  sources: readonly LoadedSource[],
): { readonly count: number; readonly largest: readonly ClusterSize[] } {
  const sizes = new Int32Array(label.length)
  for (const first of label) sizes[first] = (sizes[first] ?? 0) + 1
  let count = 0
  const largest: { pid: number; records: number }[] = []
  for (const [pid, records] of sizes.entries()) {
    if (records === 0) continue
    count++
    if (largest.length === SHOWN_MAX && records <= (largest.at(-1)?.records ?? 0)) continue
    largest.push({ pid, records })
    largest.sort((one, other) => other.records - one.records || one.pid - other.pid)
    largest.length = Math.min(largest.length, SHOWN_MAX)
  }
  return {
    count,
    largest: largest.map(({ pid, records }) => {
      const source = sources.findLast(({ first }) => first <= pid)
      return { records, file: source?.label ?? '', row: pid - (source?.first ?? 0) + 1 }
    }),
  }
}
