import type { FieldType } from '@mainstem/contracts'
import { ident, literal } from '../query/index.ts'

/** A column as it was read: its name and the type it was given. */
export interface SourceColumn {
  readonly name: string
  readonly type: FieldType
}

/** Shapes that values may have; each as the share of distinct values that have it, 0 to 1. */
export const VALUE_SHAPES = {
  email: String.raw`[^@\s]+@[^@\s]+\.[^@\s]+`,
  phone: String.raw`\+?[0-9(][0-9 ().\-/]{5,18}[0-9]`,
  date: String.raw`[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}[./][0-9]{1,2}[./][0-9]{4}|(19|20)[0-9]{6}`,
  time: String.raw`[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}.*`,
  postal: String.raw`[0-9]{4,5}(-[0-9]{4})?|[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][A-Z]{2}|[A-Z][0-9][A-Z] ?[0-9][A-Z][0-9]`,
  url: String.raw`https?://\S+`,
  ip: String.raw`[0-9]{1,3}(\.[0-9]{1,3}){3}`,
  number: String.raw`[+-]?[0-9]+([.,][0-9]+)?`,
  uuid: '[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}',
  twoLetters: '[A-Za-z]{2}',
  threeCapitals: '[A-Z]{3}',
  word: String.raw`\p{L}[\p{L}'’. \-]*`,
} as const

export type ValueShape = keyof typeof VALUE_SHAPES

/** What a column holds. */
export interface ColumnStatistics {
  readonly name: string
  readonly type: FieldType
  readonly rows: number
  readonly blank: number
  readonly distinct: number
  readonly samples: readonly string[]
  readonly shapes: Readonly<Record<ValueShape, number>>
}

/** How many values are shown of a column. */
export const SAMPLES_MAX = 5

const SEPARATOR = '\u001f'
const SHAPES: readonly ValueShape[] = [
  'email',
  'phone',
  'date',
  'time',
  'postal',
  'url',
  'ip',
  'number',
  'uuid',
  'twoLetters',
  'threeCapitals',
  'word',
]

/** Shapes are told from this many distinct values of a column, the same ones each time. */
const SHAPE_VALUES_MAX = 5000

/**
 * SQL over a relation: one row a column in the given order, to be read by `columnStatistics`.
 * `relationSql` is a table or a parenthesised select; it is read once.
 */
export function columnStatisticsSql(
  relationSql: string,
  columns: readonly Pick<SourceColumn, 'name'>[],
): string {
  const names = columns.map(column => ident(column.name)).join(', ')
  const parts = columns.map(({ name }, place) => columnSql(name, place))
  return `with source as materialized (select ${names} from ${relationSql})\n${parts.join('\nunion all\n')}\norder by place`
}

/** Values are folded before they are looked at: trimming every row costs more than reading it. */
function columnSql(name: string, place: number): string {
  const raw = `cast(${ident(name)} as varchar)`
  const trimmed = `trim(raw, e' \\t\\r\\n')`
  const shapes = SHAPES.map(
    shape => `count(*) filter (regexp_full_match(v, ${literal(VALUE_SHAPES[shape])}))`,
  )
  return `select ${place} as place, counts.*, shapes.* from
  (select coalesce(sum(n), 0)::bigint, coalesce(sum(n) filter (v is null or v = ''), 0)::bigint,
    count(distinct nullif(v, '')),
    array_to_string(min(left(v, 80), ${SAMPLES_MAX}) filter (v <> ''), chr(31))
    from (select ${trimmed} as v, n from (select ${raw} as raw, count(*) as n from source group by all))) counts,
  (select count(*) filter (v <> ''), ${shapes.join(', ')} from (select ${trimmed} as v from
    (select distinct ${raw} as raw from source where ltrim(${raw}) <> '' order by hash(raw) limit ${SHAPE_VALUES_MAX}))) shapes`
}

/** The rows of `columnStatisticsSql`. */
export function columnStatistics(
  columns: readonly SourceColumn[],
  rows: readonly (readonly unknown[])[],
): readonly ColumnStatistics[] {
  return columns.map((column, at) => {
    const [, total, blank, distinct, samples, looked, ...counts] = rows[at] ?? []
    const filled = Number(looked ?? 0)
    const share = (shape: ValueShape): number =>
      filled === 0 ? 0 : Number(counts[SHAPES.indexOf(shape)] ?? 0) / filled
    return {
      name: column.name,
      type: column.type,
      rows: Number(total ?? 0),
      blank: Number(blank ?? 0),
      distinct: Number(distinct ?? 0),
      samples: typeof samples === 'string' && samples !== '' ? samples.split(SEPARATOR) : [],
      shapes: shapesOf(share),
    }
  })
}

function shapesOf(share: (shape: ValueShape) => number): Readonly<Record<ValueShape, number>> {
  return {
    email: share('email'),
    phone: share('phone'),
    date: share('date'),
    time: share('time'),
    postal: share('postal'),
    url: share('url'),
    ip: share('ip'),
    number: share('number'),
    uuid: share('uuid'),
    twoLetters: share('twoLetters'),
    threeCapitals: share('threeCapitals'),
    word: share('word'),
  }
}
