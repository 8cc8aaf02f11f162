import type { PartyRef } from '../../lake/index.ts'
import type { StreamSchema } from '../../streams/index.ts'
import type { Verification } from './verification.ts'

/** A data lake object as it is stored: of the project's streams, and of those that left it. */
export interface LakeStream {
  readonly name: string
  readonly schema: StreamSchema
  readonly refs: readonly PartyRef[]
  /** Undefined for a stream that the project has no more; its rows stay. */
  readonly connector: 'File' | 'IngestApi' | undefined
}

/** Every stream that has a table. */
export async function lakeStreams({
  session,
  applied,
}: Verification): Promise<readonly LakeStream[]> {
  const streams = new Map<string, LakeStream>()
  for (const [name, { schema, refs, definition }] of applied.streams) {
    streams.set(name, { name, schema, refs, connector: definition.connector.type })
  }
  const rows = await session.rows('select stream, schema_json, refs_json from stream_state')
  for (const [stream, schema, refs] of rows) {
    const name = String(stream)
    if (streams.has(name)) continue
    streams.set(name, {
      name,
      schema: storedSchema(String(schema)),
      refs: storedRefs(String(refs)),
      connector: undefined,
    })
  }
  return [...streams.values()]
}

/** Written by this program into a store of a known format. */
function storedSchema(json: string): StreamSchema {
  const value: StreamSchema = JSON.parse(json)
  return value
}

function storedRefs(json: string): readonly PartyRef[] {
  const value: readonly PartyRef[] = JSON.parse(json)
  return value
}
