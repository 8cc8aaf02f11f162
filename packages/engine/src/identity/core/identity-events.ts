/** What can happen to a uid; the numbers in `IdentityEvents.kind` are positions here. */
export const IDENTITY_EVENT_KINDS = [
  'created',
  'split',
  'merged',
  'alias',
  'retired',
  'decision',
] as const

/** One of the things that can happen to a uid. */
export type IdentityEventKind = (typeof IDENTITY_EVENT_KINDS)[number]

/**
 * What happened to uids, in order, column by column: `created` uid (other -1), `split` uid into
 * other, `merged` other into uid, `alias` uid now resolves to other, `retired` uid (other -1). A
 * `decision` is about two records that were in uid and in other when it was made.
 */
export interface IdentityEvents {
  readonly kind: Uint8Array
  readonly uid: Int32Array
  readonly other: Int32Array
  readonly count: number
}

/** Gathers events without an object for each: a first run makes one for every cluster. */
export class EventLog {
  #kind = new Uint8Array(16)
  #uid = new Int32Array(16)
  #other = new Int32Array(16)
  #count = 0

  add(kind: IdentityEventKind, uid: number, other: number): void {
    if (this.#count === this.#kind.length) this.#grow(2 * this.#count)
    this.#kind[this.#count] = IDENTITY_EVENT_KINDS.indexOf(kind)
    this.#uid[this.#count] = uid
    this.#other[this.#count] = other
    this.#count += 1
  }

  /** The same event, about nobody else, of many uids. */
  many(kind: IdentityEventKind, uids: Int32Array): void {
    if (this.#count + uids.length > this.#kind.length) this.#grow(2 * (this.#count + uids.length))
    const end = this.#count + uids.length
    this.#kind.fill(IDENTITY_EVENT_KINDS.indexOf(kind), this.#count, end)
    this.#uid.set(uids, this.#count)
    this.#other.fill(-1, this.#count, end)
    this.#count = end
  }

  events(): IdentityEvents {
    return {
      kind: this.#kind.subarray(0, this.#count),
      uid: this.#uid.subarray(0, this.#count),
      other: this.#other.subarray(0, this.#count),
      count: this.#count,
    }
  }

  #grow(length: number): void {
    const [kind, uid, other] = [this.#kind, this.#uid, this.#other]
    this.#kind = new Uint8Array(length)
    this.#uid = new Int32Array(length)
    this.#other = new Int32Array(length)
    this.#kind.set(kind)
    this.#uid.set(uid)
    this.#other.set(other)
  }
}
