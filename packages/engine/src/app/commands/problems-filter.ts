import { MainstemError } from '@mainstem/contracts'
import { literal } from '../../query/index.ts'
import type { Engine } from '../engine/engine.ts'

/** Which problem records are meant; an error where the project has no such stream. */
export function problemFilter(engine: Engine, stream: string | undefined): string {
  if (stream === undefined) return `state = 'open'`
  if (engine.applied.streams.has(stream)) return `state = 'open' and stream = ${literal(stream)}`
  const names = [...engine.applied.streams.keys()].join(', ')
  throw new MainstemError(
    'STREAM_NOT_FOUND',
    `No stream is named "${stream.slice(0, 80)}". The streams are ${names || 'none'}.`,
    { key: 'stream' },
  )
}
