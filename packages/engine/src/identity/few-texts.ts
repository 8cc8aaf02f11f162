import type { SqlSession } from '../lake/index.ts'
import { hasKnownLetters } from './core/index.ts'
import type { SourceScope } from './rule-sources.ts'

/** Texts that are read of each row of something; in all SQL the rows are `i`. */
export interface TextSource {
  readonly object: string
  /** The column that says whose a row is. */
  readonly party: string
  readonly conditions: readonly string[]
  readonly texts: readonly string[]
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
  const width = Math.max(0, ...sources.map(({ texts }) => texts.length))
  const parts = sources.map((source, at) => sourceSql(source, { at, width, scope }))
  const rows = await session.rows(`${parts.join(' union all ')} limit ${ROWS_FEW + 1}`)
  if (rows.length > ROWS_FEW) return undefined
  const read = sources.map(() => new Map<number, RowTexts[]>())
  for (const [at, pid, ...cells] of rows) {
    const texts = cells.slice(0, sources[Number(at)]?.texts.length).map(textOf)
    if (!texts.every(text => text === null || hasKnownLetters(text))) return undefined
    const own = read[Number(at)]
    const held = own?.get(Number(pid))
    if (held) held.push(texts)
    else own?.set(Number(pid), [texts])
  }
  return read
}

function sourceSql(
  { object, party, conditions, texts }: TextSource,
  {
    at,
    width,
    scope,
  }: { readonly at: number; readonly width: number; readonly scope: SourceScope },
): string {
  const columns = Array.from({ length: width }, (_none, place) => {
    const text = texts[place]
    return `, ${text === undefined ? 'null::varchar' : `'${FIRST}' || ${text}`} as t${place}`
  })
  const { parties = 'is not null', relationOf } = scope
  const where = [`i.${party} ${parties}`, ...conditions]
  return `select ${at} as source, i.${party} as pid${columns.join('')} from ${relationOf(object)} i where ${where.join(' and ')}`
}

/** Stands before each text on its way: the driver takes a first U+FEFF for a mark of byte order. */
const FIRST = '.'

function textOf(cell: unknown): string | null {
  return typeof cell === 'string' ? cell.slice(FIRST.length) : null
}
