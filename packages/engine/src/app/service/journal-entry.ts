import { MainstemError } from '@mainstem/contracts'
import type { EntryKind, EntryMeta, NewEntry } from '../../journal/index.ts'

/** An entry that the engine asks the edge to journal, read from a message. */
export function parseEntry(params: object, body: Uint8Array): NewEntry {
  const parts = new Map<string, unknown>(Object.entries(params))
  const kind = KINDS.find(one => one === parts.get('kind'))
  const [atMs, space, stream] = [parts.get('atMs'), parts.get('space'), parts.get('stream')]
  if (
    !kind ||
    typeof atMs !== 'number' ||
    typeof space !== 'string' ||
    typeof stream !== 'string'
  ) {
    throw new MainstemError('USAGE', 'The journal was asked to take something that is no entry.')
  }
  return { kind, atMs, space, stream, meta: parseMeta(parts.get('meta')), body }
}

const KINDS: readonly EntryKind[] = ['rows', 'file', 'delete', 'decision']

function parseMeta(value: unknown): EntryMeta {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : []
  const meta: Record<string, string | number | boolean | null> = {}
  for (const [name, one] of entries) {
    const known: unknown = one
    if (
      known === null ||
      typeof known === 'string' ||
      typeof known === 'number' ||
      typeof known === 'boolean'
    )
      meta[name] = known
  }
  return meta
}
