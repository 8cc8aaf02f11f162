import type { SqlSession } from '../../lake/index.ts'
import { engagementUnionSql, publicSchema, publicViewsOf } from '../../model/index.ts'
import { aliasViews, type PublicView, unifiedViews, viewDdl } from '../../profiles/index.ts'
import { ident, literal, type Relation, scopeOf, type SqlScope } from '../../query/index.ts'
import { latestMembershipSql, membershipHistorySql } from '../../segments/index.ts'
import type { Applied } from './engine-state.ts'
import { metricsHistorySql } from './metrics-history.ts'
import type { RulesetRuntime } from './ruleset-runtime.ts'

/** Makes every view that people's SQL may read; inside the caller's transaction. */
export async function makePublicViews(
  session: SqlSession,
  { applied, space }: { applied: Applied; space: string },
): Promise<void> {
  const schema = publicSchema(space)
  for (const view of publicViewsOf(applied.model, space)) await session.run(view.sql)
  for (const view of profileViews(applied)) await session.run(viewDdl(schema, view))
  const history = { name: 'RulesetMetrics', kind: 'alias', sql: metricsHistorySql(space) } as const
  await session.run(viewDdl(schema, history))
}

/** The views of unified profiles; the aliases are of the ruleset with the blank id, or the first. */
function profileViews(applied: Applied): readonly PublicView[] {
  const { catalogue } = applied.model
  const apiName = (object: string, field: string): string =>
    catalogue.find(object)?.fields.get(field)?.apiName ?? `${field}__c`
  const views = applied.rulesets.flatMap(ruleset => unifiedViews(ruleset.profiles, apiName))
  for (const profile of ['Individual', 'Account'] as const) {
    const ruleset = mainRuleset(applied, profile)
    if (!ruleset) continue
    views.push(...aliasViews(ruleset.profiles, engagementUnionSql(applied.model)))
    for (const name of [`Unified${profile}`]) {
      views.push({ name: `${name}_SM__dlm`, kind: 'unified', sql: latestMembershipSql(name) })
      views.push({ name: `${name}_SMH__dlm`, kind: 'unified', sql: membershipHistorySql(name) })
    }
  }
  return views
}

/** The ruleset that the plain names mean. */
export function mainRuleset(
  applied: Pick<Applied, 'rulesets'>,
  profile: 'Individual' | 'Account',
): RulesetRuntime | undefined {
  const own = applied.rulesets.filter(one => one.definition.configurationType === profile)
  return own.find(one => (one.definition.rulesetId ?? '') === '') ?? own[0]
}

/** Makes the view of an insight's rows, under its API name. */
export async function makeInsightView(
  session: SqlSession,
  { space, apiName }: { space: string; apiName: string },
): Promise<void> {
  const schema = publicSchema(space)
  const name = apiName.endsWith('__cio') ? apiName : `${apiName}__cio`
  await session.run(
    `create or replace view ${ident(schema)}.${ident(name)} as select * from ${ident(space)}.${ident(`cio_${apiName}`)}`,
  )
}

/** All relations that SQL from people may read, as they are now; `more` are not made yet. */
export async function publicScope(
  session: SqlSession,
  {
    applied,
    space,
    asOf,
    more = [],
  }: { applied: Applied; space: string; asOf: Date; more?: readonly Relation[] },
): Promise<SqlScope> {
  const { timeZone, currency } = applied.project.definition
  const relations = await publicRelations(session, { applied, space })
  return scopeOf([...relations, ...more], {
    asOf,
    timeZone,
    ...(currency ? { rates: currency } : {}),
  })
}

/** The relations of a project as they were last read, and of which views. */
interface KnownRelations {
  readonly views: string
  readonly relations: readonly Relation[]
}

const KNOWN = new WeakMap<Applied, KnownRelations>()

/** Reads the columns of all views only where one of them was made anew: that is most of a short query. */
async function publicRelations(
  session: SqlSession,
  { applied, space }: { applied: Applied; space: string },
): Promise<readonly Relation[]> {
  const schema = publicSchema(space)
  const [row] = await session.rows(
    `select count(*), max(view_oid) from duckdb_views()
     where database_name = current_database() and schema_name = ${literal(schema)}`,
  )
  const views = String(row)
  const known = KNOWN.get(applied)
  if (known?.views === views) return known.relations
  const rows = await session.rows(
    `select table_name, column_name, data_type from duckdb_columns()
     where database_name = current_database() and schema_name = ${literal(schema)}
     order by table_name, column_index`,
  )
  const columnsOf = new Map<string, { name: string; type: string }[]>()
  for (const [table, column, type] of rows) {
    const columns = columnsOf.get(String(table)) ?? []
    columns.push({ name: String(column), type: String(type) })
    columnsOf.set(String(table), columns)
  }
  const relations = Array.from(columnsOf, ([name, columns]): Relation => ({
    name,
    sql: `${ident(schema)}.${ident(name)}`,
    columns,
    kind: kindOf(name),
  }))
  KNOWN.set(applied, { views, relations })
  return relations
}

function kindOf(name: string): Relation['kind'] {
  if (name.endsWith('__cio')) return 'insight'
  if (name.endsWith('__dll')) return 'dlo'
  if (/_SMH?__dlm$/.test(name)) return 'membership'
  if (!name.endsWith('__dlm')) return 'alias'
  if (/Link/.test(name)) return 'link'
  return name.startsWith('Unified') ? 'unified' : 'dmo'
}
