import type { StreamDefinition } from '@mainstem/contracts'
import { at, nearestAdvice } from './definitions.ts'
import type { Mistake } from './mistake.ts'
import { readOpenApi } from './openapi-schema.ts'
import { pathFault } from './project-path.ts'
import type { Sourced } from './project.ts'

type Stream = Sourced<StreamDefinition>

/** Streams whose fields an OpenAPI file declares, with those fields filled in. */
export async function withSchemaFields(
  root: string,
  streams: readonly Stream[],
): Promise<{ readonly streams: readonly Stream[]; readonly mistakes: readonly Mistake[] }> {
  const mistakes: Mistake[] = []
  const filled: Stream[] = []
  for (const stream of streams) {
    const { stream: full, faults } = await withFields(root, stream)
    filled.push(full)
    mistakes.push(...faults)
  }
  return { streams: filled, mistakes: unique(mistakes) }
}

interface Filled {
  readonly stream: Stream
  readonly faults: readonly Mistake[]
}

async function withFields(root: string, stream: Stream): Promise<Filled> {
  const { connector, fields, name } = stream.definition
  const file = connector.type === 'IngestApi' ? connector.schema : undefined
  // A path that leaves the project is told by the checks of streams, and never opened.
  if (connector.type !== 'IngestApi' || file === undefined || pathFault(file) !== undefined) {
    return { stream, faults: [] }
  }
  if (fields !== undefined) {
    const says = 'The fields are declared twice: in "fields" and in "connector.schema".'
    return { stream, faults: [at(stream, ['fields'], { says, fix: 'Keep one of them.' })] }
  }
  const objects = await readOpenApi(root, file)
  if (Array.isArray(objects)) return { stream, faults: objects }
  const object = connector.object ?? name
  const declared = objects.get(object)
  if (declared === undefined) {
    const says = `${file} declares no object "${object}".`
    const fix = nearestAdvice(object, [...objects.keys()], 'streams')
    return { stream, faults: [at(stream, ['connector', 'schema'], { says, fix })] }
  }
  return {
    stream: { ...stream, definition: { ...stream.definition, fields: declared } },
    faults: [],
  }
}

/** Two streams may use one schema file; its mistakes are told once. */
function unique(mistakes: readonly Mistake[]): readonly Mistake[] {
  return [...new Map(mistakes.map(mistake => [JSON.stringify(mistake), mistake])).values()]
}
