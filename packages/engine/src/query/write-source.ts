import { columnOf, type NameScope, type OutputColumn, type VisibleSource } from './name-scope.ts'
import { renamed, type StatementWriter, type Surroundings } from './query-writer.ts'
import { didYouMean, refuse, shown } from './refusal.ts'
import { folded, type Relation } from './scope.ts'
import { ident } from './sql-text.ts'
import type { Name, Source } from './sql-tree.ts'
import { commonType, sqlTypeOf } from './sql-type.ts'
import type { ValueText } from './sql-value-text.ts'

/** Writes one source of FROM and puts its names into the scope. */
export interface SourceWriter {
  readonly around: Surroundings
  readonly statement: StatementWriter
  readonly names: NameScope
  readonly condition: (source: Source) => string
}

const JOIN_WORDS = {
  comma: ',',
  cross: 'CROSS JOIN',
  inner: 'INNER JOIN',
  left: 'LEFT JOIN',
  right: 'RIGHT JOIN',
  full: 'FULL JOIN',
  semi: 'SEMI JOIN',
  anti: 'ANTI JOIN',
}

/** Writes FROM. */
export function writeFrom(sources: readonly Source[], writer: SourceWriter): string {
  const parts = sources.map((source, at) => {
    const { sql, visible } = writeSource(source, writer)
    const head = `${sql} AS ${ident(visible.alias)}(${visible.columns.map(({ name }) => ident(name)).join(', ')})`
    const renames = source.columns.length > 0
    const text = renames ? head : `${sql} AS ${ident(visible.alias)}`
    const using = source.using.map(name =>
      usingColumn(name, visible, { source, names: writer.names }),
    )
    writer.names.add(visible, source.alias?.at)
    for (const { merged } of using) writer.names.merge(merged)
    if (at === 0 || !source.join) return text
    const on = [
      ...using.map(({ sql: equal }) => equal),
      ...(source.on ? [writer.condition(source)] : []),
    ]
    if (source.join === 'semi' || source.join === 'anti') writer.names.hide(visible.alias)
    const condition = on.length > 0 && source.join !== 'cross' ? ` ON ${on.join(' AND ')}` : ''
    const word = JOIN_WORDS[source.join]
    return `${source.join === 'comma' ? '' : ' '}${word} ${text}${condition}`
  })
  return parts.length > 0 ? ` FROM ${parts.join('')}` : ''
}

function writeSource(
  source: Source,
  writer: SourceWriter,
): { sql: string; visible: VisibleSource } {
  const { of } = source
  if (of.kind === 'derived') {
    if (of.lateral) {
      refuse('SQL_NOT_ALLOWED', 'LATERAL is not allowed', {
        fix: 'Join the subquery with ON instead.',
      })
    }
    const { sql, columns } = writer.statement.query(of.query, writer.around)
    const alias = source.alias?.text ?? `subquery__${writer.names.sources.length + 1}`
    return { sql: `(${sql})`, visible: { alias, columns: renamed(columns, source.columns) } }
  }
  const cte = of.schema ? undefined : writer.around.ctes.get(folded(of.name.text))
  const alias = source.alias?.text ?? of.name.text
  const ownName = of.name.text
  if (cte) {
    return {
      sql: ident(cte.engineName),
      visible: { alias, ownName, columns: renamed(cte.columns, source.columns) },
    }
  }
  const relation = resolved(of.name, of.schema, writer.statement)
  const columns: OutputColumn[] = relation.columns.map(({ name, type }) => ({
    name,
    type: sqlTypeOf(type),
  }))
  const visible = {
    alias,
    ownName,
    columns: renamed(columns, source.columns),
    relation: source.columns.length > 0 ? undefined : relation,
  }
  return { sql: relationText(relation, writer.statement), visible }
}

/** SOQL's objects, which somebody used to Salesforce may name. */
const CRM_OBJECTS = /^(?:account|contact|lead|opportunity|case|user|campaign|task|event)$/i

function resolved(
  name: Name,
  schema: Name | undefined,
  { scope, relations }: StatementWriter,
): Relation {
  if (schema) {
    return refuse(
      'SQL_NOT_ALLOWED',
      `An object is named without a schema, not ${shown(schema.text)}.${shown(name.text)}`,
      {
        at: name.at,
        fix: 'The data space is chosen by the request.',
      },
    )
  }
  const relation = scope.resolve(name.text)
  if (relation) {
    relations.add(relation.name)
    return relation
  }
  const isCrm = CRM_OBJECTS.test(name.text) || /__c$/i.test(name.text)
  return refuse('SQL_NOT_ALLOWED', `There is no object ${shown(name.text)} in this data space`, {
    at: name.at,
    fix: isCrm
      ? 'Objects of Salesforce CRM (SOQL) are not here; name a data model object such as ssot__Individual__dlm.'
      : didYouMean(name.text, scope.names()),
  })
}

function relationText(relation: Relation, { onlyKeys }: StatementWriter): string {
  if (!onlyKeys || folded(onlyKeys.relation) !== folded(relation.name)) return relation.sql
  return `(SELECT * FROM ${relation.sql} WHERE ${ident(onlyKeys.column)} IN ${onlyKeys.sqlList})`
}

interface UsingPlace {
  readonly source: Source
  readonly names: NameScope
}

/** A column of USING: equal on both sides, and one column from here on. */
function usingColumn(
  name: string,
  right: VisibleSource,
  { source, names }: UsingPlace,
): { sql: string; merged: { name: string; value: ValueText } } {
  const at = source.alias?.at
  const mine = columnOf(right, name)
  const theirs = names.find(undefined, { text: name, at })
  if (!mine || !theirs) {
    return refuse('SQL_INVALID', `USING names ${shown(name)}, which is not on both sides`, { at })
  }
  const both = {
    sql: `coalesce(${theirs.sql}, ${mine.sql})`,
    type: commonType([theirs.type, mine.type]),
  }
  const value = source.join === 'full' ? both : source.join === 'right' ? mine : theirs
  const column = right.columns.find(candidate => folded(candidate.name) === folded(name))
  return { sql: `${theirs.sql} = ${mine.sql}`, merged: { name: column?.name ?? name, value } }
}
