import { type RecordColumn, type RecordSet, SEVERAL } from '../../identity/index.ts'
import type { SqlSession } from '../../lake/index.ts'
import type { ColumnKind } from '../../model/index.ts'
import { ident, literal } from '../../query/index.ts'
import { numberAt } from '../commands/answer.ts'
import type { ColumnUse } from './column-use.ts'
import type { LoadedSource } from './load-sources.ts'

/** The name of the relation of all records. */
export const RECORD = 'record'

/** A column of the relation, and what fills it. */
export interface RecordSlot {
  readonly name: string
  readonly uses: readonly ColumnUse[]
  readonly ordinal: number
  /** What fills it where it is blank. */
  readonly fallback?: Fallback | undefined
  /** Columns whose values stand beside its own: other names of the same. */
  readonly further?: readonly ColumnUse[] | undefined
  /** Columns that are one value together, in their order: the year, the month and the day of a date. */
  readonly joined?: readonly (readonly ColumnUse[])[] | undefined
}

/** Whether a slot's value in a source is made of several columns, or of a part of one. */
export function isMade({ fallback, further, joined }: RecordSlot, source: number): boolean {
  return [fallback?.uses, further, joined?.flat()].some(
    uses => uses?.some(use => use.source === source) === true,
  )
}

/** The first slot of a kind. */
export function firstOf(slots: readonly RecordSlot[], kind: ColumnKind): RecordSlot | undefined {
  return slots.find(slot => slot.ordinal === 0 && slot.uses.some(use => use.kind === kind))
}

/** Columns that say the same in another way: whole addresses, a part of them, or of full names. */
export interface Fallback {
  readonly part: 'first' | 'last' | 'postalCode' | 'whole'
  readonly uses: readonly ColumnUse[]
}

/**
 * Puts columns that hold the same into one slot: of several sources those of one name, else those of
 * one kind in their order; of one source each its own.
 */
export function slotsOf(uses: readonly ColumnUse[]): readonly RecordSlot[] {
  const groups = new Map<string, ColumnUse[][]>()
  for (const use of uses) {
    if (use.kind === 'ignored') continue
    const group = groups.get(groupName(use)) ?? []
    groups.set(groupName(use), group)
    const free = group.filter(slot => slot.every(one => one.source !== use.source))
    const home =
      free.find(slot => slot.some(one => one.column.toLowerCase() === use.column.toLowerCase())) ??
      free[0]
    if (home) home.push(use)
    else group.push([use])
  }
  const taken = new Set<string>()
  return [...groups].flatMap(([group, slots]) =>
    slots.map((found, ordinal) => ({ name: freeName(group, taken), uses: found, ordinal })),
  )
}

function freeName(name: string, taken: Set<string>): string {
  let free = name
  for (let next = 2; taken.has(free); next++) free = `${name}_${next}`
  taken.add(free)
  return free
}

/** What belongs together: a kind, or one of its own where a kind says too little. */
function groupName({ kind, column, identifier, field, as }: ColumnUse): string {
  if (kind === 'identifier') return `identifier_${plain(identifier?.name ?? column)}`
  if (kind === 'attribute') return `attribute_${plain(field?.split('.')[1] ?? column)}`
  return as === undefined ? kind : `${kind}_as_${plain(as)}`
}

function plain(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '_')
    .replaceAll(/^_+|_+$/g, '')
}

/** Makes the relation of all records over the tables of the sources; nothing is copied. */
export async function makeRecordRelation(
  session: SqlSession,
  sources: readonly LoadedSource[],
  slots: readonly RecordSlot[],
): Promise<void> {
  const branches = sources.map((source, number) => {
    const columns = slots.map(slot => {
      return `, ${slotValueSql(slot, number)} as ${ident(slot.name)}`
    })
    return `select pid, ${literal(source.name)} as source${columns.join('')} from ${source.table}`
  })
  await session.run(`create or replace view ${RECORD} as ${branches.join(' union all ')}`)
}

/** A slot's value in a source: its own, else the first that falls back; further ones beside it. */
export function slotValueSql(slot: RecordSlot, source: number): string {
  const values = [...ownSql(slot, source), ...fallbackSql(slot, source), ...joinedSql(slot, source)]
  const value = values.length === 0 ? 'null::varchar' : `coalesce(${values.join(', ')})`
  const further = slot.further?.filter(use => use.source === source) ?? []
  if (further.length === 0) return value
  const more = further.map(({ at }) => filled(`c${at}`))
  return `nullif(concat_ws(chr(${SEVERAL.charCodeAt(0)}), ${[value, ...more].join(', ')}), '')`
}

