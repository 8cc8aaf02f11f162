import type { EntryKind } from '../../journal/index.ts'
import { literals } from '../../query/index.ts'
import { quoteLongNumbers, type StreamSchema } from '../../streams/index.ts'
import type { Engine } from '../engine/engine.ts'
import { numberAt } from './answer.ts'

/** Where records are posted to, and how much one entry of the journal holds. */
export interface PostTarget {
  readonly stream: string
  readonly bytesMax: number
}

/** Gathers records, each a JSON object's text, into entries of the journal. */
export class RecordPoster {
  readonly #engine: Engine
  readonly #target: PostTarget
  readonly #positions: bigint[] = []
  #waiting: string[] = []
  #bytes = 0
  #origin = ''
  #posted = 0

  constructor(engine: Engine, target: PostTarget) {
    this.#engine = engine
    this.#target = target
  }

  /** Records that the journal holds. */
  get posted(): number {
    return this.#posted
  }

  /** Adds a record; one that is over the limit by itself gets an entry of its own. */
  async add(record: string, origin: string): Promise<void> {
    const bytes = Buffer.byteLength(record) + 1
    const isFull = this.#bytes + bytes + ENVELOPE_BYTES > this.#target.bytesMax
    if (this.#waiting.length > 0 && (isFull || origin !== this.#origin)) await this.flush()
    this.#origin = origin
    this.#waiting.push(record)
    this.#bytes += bytes
  }

  /** Writes what is waiting to the journal. */
  async flush(): Promise<void> {
    if (this.#waiting.length === 0) return
    const body = Buffer.from(`{"data":[${this.#waiting.join(',')}]}`)
    const meta = { origin: this.#origin }
    const { stream } = this.#target
    this.#positions.push(await appendEntry(this.#engine, { kind: 'rows', stream, meta, body }))
    this.#posted += this.#waiting.length
    this.#waiting = []
    this.#bytes = 0
  }

  /** Waits until all is applied; answers how many of the records became problem records. */
  async settle(): Promise<number> {
    await this.flush()
    await this.#engine.catchUp()
    const positions = literals(this.#positions)
    const { stream } = this.#target
    const [row] = await this.#engine.reading(session =>
      session.rows(`select count(*) from problem where stream = ? and pos in ${positions}`, [
        stream,
      ]),
    )
    return numberAt(row, 0)
  }
}

const ENVELOPE_BYTES = '{"data":[]}'.length

/** An entry of this moment and data space. */
export interface OwnEntry {
  readonly kind: EntryKind
  readonly stream: string
  readonly meta: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

/** Writes an entry to the journal. */
export async function appendEntry(engine: Engine, entry: OwnEntry): Promise<bigint> {
  const { space } = engine.parts.store
  return await engine.parts.append({ ...entry, atMs: engine.clock.nowMs(), space })
}

/**
 * A row of a table-like file as the record that its stream would get by HTTP: columns are found
 * whatever their letter case, and a field whose path has several steps stands as deep as it says.
 */
export function recordOfColumns(json: string, schema: StreamSchema): string {
  const names = schema.fields.map(field => field.path)
  const parsed: unknown = JSON.parse(quoteLongNumbers(json))
  const columns = new Map<string, unknown>(
    typeof parsed === 'object' && parsed !== null ? Object.entries(parsed) : [],
  )
  const root: Tree = new Map()
  for (const [name, value] of columns) {
    const path = names.find(one => one.toLowerCase() === name.toLowerCase()) ?? name
    const steps = names.includes(path) ? path.split('.') : [path]
    place(root, steps, value)
  }
  return textOf(root)
}

/** Keys may be anything, `__proto__` too, so records are built in maps. */
type Tree = Map<string, Tree | { readonly leaf: unknown }>

function place(root: Tree, steps: readonly string[], value: unknown): void {
  let at = root
  for (const step of steps.slice(0, -1)) {
    const next = at.get(step)
    const below: Tree = next instanceof Map ? next : new Map()
    at.set(step, below)
    at = below
  }
  at.set(steps.at(-1) ?? '', { leaf: value })
}

function textOf(tree: Tree): string {
  const members = Array.from(tree, ([name, below]) => {
    const text = below instanceof Map ? textOf(below) : JSON.stringify(below.leaf)
    return `${JSON.stringify(name)}:${text}`
  })
  return `{${members.join(',')}}`
}
