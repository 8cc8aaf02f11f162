import { basename, extname } from 'node:path'
import { type Category, MainstemError, type ObjectMapping } from '@mainstem/contracts'
import { inspectColumns, type Inspection, type Meaning } from '../../model/index.ts'
import type { InspectedSource } from './inspect-file.ts'

/** What one file becomes in a new project. */
export interface SourcePlan {
  readonly name: string
  /** Where the file is now. */
  readonly path: string
  /** Where the project will have it, relative to the project. */
  readonly dataPath: string
  readonly source: InspectedSource
  readonly primaryKey: readonly string[]
  /** Sentences for people: why this key, category and these objects. */
  readonly why: readonly string[]
  readonly category: Category
  readonly eventTime?: string | undefined
  readonly recordModified?: string | undefined
  readonly identity?: Inspection['proposal']['identity']
  readonly objects: readonly ObjectMapping[]
}

/** Plans a stream over a file; a file whose records nothing tells apart is an error. */
export function planSource(
  source: InspectedSource,
  place: Pick<SourcePlan, 'name' | 'path' | 'dataPath'>,
): SourcePlan {
  const { inspection } = source
  const isSure = inspection.proposal.primaryKey.length > 0
  const chosen = isSure
    ? {
        proposal: inspection.proposal,
        primaryKey: inspection.proposal.primaryKey,
        why: inspection.proposal.why,
      }
    : likelyKey(source, place.name)
  const { category, eventTime, recordModified, identity, mapping } = chosen.proposal
  const objects = mapping?.objects ?? []
  return {
    ...place,
    source,
    category,
    eventTime,
    recordModified,
    identity,
    primaryKey: chosen.primaryKey,
    why: chosen.why,
    objects: chosen.primaryKey.length === 1 ? objects : objects.map(withoutId).filter(isKeyDerived),
  }
}

/** A file's name in the project: its own, unless that is taken or would not be safe in a path. */
export function dataFileName(path: string, name: string, taken: ReadonlySet<string>): string {
  const own = basename(path)
  if (/^[A-Za-z0-9][\w .()-]*$/.test(own) && !taken.has(own.toLowerCase())) return own
  const last = extname(own)
  const ends = /\.(gz|zst)$/i.test(own) ? extname(own.slice(0, -last.length)) + last : last
  return `${name}${ends}`
}

interface ChosenKey {
  readonly proposal: Inspection['proposal']
  readonly primaryKey: readonly string[]
  readonly why: readonly string[]
}

/** Meanings of columns that tell records apart in most sources, the likeliest first. */
const KEYS: readonly Meaning[] = [
  'id',
  'customerId',
  'eventId',
  'orderId',
  'ticketId',
  'productId',
  'accountId',
  'loyaltyNumber',
  'email',
  'phone',
  'mobile',
]

/**
 * A key where none is filled and different in every record: a column that means one and mostly
 * tells records apart, else all columns that are always filled.
 */
function likelyKey(source: InspectedSource, name: string): ChosenKey {
  const { columns, rows } = source.inspection
  const key = KEYS.map(meaning => columns.find(column => column.meaning === meaning)).find(
    column =>
      column !== undefined &&
      (column.distinct + column.blank) * 2 >= rows &&
      column.blank * 2 <= rows,
  )
  if (key) {
    const repeats = rows - key.blank - key.distinct
    const why = [
      `${key.name} looks like the key.`,
      ...(repeats > 0 ? [`It repeats in ${repeats} records: the last record of a key wins.`] : []),
      ...(key.blank > 0
        ? [`It is blank in ${key.blank} records: they become problem records.`]
        : []),
    ]
    return { proposal: asIfKeyed(source, { name, key: key.name }), primaryKey: [key.name], why }
  }
  const filled = columns.filter(column => column.blank === 0).slice(0, KEY_FIELDS_MAX)
  const [first] = filled
  if (!first) throw noKey(source)
  const primaryKey = filled.map(column => column.name)
  const why = [
    'No column tells the records apart: all that are always filled are the key together.',
  ]
  return { proposal: asIfKeyed(source, { name, key: first.name }), primaryKey, why }
}

const KEY_FIELDS_MAX = 8

/** What would be proposed if the column were filled and different in every record. */
function asIfKeyed(
  { statistics }: InspectedSource,
  { name, key }: { readonly name: string; readonly key: string },
): Inspection['proposal'] {
  const rows = Math.max(1, statistics[0]?.rows ?? 0)
  const supposed = statistics.map(column =>
    column.name === key ? { ...column, rows, blank: 0, distinct: rows } : { ...column, rows },
  )
  return inspectColumns(name, supposed).proposal
}

function noKey({ inspection }: InspectedSource): MainstemError {
  return new MainstemError(
    'SOURCE_UNREADABLE',
    `In ${inspection.file} no column and no set of columns tells the records apart. Add a column with a number for each record.`,
    { file: inspection.file },
  )
}

/** With a key of several fields the platform makes the row's id from all of them. */
function withoutId(mapping: ObjectMapping): ObjectMapping {
  const { Id: _id, ...fields } = mapping.fields ?? {}
  return { ...mapping, fields }
}

/** People and accounts need an id of one field: others refer to it. */
function isKeyDerived({ object }: ObjectMapping): boolean {
  return !/^(Individual|Account|ContactPoint.*|PartyIdentification)$/.test(object)
}
