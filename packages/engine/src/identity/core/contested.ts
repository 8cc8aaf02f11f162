import type { ContestedBlock } from './link-groups.ts'
import type { BlockName } from './match-index.ts'

/** A block's name as one text, to look it up by. */
export function blockText({ rule, key }: BlockName): string {
  return `${rule} ${key}`
}

/** Contested blocks in their one order: by rule, key, reason, node and size. */
export function sortContested(contested: readonly ContestedBlock[]): readonly ContestedBlock[] {
  return contested.toSorted(
    (one, other) =>
      one.rule - other.rule ||
      (one.key < other.key ? -1 : one.key > other.key ? 1 : 0) ||
      (one.why < other.why ? -1 : one.why > other.why ? 1 : 0) ||
      one.pid - other.pid ||
      one.size - other.size,
  )
}

/** What an incremental run found out about contested blocks. */
export interface ContestedNews {
  /** Whether the run looked again at this entry of an earlier report. */
  readonly examined: (earlier: ContestedBlock) => boolean
  /** The entries that hold now, of all that were looked at. */
  readonly contested: readonly ContestedBlock[]
}

/** The whole report after an incremental run: the same as a full run's. */
export function updateContested(
  earlier: readonly ContestedBlock[],
  news: ContestedNews,
): readonly ContestedBlock[] {
  const kept = earlier.filter(entry => !news.examined(entry))
  return sortContested([...kept, ...news.contested])
}
