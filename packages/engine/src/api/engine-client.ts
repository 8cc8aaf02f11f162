/** What the edge may ask the engine. */
export type EngineMethod =
  | 'queryv2'
  | 'queryv2.next'
  | 'profile'
  | 'explain'
  | 'model'
  | 'review'
  | 'review.fields'
  | 'decide'
  | 'undo'
  | 'decisions.list'
  | 'decisions.revoke'
  | 'status'
  | 'verify.last'
  | 'page.summary'
  | 'plan'
  | 'apply'

/** What a question says beside its method, as the command line would. */
export type EngineParams = Readonly<Record<string, string | boolean>>

/** An answer of the engine: encoded bytes that the edge hands on without reading them. */
export interface EngineAnswer {
  /** An HTTP status. From 400 on, the body is `{"code", "message", "fix"?}` of a `MainstemError`. */
  readonly status: number
  readonly contentType: string
  readonly body: Buffer
}

/** How long a call may take, and who may end it before. */
export interface EngineCallOptions {
  readonly signal?: AbortSignal | undefined
  readonly timeoutMs?: number | undefined
}

/** Whether the engine can answer questions now, and if not why: a sentence. */
export interface EngineReadiness {
  readonly ready: boolean
  readonly reason?: string | undefined
}

/**
 * The engine, as the edge sees it from its own process.
 *
 * - EC1 while the engine is away `call` rejects with `ENGINE_AWAY`, at once.
 * - EC2 a call that is aborted rejects; one that runs out of time is answered with `SQL_LIMIT`. The
 *   engine stops working on either.
 */
export interface EngineClient {
  call(
    method: EngineMethod,
    params: EngineParams,
    options?: EngineCallOptions,
  ): Promise<EngineAnswer>
  ready(): EngineReadiness
}
