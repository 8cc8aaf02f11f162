import type { Duplex } from 'node:stream'
import { MainstemError } from '@mainstem/contracts'
import { unreachable } from '../../kernel/assert.ts'
import { IncomingCalls, type IncomingCall, type IncomingHandler } from './incoming-calls.ts'
import { OutgoingCalls, type RpcCallOptions, type RpcResult } from './outgoing-calls.ts'
import { away, notAFrame } from './rpc-errors.ts'
import { encodeFrame, FrameDecoder } from './rpc-frame.ts'
import { readMessage, type RpcHeader, type RpcMessage } from './rpc-message.ts'

const FRAME_BYTES_MAX = 256 * 1024 * 1024
const CALLS_MAX = 1_024

/** How long a side that does not read may hold up the end of a conversation. */
const CLOSE_MS_MAX = 1_000

/** What a handler is given. */
export type RpcCall = IncomingCall<RpcPeer>

/** Does what a method says. What it throws goes to the caller; a `MainstemError` as it is. */
export type RpcHandler = IncomingHandler<RpcPeer>

/** The methods of one side, by name. */
export type RpcHandlers = Readonly<Record<string, RpcHandler>>

/** Settings of a peer, all with a default. */
export interface RpcPeerOptions {
  /** The largest message taken or sent. Default 256 MiB. */
  readonly frameBytesMax?: number | undefined
  /** How many calls of the other side may be under way. Default 1,024. */
  readonly callsMax?: number | undefined
  /** Hears what a handler threw and the caller is not told: for the log. */
  readonly onFault?: ((method: string, fault: unknown) => void) | undefined
}

/** Hears that the connection is closed; with a reason unless a side closed it as it should. */
export type CloseListener = (reason: MainstemError | undefined) => void

/**
 * One end of a conversation over a stream, the same at both ends.
 *
 * - RP1 either side calls the other; any number of calls are under way, answered in any order.
 * - RP2 a `MainstemError` that a handler throws is rebuilt at the caller: code, sentence, details.
 *   Of any other fault the caller hears only INTERNAL.
 * - RP3 when the stream ends, each call under way fails with ENGINE_AWAY, and each handler at work
 *   sees its signal aborted.
 * - RP4 what is not of this protocol, or over the limit, ends the stream and nothing else.
 * - RP5 giving a call up aborts the handler's signal; a late answer is dropped.
 * - RP6 progress arrives before the answer, in order.
 */
export class RpcPeer {
  readonly #stream: Duplex
  readonly #frameBytesMax: number
  readonly #decoder: FrameDecoder
  readonly #outgoing: OutgoingCalls
  readonly #incoming: IncomingCalls<RpcPeer>
  readonly #onFault: (method: string, fault: unknown) => void
  readonly #closeListeners = new Set<CloseListener>()
  #closed: { readonly reason: MainstemError | undefined } | undefined

  constructor(stream: Duplex, handlers: RpcHandlers, options: RpcPeerOptions = {}) {
    const send = (header: RpcHeader, body?: Uint8Array): void => this.#send(header, body)
    this.#stream = stream
    this.#frameBytesMax = options.frameBytesMax ?? FRAME_BYTES_MAX
    this.#decoder = new FrameDecoder(this.#frameBytesMax)
    this.#onFault = options.onFault ?? (() => undefined)
    this.#outgoing = new OutgoingCalls(send)
    this.#incoming = new IncomingCalls<RpcPeer>({
      peer: this,
      handlers: new Map(Object.entries(handlers)),
      callsMax: options.callsMax ?? CALLS_MAX,
      send,
      onFault: this.#onFault,
    })
    this.#listen()
  }

  get isClosed(): boolean {
    return this.#closed !== undefined
  }

  /** Calls a method of the other side. */
  call(method: string, params: object, options: RpcCallOptions = {}): Promise<RpcResult> {
    if (this.isClosed) return Promise.reject(away('the connection is closed'))
    return this.#outgoing.call(method, params, options)
  }

  /** Tells the other side something; no answer comes, and nothing happens if it is gone. */
  notify(method: string, params: object): void {
    this.#send({ kind: 'notify', method, params })
  }

  /** Calls `listener` once, when the connection is closed or at once if it is. */
  onClose(listener: CloseListener): () => void {
    if (this.#closed !== undefined) listener(this.#closed.reason)
    else this.#closeListeners.add(listener)
    return () => {
      this.#closeListeners.delete(listener)
    }
  }

  /** Ends the conversation after what was already sent. */
  close(): void {
    if (this.isClosed) return
    this.#finish(undefined)
    this.#stream.end(() => this.#stream.destroy())
    setTimeout(() => this.#stream.destroy(), CLOSE_MS_MAX).unref()
  }

  #listen(): void {
    this.#stream.on('data', (chunk: Buffer) => this.#receive(chunk))
    // A side that will send no more cannot answer: half a connection is none.
    this.#stream.on('end', () =>
      this.#abandon(this.#decoder.isInside ? notAFrame('it is not complete') : undefined),
    )
    this.#stream.on('close', () => this.#finish(undefined))
    this.#stream.on('error', error => this.#finish(away('the connection broke', error)))
  }

  #receive(chunk: Buffer): void {
    try {
      for (const frame of this.#decoder.push(chunk)) {
        if (this.isClosed) return
        this.#dispatch(readMessage(frame))
      }
    } catch (error) {
      this.#fail(error)
    }
  }

  #dispatch(message: RpcMessage): void {
    switch (message.kind) {
      case 'call':
        this.#incoming.call(message.id, message).catch((error: unknown) => this.#fail(error))
        return
      case 'notify':
        void this.#incoming.notify(message)
        return
      case 'result':
        return this.#outgoing.resolve(message.call, message)
      case 'error':
        return this.#outgoing.reject(message.call, message.error)
      case 'progress':
        return this.#outgoing.progress(message.call, message.update)
      case 'cancel':
        return this.#incoming.cancel(message.call)
      default:
        unreachable(message)
    }
  }

  /** RP4: the other side is at fault if it says so itself, else our code is; both end here. */
  #fail(error: unknown): void {
    if (!(error instanceof MainstemError)) this.#onFault('connection', error)
    this.#abandon(error instanceof MainstemError ? error : away('this side failed', error))
  }

  #send(header: RpcHeader, body?: Uint8Array): void {
    if (this.isClosed || this.#stream.destroyed || this.#stream.writableEnded) return
    const parts = encodeFrame(header, body, this.#frameBytesMax)
    this.#stream.cork()
    for (const part of parts) this.#stream.write(part)
    this.#stream.uncork()
  }

  #abandon(reason: MainstemError | undefined): void {
    this.#finish(reason)
    this.#stream.destroy()
  }

  #finish(reason: MainstemError | undefined): void {
    if (this.isClosed) return
    this.#closed = { reason }
    const gone = away('the connection is closed', reason)
    this.#outgoing.failAll(gone)
    this.#incoming.abortAll(gone)
    for (const listener of this.#closeListeners) listener(reason)
    this.#closeListeners.clear()
  }
}
