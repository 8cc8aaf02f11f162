import type { FastifyReply } from 'fastify'
import type { NewEntry } from '../../journal/index.ts'
import type { Edge } from '../edge-deps.ts'
import type { PostedEntry } from './posted-entry.ts'

/** Writes what a request asks for, and answers it. */
export type Acceptance = (reply: FastifyReply, entry: PostedEntry) => Promise<FastifyReply>

const ACCEPTED = Buffer.from('{"accepted":true}')

/**
 * Answers 202 once the journal holds the entry durably; its position goes along as a header, so
 * that a caller can ask for an answer that has seen it (`?after=`).
 */
export function journalWriter(edge: Edge): Acceptance {
  const appends = edge.meter.counter({
    name: 'mainstem_journal_appends_total',
    help: 'Entries that the edge wrote to the journal.',
    labels: ['kind'],
  })
  const bytes = edge.meter.counter({
    name: 'mainstem_journal_appended_bytes_total',
    help: 'Bytes of request bodies that the edge wrote to the journal.',
  })

  return async function acceptEntry(reply, posted) {
    const entry = entryOf(edge, reply, posted)
    const position = await edge.journal.append(entry)
    appends.add(1, { kind: entry.kind })
    bytes.add(entry.body.length)
    return reply
      .code(202)
      .header('content-type', 'application/json; charset=utf-8')
      .header('x-mainstem-position', String(position))
      .send(ACCEPTED)
  }
}

/**
 * Rows keep the request's own bytes. A delete has one form whatever form it came in: `{"ids": […]}`,
 * the values of the primary key as text.
 */
function entryOf(edge: Edge, reply: FastifyReply, posted: PostedEntry): NewEntry {
  const origin = reply.request.id
  const shared = {
    kind: posted.kind,
    atMs: edge.clock.nowMs(),
    space: edge.settings.space,
    stream: posted.stream.name,
  }
  if (posted.kind === 'delete') {
    return { ...shared, meta: { origin }, body: Buffer.from(JSON.stringify({ ids: posted.ids })) }
  }
  const meta = posted.longNumbers ? { origin, longNumbers: true } : { origin }
  return { ...shared, meta, body: posted.body }
}
