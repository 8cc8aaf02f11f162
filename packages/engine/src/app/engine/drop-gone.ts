import { insightTable } from '../../insights/index.ts'
import type { SqlSession } from '../../lake/index.ts'
import { publicSchema } from '../../model/index.ts'
import { ident, literal } from '../../query/index.ts'
import type { Applied } from './engine-state.ts'
import { makeInsightView } from './public-relations.ts'

/** Tables of a ruleset, by what comes before the two underscores and the slot. */
const SLOT_TABLE =
  /^(?:match_key|link|unified_id|identity_event|unified|unified_[A-Za-z]+|touched_profile|pending)__([ia]_\w*)$/

/**
 * Drops what no definition makes any longer: the rows of removed insights, the tables of removed
 * rulesets, and the views over them. What a stream took in stays: it is the only copy.
 */
export async function dropGone(
  session: SqlSession,
  applied: Applied,
  space: string,
): Promise<void> {
  const insights = new Set(
    applied.project.insights.map(({ definition }) => insightTable(definition.apiName)),
  )
  const slots = new Set(applied.rulesets.map(ruleset => ruleset.stage.tables.slot))
  const rows = await session.rows(
    `select distinct table_name from duckdb_tables() where schema_name = ${literal(space)} order by table_name`,
  )
  const gone = rows
    .map(([name]) => String(name))
    .filter(name => {
      const slot = SLOT_TABLE.exec(name)?.[1]
      if (slot !== undefined) return !slots.has(slot)
      return name.startsWith('cio_') && !insights.has(name)
    })
  if (gone.length === 0) return
  for (const name of gone) await session.run(`drop table ${ident(name)}`)
  const views = await session.rows(
    `select view_name from duckdb_views()
     where database_name = current_database() and schema_name = ${literal(publicSchema(space))}`,
  )
  // Views over what is gone cannot be told from the others: all are made again right after.
  for (const [name] of views)
    await session.run(`drop view ${ident(publicSchema(space))}.${ident(String(name))}`)
  const tables = new Set(rows.map(([name]) => String(name)))
  for (const { definition } of applied.project.insights) {
    const { apiName } = definition
    if (tables.has(insightTable(apiName))) await makeInsightView(session, { space, apiName })
  }
}
