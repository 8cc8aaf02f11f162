import { openDuckDb } from '../lake/adapters/duckdb-engine.ts'
import type { Cell, SqlSession } from '../lake/index.ts'
import { ident, literal } from '../query/index.ts'
import { kindOf } from './catalogue/index.ts'
import type { ModelPlan, StreamPlan } from './plan.ts'
import { publicViewsOf } from './public-views.ts'
import { sqlTypeOf } from './source-sql.ts'
import { viewsOf } from './views.ts'

/** Rows of a stream's table, by field. */
export type Rows = Readonly<Record<string, readonly Readonly<Record<string, Cell>>[]>>

/** A lake with the tables of a plan, filled as the pipeline fills them, and its views. */
export async function lakeOf(plan: ModelPlan, rows: Rows): Promise<SqlSession> {
  const engine = await openDuckDb({ path: ':memory:', schema: 'default', threads: 1 })
  const session = await engine.session()
  await session.run('create schema default_q')
  await session.run(
    'create table party(pid integer, object utinyint, id varchar, kq varchar, h ubigint)',
  )
  await session.run('create table phone_e164(raw varchar, region varchar, e164 varchar)')
  for (const stream of plan.streams) await fill(session, stream, rows[stream.schema.name] ?? [])
  for (const view of viewsOf(plan)) await session.run(view.sql)
  for (const view of publicViewsOf(plan, 'default')) await session.run(view.sql)
  return session
}

async function fill(
  session: SqlSession,
  stream: StreamPlan,
  rows: readonly Readonly<Record<string, Cell>>[],
): Promise<void> {
  const { schema, partyRefs } = stream
  const table = ident(`dlo_${schema.name}`)
  const columns = [
    '_kh ubigint, _pos bigint, _row bigint, _at timestamptz, _origin varchar, _hash ubigint',
    '_mod timestamptz, _overflow varchar',
    ...partyRefs.map(reference => `${ident(reference.column)} integer`),
    ...schema.fields.map(field => `${ident(field.name)} ${sqlTypeOf(kindOf(field.type))}`),
  ]
  await session.run(`create table ${table}(${columns.join(', ')})`)
  for (const [at, row] of rows.entries()) {
    const names = Object.keys(row)
    const values = names.map(name => literal(row[name] ?? null))
    await session.run(
      `insert into ${table}(${['_kh', '_pos', '_row', '_at', ...names.map(ident)].join(', ')}) ` +
        `values (${[at + 1, at + 1, at, `timestamptz '2026-01-01 00:00:00Z'`, ...values].join(', ')})`,
    )
  }
  for (const { column, object, idSql, qualifier } of partyRefs) {
    const isSame = `p.object = ${object} and p.id = n.found and p.kq is not distinct from ${literal(qualifier)}`
    await session.run(
      `insert into party select (select count(*) from party) + row_number() over (order by n.found), ` +
        `${object}, n.found, ${literal(qualifier)}, 0 from (select distinct ${idSql} as found from ${table}) n ` +
        `where n.found is not null and not exists (select 1 from party p where ${isSame})`,
    )
    await session.run(
      `update ${table} set ${ident(column)} = m.pid from (select n.at, p.pid from ` +
        `(select rowid as at, ${idSql} as found from ${table}) n join party p on ${isSame}) m ` +
        `where ${table}.rowid = m.at`,
    )
  }
}
