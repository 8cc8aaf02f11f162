import { frameTooLarge, notAFrame } from './rpc-errors.ts'

/*
 * One frame, little-endian:
 *
 *   0  u32  length of all that follows
 *   4  u32  length of the header
 *   8       header (a JSON object), body (any bytes)
 */
const LENGTH_BYTES = 4
const HEADER_AT = 8

/** A header as it came over the wire: an object, nothing more is known of it. */
export type RawHeader = Readonly<Record<string, unknown>>

/** A frame as it came over the wire. */
export interface RawFrame {
  readonly header: RawHeader
  readonly body: Buffer
}

/** The parts of a frame in the order they are written; the body is not copied. */
export function encodeFrame(
  header: object,
  body: Uint8Array | undefined,
  frameBytesMax: number,
): Uint8Array[] {
  const json = JSON.stringify(header)
  const headerBytes = Buffer.byteLength(json)
  const length = LENGTH_BYTES + headerBytes + (body?.byteLength ?? 0)
  if (length > frameBytesMax) throw frameTooLarge(frameBytesMax)
  const head = Buffer.allocUnsafe(HEADER_AT + headerBytes)
  head.writeUInt32LE(length, 0)
  head.writeUInt32LE(headerBytes, LENGTH_BYTES)
  head.write(json, HEADER_AT, 'utf8')
  return body === undefined || body.byteLength === 0 ? [head] : [head, body]
}

/**
 * Takes bytes as they come and gives whole frames. Holds only what has arrived, whatever a length
 * claims. Throws on what is no frame; the stream is of no use then.
 */
export class FrameDecoder {
  readonly #frameBytesMax: number
  #chunks: Buffer[] = []
  #bytes = 0

  constructor(frameBytesMax: number) {
    this.#frameBytesMax = frameBytesMax
  }

  /** Whether a frame has begun and not ended. */
  get isInside(): boolean {
    return this.#bytes > 0
  }

  *push(chunk: Buffer): Generator<RawFrame> {
    this.#chunks.push(chunk)
    this.#bytes += chunk.byteLength
    for (;;) {
      const length = this.#lengthAhead()
      if (length === undefined || this.#bytes < LENGTH_BYTES + length) return
      yield decodeFrame(this.#take(LENGTH_BYTES + length).subarray(LENGTH_BYTES))
    }
  }

  #lengthAhead(): number | undefined {
    if (this.#bytes < LENGTH_BYTES) return undefined
    const length = this.#ahead(LENGTH_BYTES).readUInt32LE(0)
    if (length > this.#frameBytesMax) {
      throw notAFrame(`it claims ${length} bytes, over rpc.frameBytesMax (${this.#frameBytesMax})`)
    }
    if (length < LENGTH_BYTES) throw notAFrame('it is too short')
    return length
  }

  /** The next bytes in one piece, left where they are. */
  #ahead(count: number): Buffer {
    const first = this.#chunks[0]
    if (first !== undefined && first.byteLength >= count) return first
    const joined = Buffer.concat(this.#chunks)
    this.#chunks = [joined]
    return joined
  }

  #take(count: number): Buffer {
    const joined = this.#ahead(count)
    const rest = joined.subarray(count)
    const others = this.#chunks.slice(1)
    this.#chunks = rest.byteLength === 0 ? others : [rest, ...others]
    this.#bytes -= count
    return joined.subarray(0, count)
  }
}

function decodeFrame(bytes: Buffer): RawFrame {
  const headerEnd = LENGTH_BYTES + bytes.readUInt32LE(0)
  if (headerEnd > bytes.byteLength) throw notAFrame('its header is longer than the whole')
  const header = parseJson(bytes.toString('utf8', LENGTH_BYTES, headerEnd))
  if (!isRecord(header)) throw notAFrame('its header is not a JSON object')
  return { header, body: bytes.subarray(headerEnd) }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Whether a value is an object with keys, as JSON has them. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
