import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { must } from '../../kernel/assert.ts'
import { signaturesHold } from './webhook-signature.ts'

/** What a receiver counted. It keeps nothing of the people in the messages. */
export interface ReceiverCounts {
  readonly requests: number
  readonly refused: number
  /** Events, each counted once however often it came. */
  readonly events: number
  readonly repeated: number
  readonly inserts: number
  readonly updates: number
  readonly deletes: number
}

/** A receiver that is listening. */
export interface WebhookReceiver {
  readonly url: string
  counts(): ReceiverCounts
  close(): Promise<void>
}

/** How a receiver is started. */
export interface ReceiverOptions {
  readonly key: string
  readonly port?: number | undefined
  readonly host?: string | undefined
  /** A status to answer a request with, instead of taking it; requests count from 1. */
  readonly answer?:
    | ((request: number) => { status: number; headers?: Record<string, string> } | undefined)
    | undefined
  /** Told of each accepted body, for tests. */
  readonly onBody?: ((body: string) => void) | undefined
}

const BODY_BYTES_MAX = 16 * 1024 * 1024
const EVENT_IDS_MAX = 1_000_000

/** Starts a server that verifies both signatures, counts events once each, and answers 204. */
export async function startWebhookReceiver(options: ReceiverOptions): Promise<WebhookReceiver> {
  const tally = new Tally()
  const server = createServer((request, response) => {
    receive(request, response, { options, tally }).catch(() => response.destroy())
  })
  const host = options.host ?? '127.0.0.1'
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, host, resolve)
  })
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  must(port, 'a server that listens has a port')
  return {
    url: `http://${host}:${port}/`,
    counts: () => tally.counts(),
    close: () =>
      new Promise(resolve => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

interface Receiving {
  readonly options: ReceiverOptions
  readonly tally: Tally
}

async function receive(
  request: IncomingMessage,
  response: ServerResponse,
  { options, tally }: Receiving,
): Promise<void> {
  const end = (status: number, headers: Record<string, string> = {}): void => {
    response.writeHead(status, headers).end()
  }
  tally.requests++
  const planned = options.answer?.(tally.requests)
  const body = await bodyOf(request)
  if (planned) return end(planned.status, planned.headers)
  if (request.method !== 'POST') return end(405)
  if (body === undefined) return end(413)
  if (!signaturesHold(options.key, body, request.headers)) {
    tally.refused++
    return end(401)
  }
  if (!tally.take(body)) return end(400)
  options.onBody?.(body)
  return end(204)
}

async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    const part = Buffer.from(chunk)
    bytes += part.length
    if (bytes > BODY_BYTES_MAX) return undefined
    chunks.push(part)
  }
  return Buffer.concat(chunks).toString('utf8')
}

class Tally {
  requests = 0
  refused = 0
  #events = 0
  #repeated = 0
  readonly #seen = new Set<string>()
  readonly #prompts = new Map<string, number>()

  /** Counts a body's events; false where it is not an envelope of events. */
  take(body: string): boolean {
    const envelope: unknown = JSON.parse(body)
    if (typeof envelope !== 'object' || envelope === null || !('events' in envelope)) return false
    if (!Array.isArray(envelope.events)) return false
    for (const event of envelope.events) this.#count(event)
    return true
  }

  #count(event: unknown): void {
    if (typeof event !== 'object' || event === null) return
    const id = 'EventUuid' in event ? String(event.EventUuid) : ''
    if (this.#seen.has(id)) {
      this.#repeated++
      return
    }
    if (this.#seen.size < EVENT_IDS_MAX) this.#seen.add(id)
    this.#events++
    const prompt = 'EventPrompt' in event ? String(event.EventPrompt) : ''
    this.#prompts.set(prompt, (this.#prompts.get(prompt) ?? 0) + 1)
  }

  counts(): ReceiverCounts {
    const of = (prompt: string): number => this.#prompts.get(prompt) ?? 0
    return {
      requests: this.requests,
      refused: this.refused,
      events: this.#events,
      repeated: this.#repeated,
      inserts: of('Insert'),
      updates: of('Update'),
      deletes: of('Delete'),
    }
  }
}
