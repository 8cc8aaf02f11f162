import { MainstemError } from '@mainstem/contracts'
import { inferFields, openFile, type SqlSession } from '../../lake/index.ts'
import type { SchemaField, StreamSchema } from '../../streams/index.ts'
import type { Project } from '../project/index.ts'
import { filesOf, sourceFile } from './file-reference.ts'
import { declaredFields, evolvedFields, schemaOf } from './stream-runtime.ts'

/** The schema of every stream: stored, declared, or told from the first batch (its file). */
export async function loadSchemas(
  session: SqlSession,
  project: Project,
): Promise<readonly StreamSchema[]> {
  const stored = await storedSchemas(session)
  const schemas: StreamSchema[] = []
  for (const { definition } of project.streams) {
    const before = stored.get(definition.name)
    const fields = before
      ? evolvedFields(before, definition)
      : (declaredFields(definition) ?? (await fieldsOfFile(session, project, definition.name)))
    const schema = schemaOf(definition, fields)
    if (before && before.primaryKey.join() !== schema.primaryKey.join()) {
      throw new MainstemError(
        'CATEGORY_FIXED',
        `Stream "${schema.name}" was saved with the primary key ${before.primaryKey.join(', ')}; a primary key cannot change. Make a new stream.`,
        { key: 'primaryKey' },
      )
    }
    schemas.push(schema)
  }
  return schemas
}

async function storedSchemas(session: SqlSession): Promise<ReadonlyMap<string, StreamSchema>> {
  const rows = await session.rows('select stream, schema_json from stream_state')
  return new Map(rows.map(([name, json]) => [String(name), parseSchema(String(json))]))
}

/** Written by this program into a store of a known format. */
function parseSchema(json: string): StreamSchema {
  const value: StreamSchema = JSON.parse(json)
  return value
}

async function fieldsOfFile(
  session: SqlSession,
  project: Project,
  name: string,
): Promise<readonly SchemaField[]> {
  const definition = project.streams.find(one => one.definition.name === name)?.definition
  if (!definition || definition.connector.type !== 'File') {
    throw new MainstemError(
      'CONFIG_INVALID',
      `Stream "${name}" takes records from the Ingestion API and declares no fields. Add fields, or connector.schema with an OpenAPI file.`,
      { key: 'fields' },
    )
  }
  const [first] = await filesOf(session, definition, project.root)
  const source = sourceFile(definition, { path: first ?? '', label: definition.connector.path })
  const opened = await openFile(session, source)
  const keys = [definition.primaryKey].flat()
  return await inferFields(session, opened, keys)
}
