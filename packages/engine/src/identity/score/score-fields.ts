import type { ColumnKind } from '../../model/index.ts'
import { ident } from '../../query/index.ts'
import type { RecordColumn, RecordSet } from '../record-set.ts'
import type { FieldKind, ScoreField } from './field-kind.ts'
import { SEVERAL } from './value-form.ts'

/** A field to score by, and the SQL of its text in a record. */
export interface FieldSource extends ScoreField {
  readonly sql: string
}

/** What each kind of column is compared as; what has none is not compared. */
const KINDS: Readonly<Partial<Record<ColumnKind, FieldKind>>> = {
  firstName: 'firstName',
  middleName: 'text',
  lastName: 'lastName',
  organizationName: 'organization',
  nameSuffix: 'code',
  gender: 'code',
  birthDate: 'birthDate',
  email: 'email',
  phone: 'phone',
  streetNumber: 'code',
  addressLine: 'street',
  fullAddress: 'street',
  city: 'text',
  postalCode: 'postalCode',
  state: 'code',
  country: 'code',
  identifier: 'identifier',
  attribute: 'text',
}

/** Kinds of which several columns are several values of one field; others are fields of their own. */
const SEVERAL_OF_ONE: ReadonlySet<ColumnKind> = new Set<ColumnKind>([
  'phone',
  'email',
  'identifier',
])
/** Attributes that are compared, those that say most first: more say the same again. */
const ATTRIBUTES_MAX = 8

/** The fields of a record set, names first: what a full name says fills in for names that lack. */
export function fieldSources(records: RecordSet): readonly FieldSource[] {
  const columns = records.columns.filter(column => column.filled > 0 && column.distinct > 1)
  const names = nameSources(columns)
  const others = columns.filter(
    ({ kind }) => !['firstName', 'lastName', 'fullName', 'attribute'].includes(kind),
  )
  const attributes = columns
    .filter(({ kind }) => kind === 'attribute')
    .sort((one, other) => telling(other) - telling(one))
    .slice(0, ATTRIBUTES_MAX)
  const groups = new Map<string, RecordColumn[]>()
  for (const column of [...others, ...attributes]) {
    const name = SEVERAL_OF_ONE.has(column.kind)
      ? `${column.kind} ${column.identifier?.name ?? ''} ${column.identifier?.type ?? ''}`
      : column.name
    groups.set(name, [...(groups.get(name) ?? []), column])
  }
  const sources = [...groups.values()].flatMap((group): readonly FieldSource[] => {
    const [first] = group
    const kind = first && KINDS[first.kind]
    if (!first || kind === undefined) return []
    return [{ name: first.name, kind, sql: severalSql(group) }]
  })
  return [...names, ...sources]
}

/** How much a column tells of records, about: values, times how many have one. */
function telling({ filled, distinct }: RecordColumn): number {
  return filled * Math.log2(distinct)
}

function severalSql(columns: readonly RecordColumn[]): string {
  const names = columns.map(({ name }) => ident(name))
  if (names.length === 1) return names[0] ?? 'null'
  return `nullif(concat_ws(chr(${SEVERAL.charCodeAt(0)}), ${names.join(', ')}), '')`
}

/** First and last name; of a full name the last word, or what stands before a comma, is the last name. */
function nameSources(columns: readonly RecordColumn[]): readonly FieldSource[] {
  const of = (kind: ColumnKind): readonly string[] =>
    columns.filter(column => column.kind === kind).map(({ name }) => ident(name))
  const full = of('fullName')
  const first = [...of('firstName'), ...full.map(firstOfFull)]
  const last = [...of('lastName'), ...full.map(lastOfFull)]
  const source = (
    name: string,
    kind: FieldKind,
    texts: readonly string[],
  ): readonly FieldSource[] =>
    texts.length === 0 ? [] : [{ name, kind, sql: `coalesce(${texts.join(', ')})` }]
  return [...source('firstName', 'firstName', first), ...source('lastName', 'lastName', last)]
}

function firstOfFull(name: string): string {
  return (
    `nullif(trim(case when contains(${name}, ',') then split_part(${name}, ',', 2)` +
    ` else regexp_replace(${name}, '[^ ]+ *$', '') end), '')`
  )
}

function lastOfFull(name: string): string {
  return (
    `nullif(trim(case when contains(${name}, ',') then split_part(${name}, ',', 1)` +
    ` else regexp_extract(${name}, '[^ ]+ *$') end), '')`
  )
}
