import type { SqlSession } from '../lake/index.ts'
import { ident } from '../query/index.ts'
import { hasKnownLetters } from './core/index.ts'
import { type ColumnOf, columnsOf, type RowsTogether, type SourceScope } from './rule-sources.ts'

/** SQL of a text of a row, from the columns of the rows. */
export type TextSql = (column: ColumnOf) => string

/** Rows of an object that some texts are read of. */
export interface TextSource {
  readonly object: string
  /** The field that says whose a row is. */
  readonly party: string
  readonly conditions: (column: ColumnOf) => readonly string[]
  readonly texts: readonly TextSql[]
}

/** The texts of one row. */
export type RowTexts = readonly (string | null)[]

/** The texts of the rows of each source, by source profile. */
export type SourceTexts = readonly ReadonlyMap<number, readonly RowTexts[]>[]

/** Rows of a few source profiles; whoever has more is left to the engine. */
const ROWS_FEW = 20_000

/**
 * Reads the texts of some source profiles, in one statement that costs little to plan. Undefined
 * where there are too many, or one with letters that the engine may know differently.
 */
export async function readTexts(
  session: SqlSession,
  sources: readonly TextSource[],
  scope: SourceScope,
): Promise<SourceTexts | undefined> {
  const { parties = 'is not null', together } = scope
  const sql = together
    ? togetherSql(sources, parties, together)
    : apartSql(sources, parties, scope.relationOf)
  const rows = await session.rows(`${sql} limit ${ROWS_FEW + 1}`)
  if (rows.length > ROWS_FEW) return undefined
  const read = sources.map(() => new Map<number, RowTexts[]>())
  for (const row of rows) {
    let start = 0
    for (const [at, { texts }] of sources.entries()) {
      const [pid, ...cells] = row.slice(start, start + 1 + texts.length)
      start += 1 + texts.length
      if (typeof pid !== 'number') continue
      const own = cells.map(textOf)
      if (!own.every(text => text === null || hasKnownLetters(text))) return undefined
      const held = read[at]?.get(pid)
      if (held) held.push(own)
      else read[at]?.set(pid, [own])
    }
  }
  return read
}

/** For each source whose a row is, if it is one of the source, and its texts. */
function togetherSql(
  sources: readonly TextSource[],
  parties: string,
  { relation, columnsOf: columnsOfObject }: RowsTogether,
): string {
  const columns = sources.flatMap(({ object, party, conditions, texts }) => {
    const column = columnsOfObject(object)
    const where = conditions(column)
    const whose = column(party)
    const isOwn = where.length === 0 ? whose : `case when ${where.join(' and ')} then ${whose} end`
    return [isOwn, ...texts.map(text => sent(text(column)))]
  })
  const whose = new Set(sources.map(({ object, party }) => columnsOfObject(object)(party)))
  const isWanted = Array.from(whose, column => `${column} ${parties}`)
  return `select ${columns.join(', ')} from ${relation} where ${isWanted.join(' or ')}`
}

/** The same of objects whose rows lie apart. */
function apartSql(
  sources: readonly TextSource[],
  parties: string,
  relationOf: SourceScope['relationOf'],
): string {
  const column = columnsOf('i')
  const parts = sources.map(({ object, party, conditions, texts }, own) => {
    const columns = sources.flatMap((other, at) =>
      at === own
        ? [`i.${ident(party)}`, ...texts.map(text => sent(text(column)))]
        : ['null::integer', ...other.texts.map(() => 'null::varchar')],
    )
    const where = [`i.${ident(party)} ${parties}`, ...conditions(column)]
    return `select ${columns.join(', ')} from ${relationOf(object)} i where ${where.join(' and ')}`
  })
  return parts.join(' union all ')
}

/** Stands before each text on its way: the driver takes a first U+FEFF for a mark of byte order. */
const FIRST = '.'

function sent(text: string): string {
  return `'${FIRST}' || ${text}`
}

function textOf(cell: unknown): string | null {
  return typeof cell === 'string' ? cell.slice(FIRST.length) : null
}
