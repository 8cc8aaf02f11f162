import type { Undo } from './index-change.ts'
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
  /** Blocks that the run looked at, by `blockText`. */
  readonly blocks: readonly string[]
  /** Nodes whose clusters it made anew. */
  readonly pids: Iterable<number>
  /** The entries that hold now, of all that were looked at. */
  readonly contested: readonly ContestedBlock[]
}

/** All contested blocks: after any news the same as a full run's, and each news costs what it tells. */
export class ContestedReport {
  /** Blocks over a limit of their own, by `blockText`. */
  readonly #ofBlock = new Map<string, ContestedBlock>()
  /** Groups that were cut out of a cluster, by their smallest node. */
  readonly #ofNode = new Map<number, readonly ContestedBlock[]>()
  #sorted: readonly ContestedBlock[] | undefined

  constructor(contested: readonly ContestedBlock[] = []) {
    for (const entry of contested) this.#add(entry)
  }

  /** The entries in their one order. */
  get entries(): readonly ContestedBlock[] {
    this.#sorted ??= sortContested([
      ...this.#ofBlock.values(),
      ...[...this.#ofNode.values()].flat(),
    ])
    return this.#sorted
  }

  /** Takes what a run found out. */
  take(news: ContestedNews): Undo {
    const blocks = news.blocks.map(text => [text, this.#ofBlock.get(text)] as const)
    const nodes = Array.from(news.pids, pid => [pid, this.#ofNode.get(pid)] as const)
    const forget = (): void => {
      for (const [text] of blocks) this.#ofBlock.delete(text)
      for (const [pid] of nodes) this.#ofNode.delete(pid)
      this.#sorted = undefined
    }
    forget()
    for (const entry of news.contested) this.#add(entry)
    return () => {
      forget()
      for (const [text, entry] of blocks) if (entry) this.#ofBlock.set(text, entry)
      for (const [pid, entries] of nodes) if (entries) this.#ofNode.set(pid, entries)
    }
  }

  #add(entry: ContestedBlock): void {
    if (entry.why === 'cluster') {
      this.#ofNode.set(entry.pid, [...(this.#ofNode.get(entry.pid) ?? []), entry])
    } else {
      this.#ofBlock.set(blockText(entry), entry)
    }
  }
}
