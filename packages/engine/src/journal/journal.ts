/** What an entry carries in its body: records, a reference to a file, the keys of a delete, or decisions. */
export type EntryKind = 'rows' | 'file' | 'delete' | 'decision'

/** A small value of an entry's header. Numbers must be finite: the header is kept as JSON. */
export type EntryMeta = Readonly<Record<string, string | number | boolean | null>>

/** What is handed to the journal: accepted, not yet applied. */
export interface NewEntry {
  readonly kind: EntryKind
  /** When it was accepted, in milliseconds since 1970-01-01T00:00:00Z. */
  readonly atMs: number
  /** The data space that it belongs to. */
  readonly space: string
  /** The data stream that it goes to. */
  readonly stream: string
  readonly meta: EntryMeta
  /** The validated bytes as they came. Must not change until `append` has answered. */
  readonly body: Uint8Array
}

/** An entry in its place in the one order of all that came in. */
export interface JournalEntry extends NewEntry {
  readonly position: bigint
}

/** How much one `read` gives at most. */
export interface ReadLimits {
  readonly entriesMax: number
  /** Counted over the stored size of the entries. The first entry is given whatever its size. */
  readonly bytesMax: number
  /** Nothing after this position is given. A reader in another process is told it by the writer. */
  readonly upTo?: bigint | undefined
}

/** Reads the journal, in the writer's process or in another. */
export interface JournalReader {
  /** The entries that follow position `after`, in order. */
  read(after: bigint, limits: ReadLimits): Promise<readonly JournalEntry[]>
  close(): Promise<void>
}

/** What `retain` lets go: `segments` is cheap and leaves some; `all` is for erasure. */
export type RetainHow = 'segments' | 'all'

/**
 * The durable order of what came in.
 *
 * - JN1 positions are dense and strictly increasing, from 1 (or the position the journal was opened
 *   to start after).
 * - JN2 `append` answers only once the entry is durable; one that answered is there after any kill.
 * - JN3 entries appended one after the other by one caller keep their order.
 * - JN4 `read` gives back what was appended, byte for byte, in order, up to `end` and its limits,
 *   and at least one entry if there is one.
 * - JN5 `read` never skips: entries that were let go or are damaged are an error, not a gap.
 * - JN6 `retain` lets go only of entries at or before the position it is given; with `all`, of each
 *   of them. Positions are never used twice, also when everything was let go.
 * - JN7 listeners hear of a new `end` after the entries became durable, in growing order.
 * - JN8 an entry that was refused (no room, queue full, too large) takes no position, and the
 *   journal takes the next one as if nothing had been.
 * - JN9 `close` keeps what was already taken in; nothing is taken afterwards.
 */
export interface Journal extends JournalReader {
  /** The position of the last durable entry; 0 for a new journal. */
  readonly end: bigint
  /** Answers with the entry's position once it is durable. */
  append(entry: NewEntry): Promise<bigint>
  /** Calls `listener` with the new `end` after each commit; returns the way to stop it. */
  onAdvance(listener: (end: bigint) => void): () => void
  /** Lets go of what was applied; answers with how many entries went. */
  retain(appliedUpTo: bigint, how?: RetainHow): Promise<number>
}
