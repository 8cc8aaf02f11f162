import { MainstemError } from '@mainstem/contracts'
import { away, noSuchMethod, notAFrame } from './rpc-errors.ts'
import type { RawHeader } from './rpc-frame.ts'
import { writeError, type IncomingMessage, type SendMessage } from './rpc-message.ts'

/** What a handler is given; `Peer` is the side that calls, which a handler may call back. */
export interface IncomingCall<Peer> {
  readonly params: RawHeader
  readonly body: Buffer
  /** Aborted when the caller no longer waits: it cancelled, its time was over, or it is gone. */
  readonly signal: AbortSignal
  readonly peer: Peer
  /** Tells the caller how far the work is. */
  readonly progress: (update: object) => void
}

/** What a call is answered with. */
export interface RpcAnswer {
  readonly header?: object | undefined
  readonly body?: Uint8Array | undefined
}

/** What became of a handler's work. */
export type HandlerResult = RpcAnswer | undefined

/** Does what a method says; what it throws goes to the caller. */
export type IncomingHandler<Peer> = (
  call: IncomingCall<Peer>,
) => Promise<HandlerResult> | HandlerResult

/** What the handlers of one side need. */
export interface IncomingSetup<Peer> {
  readonly peer: Peer
  readonly handlers: ReadonlyMap<string, IncomingHandler<Peer>>
  readonly callsMax: number
  readonly send: SendMessage
  readonly onFault: (method: string, fault: unknown) => void
}

/** The calls of the other side that are being worked on. */
export class IncomingCalls<Peer> {
  readonly #setup: IncomingSetup<Peer>
  readonly #working = new Map<number, AbortController>()

  constructor(setup: IncomingSetup<Peer>) {
    this.#setup = setup
  }

  async call(id: number, message: IncomingMessage): Promise<void> {
    const { send, callsMax } = this.#setup
    if (this.#working.has(id)) throw notAFrame('its id is in use')
    if (this.#working.size >= callsMax) {
      const busy = away(`it works on rpc.callsMax (${callsMax}) calls already`)
      send({ kind: 'error', call: id, error: writeError(busy) })
      return
    }
    const control = new AbortController()
    this.#working.set(id, control)
    try {
      const answer = await this.#run(message, control.signal, id)
      send({ kind: 'result', call: id, header: answer?.header ?? {} }, answer?.body)
    } catch (fault) {
      this.#report(message.method, fault)
      send({ kind: 'error', call: id, error: writeError(fault) })
    } finally {
      this.#working.delete(id)
    }
  }

  async notify(message: IncomingMessage): Promise<void> {
    try {
      await this.#run(message, new AbortController().signal)
    } catch (fault) {
      this.#setup.onFault(message.method, fault)
    }
  }

  cancel(id: number): void {
    this.#working.get(id)?.abort(away('the caller gave the call up'))
  }

  abortAll(reason: MainstemError): void {
    for (const control of this.#working.values()) control.abort(reason)
  }

  async #run(
    { method, params, body }: IncomingMessage,
    signal: AbortSignal,
    id?: number,
  ): Promise<HandlerResult> {
    const { peer, handlers, send } = this.#setup
    const handler = handlers.get(method)
    if (handler === undefined) throw noSuchMethod(method)
    const progress = (update: object): void => {
      const isAnswered = id === undefined || !this.#working.has(id)
      if (!isAnswered && !signal.aborted) send({ kind: 'progress', call: id, update })
    }
    return handler({ params, body, signal, peer, progress })
  }

  /** What the world does is the caller's to hear; what our code did wrong belongs in the log. */
  #report(method: string, fault: unknown): void {
    if (!(fault instanceof MainstemError)) this.#setup.onFault(method, fault)
  }
}
