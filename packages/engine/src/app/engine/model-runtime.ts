import type { MappingDefinition } from '@mainstem/contracts'
import {
  type ChangeKinds,
  dloTable,
  ensureDloTable,
  type PartyRef,
  partyHash,
  type SqlSession,
} from '../../lake/index.ts'
import {
  buildCatalogue,
  compileModel,
  type ModelPlan,
  narrowViewsOf,
  viewsOf,
} from '../../model/index.ts'
import { ident, literal } from '../../query/index.ts'
import type { StreamSchema } from '../../streams/index.ts'
import type { Project } from '../project/index.ts'
import type { StreamRuntime } from './stream-runtime.ts'

/** The streams and the model of a project, over tables and views that are there. */
export interface ModelRuntime {
  readonly model: ModelPlan
  readonly streams: ReadonlyMap<string, StreamRuntime>
  /** Whether rows now refer to other parties than before: identity must run in full. */
  readonly refsChanged: boolean
}

/** Makes tables and views for a project's streams and mappings; inside the caller's transaction. */
export async function setUpModel(
  session: SqlSession,
  project: Project,
  schemas: readonly StreamSchema[],
): Promise<ModelRuntime> {
  const model = compileModel({
    catalogue: buildCatalogue(project.objects.map(object => object.definition)),
    streams: schemas.map(schema => ({ ...schema, isAppend: schema.refreshMode === 'APPEND' })),
    mappings: project.mappings.map(mapping => byFieldName(mapping.definition, schemas)),
    region: project.definition.region,
    timeZone: project.definition.timeZone,
  })
  const streams = new Map<string, StreamRuntime>()
  let refsChanged = false
  for (const { definition } of project.streams) {
    const schema = schemas.find(one => one.name === definition.name)
    if (!schema) continue
    const refs = model.streams.find(one => one.schema.name === schema.name)?.partyRefs ?? []
    await ensureDloTable(session, schema, refs)
    if (await storeRefs(session, schema, refs)) refsChanged = true
    const plan = model.streams.find(one => one.schema.name === schema.name)
    streams.set(schema.name, { definition, schema, refs, changes: changeKindsOf(plan) })
  }
  for (const view of [...viewsOf(model), ...narrowViewsOf(model)]) await session.run(view.sql)
  return { model, streams, refsChanged }
}

/** Objects whose rows say who somebody is. */
const IDENTIFYING = /^(Individual|Account|PartyIdentification|ContactPoint.*)$/

/**
 * Rows of orders and events do not change who anybody is. Those with identity values make a record
 * when they are the first with them, and end it when they are the last.
 */
function changeKindsOf(plan: ModelPlan['streams'][number] | undefined): ChangeKinds {
  if (plan?.branches.some(branch => IDENTIFYING.test(branch.object))) {
    return { added: 'touched', removed: 'touched' }
  }
  return { added: 'related', removed: plan?.system ? 'touched' : 'related' }
}

/** A mapping may name a field by its path in the source, such as `requester.email`. */
function byFieldName(
  mapping: MappingDefinition,
  schemas: readonly StreamSchema[],
): MappingDefinition {
  const fields = schemas.find(schema => schema.name === mapping.stream)?.fields ?? []
  const name = (given: string): string =>
    fields.some(field => field.name === given)
      ? given
      : (fields.find(field => field.path === given)?.name ?? given)
  return {
    ...mapping,
    objects: mapping.objects.map(object => ({
      ...object,
      ...(object.fields
        ? {
            fields: Object.fromEntries(
              Object.entries(object.fields).map(([to, from]) => [to, name(from)]),
            ),
          }
        : {}),
      ...(object.filter ? { filter: { ...object.filter, field: name(object.filter.field) } } : {}),
    })),
  }
}

/** Records a stream's schema and references; where the references differ, its rows get new ones. */
async function storeRefs(
  session: SqlSession,
  schema: StreamSchema,
  refs: readonly PartyRef[],
): Promise<boolean> {
  const name = literal(schema.name)
  const now = JSON.stringify(refs)
  const [row] = await session.rows(`select refs_json from stream_state where stream = ${name}`)
  const changed = row !== undefined && row[0] !== now
  if (row === undefined) {
    await session.run('insert into stream_state values (?, ?, ?, null)', [
      schema.name,
      JSON.stringify(schema),
      now,
    ])
  } else {
    await session.run(
      `update stream_state set schema_json = ?, refs_json = ? where stream = ${name}`,
      [JSON.stringify(schema), now],
    )
  }
  if (changed) await rebuildRefs(session, schema, refs)
  return changed
}

/** Gives every row of a stream its references again, from its fields. */
export async function rebuildRefs(
  session: SqlSession,
  schema: StreamSchema,
  refs: readonly PartyRef[],
): Promise<void> {
  const table = ident(dloTable(schema.name))
  for (const ref of refs) {
    await session.run(
      `insert into party
       select (select coalesce(max(pid), -1) from party) + row_number() over (order by h), ${ref.object}, id,
              ${literal(ref.qualifier)}, h
       from (select ${partyHash(ref)} as h, min(${ref.idSql}) as id from ${table} where (${ref.idSql}) is not null group by 1)
       where h not in (select h from party)`,
    )
    await session.run(
      `update ${table} d set ${ref.column} = p.pid
       from (select _kh, pid from (select _kh, ${partyHash(ref)} as h from ${table}) left join party using (h)) p
       where p._kh = d._kh`,
    )
  }
}