/** The column that a slot is filled by, unless its value is made of that one in another way. */
function ownSql({ uses, fallback, joined }: RecordSlot, source: number): readonly string[] {
  const own = uses.find(use => use.source === source)
  const others = [...(fallback?.uses ?? []), ...(joined ?? []).flat()]
  const isMadeOf = others.some(use => use.source === source && use.at === own?.at)
  return own && !isMadeOf ? [filled(`c${own.at}`)] : []
}

function fallbackSql({ fallback }: RecordSlot, source: number): readonly string[] {
  const uses = fallback?.uses.filter(use => use.source === source) ?? []
  return uses.map(({ at }) => partSql(filled(`c${at}`), fallback?.part ?? 'whole'))
}

/** Nothing where one of the columns is blank. */
function joinedSql({ joined = [] }: RecordSlot, source: number): readonly string[] {
  const columns = joined.find(uses => uses.every(use => use.source === source)) ?? []
  if (columns.length === 0) return []
  return [`(${columns.map(({ at }) => datePartSql(at)).join(" || '-' || ")})`]
}

/** The last name, and the word after it that tells the generation. */
const LAST_WORD = '[^ ]+( (jr|sr|junior|senior|ii|iii|iv)[.]?)?'

/** A number of five or six digits in an address, which does not begin it as that of a house does. */
const POSTAL_CODE = '[^0-9 ] *([0-9]{5,6})([^0-9]|$)'

/** Of `Ada Lovelace` and of `Lovelace, Ada` the first or the last name; of an address its code, or all. */
function partSql(name: string, part: Fallback['part']): string {
  if (part === 'whole') return name
  if (part === 'postalCode') return `nullif(regexp_extract(${name}, '${POSTAL_CODE}', 1), '')`
  const [withComma, without] =
    part === 'first'
      ? [`split_part(${name}, ',', 2)`, `regexp_replace(trim(${name}), '${LAST_WORD}$', '', 'i')`]
      : [`split_part(${name}, ',', 1)`, `regexp_extract(trim(${name}), '${LAST_WORD}$', 0, 'i')`]
  return `nullif(trim(case when contains(${name}, ',') then ${withComma} else ${without} end), '')`
}

/** A part of a date with two digits at least, and none after the point; null where it is blank. */
function datePartSql(at: number): string {
  const digits = `regexp_replace(trim(${filled(`c${at}`)}), '[.,]0+$', '')`
  return `case when length(${digits}) < 2 then lpad(${digits}, 2, '0') else ${digits} end`
}

/** A value as text, null where it is blank; nearly every one is told by the first comparison. */
function filled(column: string): string {
  const text = `${column}::varchar`
  return `case when ltrim(${text}) >= '!' or regexp_matches(${text}, '\\S') then ${text} end`
}

/** What the matching is told of the records. */
export async function recordSetOf(
  session: SqlSession,
  sources: readonly LoadedSource[],
  { uses, slots }: { readonly uses: readonly ColumnUse[]; readonly slots: readonly RecordSlot[] },
): Promise<RecordSet> {
  const compared = slots.filter(slot => slot.uses.some(use => use.kind !== 'rowId'))
  const measures = compared.map(
    ({ name }) => `count(${ident(name)}), approx_count_distinct(${ident(name)})`,
  )
  const [row] =
    measures.length === 0 ? [] : await session.rows(`select ${measures.join(', ')} from ${RECORD}`)
  return {
    relation: RECORD,
    rows: sources.reduce((sum, source) => sum + source.rows, 0),
    columns: compared.flatMap((slot, at) => columnOf(slot, row, at)),
    recognised: uses,
  }
}

function columnOf(
  { name, ordinal, uses }: RecordSlot,
  row: readonly unknown[] | undefined,
  at: number,
): readonly RecordColumn[] {
  const [first] = uses
  if (!first) return []
  return [
    {
      name,
      ordinal,
      kind: first.kind,
      identifier: first.identifier,
      from: uses.map(({ file, column }) => ({ file, column })),
      filled: numberAt(row, 2 * at),
      distinct: numberAt(row, 2 * at + 1),
    },
  ]
}
