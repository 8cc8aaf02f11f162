import type { MainstemError } from '@mainstem/contracts'
import { away } from './rpc-errors.ts'
import type { RawHeader } from './rpc-frame.ts'
import type { SendMessage } from './rpc-message.ts'

/** What a caller may say beside the parameters. */
export interface RpcCallOptions {
  readonly body?: Uint8Array | undefined
  /** Default: waits as long as the other side lives. */
  readonly timeoutMs?: number | undefined
  /** Gives the call up; the promise is rejected with the signal's reason. */
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((update: RawHeader) => void) | undefined
}

/** What a caller gets. */
export interface RpcResult {
  readonly header: RawHeader
  readonly body: Buffer
}

interface Pending {
  readonly onProgress: RpcCallOptions['onProgress']
  resolve(result: RpcResult): void
  reject(reason: unknown): void
}

/** The calls that this side made and that are not answered yet. */
export class OutgoingCalls {
  readonly #send: SendMessage
  readonly #pending = new Map<number, Pending>()
  #nextId = 1

  constructor(send: SendMessage) {
    this.#send = send
  }

  call(method: string, params: object, options: RpcCallOptions): Promise<RpcResult> {
    const { signal } = options
    if (signal?.aborted === true) return Promise.reject(reasonOf(signal))
    const id = this.#nextId
    this.#nextId += 1
    return new Promise((resolve, reject) => {
      const stopWatching = this.#watch(id, method, options)
      this.#pending.set(id, {
        onProgress: options.onProgress,
        resolve(result) {
          stopWatching()
          resolve(result)
        },
        reject(reason) {
          stopWatching()
          reject(reason instanceof Error ? reason : away('the call was given up', reason))
        },
      })
      try {
        this.#send({ kind: 'call', id, method, params }, options.body)
      } catch (error) {
        this.#settle(id)?.reject(error)
      }
    })
  }

  /** An answer to a call that was given up finds nobody, and is dropped. */
  resolve(id: number, result: RpcResult): void {
    this.#settle(id)?.resolve(result)
  }

  reject(id: number, error: MainstemError): void {
    this.#settle(id)?.reject(error)
  }

  progress(id: number, update: RawHeader): void {
    this.#pending.get(id)?.onProgress?.(update)
  }

  /** Fails all that is under way: nobody will answer any more. */
  failAll(error: MainstemError): void {
    for (const id of this.#pending.keys()) this.reject(id, error)
  }

  /** Gives the call up when its time is over or its caller says so; returns the way to stop that. */
  #watch(id: number, method: string, { signal, timeoutMs }: RpcCallOptions): () => void {
    const giveUp = (reason: unknown): void => {
      const pending = this.#settle(id)
      if (pending === undefined) return
      pending.reject(reason)
      this.#send({ kind: 'cancel', call: id })
    }
    const onAbort = (): void => {
      if (signal !== undefined) giveUp(reasonOf(signal))
    }
    signal?.addEventListener('abort', onAbort, { once: true })
    const timer =
      timeoutMs === undefined
        ? undefined
        : setTimeout(
            () => giveUp(away(`it did not answer "${method}" within ${timeoutMs} ms`)),
            timeoutMs,
          )
    return () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
    }
  }

  #settle(id: number): Pending | undefined {
    const pending = this.#pending.get(id)
    this.#pending.delete(id)
    return pending
  }
}

function reasonOf(signal: AbortSignal): Error {
  const reason: unknown = signal.reason
  return reason instanceof Error ? reason : away('the call was given up', reason)
}
