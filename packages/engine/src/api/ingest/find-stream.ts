import { MainstemError } from '@mainstem/contracts'
import { nearestName } from '../../kernel/nearest-name.ts'
import type { IngestStream } from '../edge-deps.ts'

/** The stream of this name; STREAM_NOT_FOUND with the nearest name if there is none. */
export function streamNamed(streams: readonly IngestStream[], name: string): IngestStream {
  const found = streams.find(stream => stream.name === name)
  if (found !== undefined) return found
  const names = streams.map(stream => stream.name)
  throw notFound(`No data stream is named "${shown(name)}".`, nearestName(name, names))
}

/** The stream of a connector's object; STREAM_NOT_FOUND with the nearest name if there is none. */
export function streamOf(
  streams: readonly IngestStream[],
  source: string,
  object: string,
): IngestStream {
  const ofSource = streams.filter(stream => stream.source === source)
  if (ofSource.length === 0) {
    const sources = streams.flatMap(stream => stream.source ?? [])
    throw notFound(`No connector is named "${shown(source)}".`, nearestName(source, sources))
  }
  const found = ofSource.find(stream => objectOf(stream) === object)
  if (found !== undefined) return found
  throw notFound(
    `The connector "${shown(source)}" has no object named "${shown(object)}".`,
    nearestName(object, ofSource.map(objectOf)),
  )
}

/** An object without a name of its own has its stream's. */
function objectOf(stream: IngestStream): string {
  return stream.object ?? stream.name
}

function notFound(message: string, nearest: string | undefined): MainstemError {
  const fix =
    nearest === undefined
      ? 'The streams of a project are the files in its folder streams/.'
      : `Did you mean "${nearest}"?`
  return new MainstemError('STREAM_NOT_FOUND', message, { fix })
}

/** A name from a URL, short enough for a sentence. */
function shown(name: string): string {
  return name.length <= 80 ? name : `${name.slice(0, 79)}…`
}
