import type { Category, MappingDefinition } from '@mainstem/contracts'
import { kindOf } from './catalogue/index.ts'
import type { Meaning } from './column-meaning.ts'
import type { ColumnStatistics } from './column-statistics.ts'
import type { StreamIdentity } from './stream-schema.ts'

/** A column, as `mainstem inspect` shows it. */
export interface InspectedColumn {
  readonly name: string
  readonly type: ColumnStatistics['type']
  readonly blank: number
  readonly distinct: number
  readonly samples: readonly string[]
  readonly meaning: Meaning | null
  readonly why: string
}

/** What to write into the stream and its mapping. */
export interface MappingProposal {
  /** Empty when no column tells records apart. */
  readonly primaryKey: readonly string[]
  readonly category: Category
  readonly mapping: MappingDefinition | null
  readonly eventTime?: string | undefined
  readonly recordModified?: string | undefined
  readonly identity?: StreamIdentity | undefined
  /** Sentences for people: why this category, key and objects. */
  readonly why: readonly string[]
}

/** Whether a column can be mapped to text. */
export function isTexty(column: InspectedColumn): boolean {
  const kind = kindOf(column.type)
  return kind === 'text' || kind === 'number'
}

/** Whether a column can be mapped to a time. */
export function isTime(column: InspectedColumn): boolean {
  const kind = kindOf(column.type)
  return kind === 'date' || kind === 'dateTime'
}

/** The columns that are there to guess from. */
export interface Known {
  readonly stream: string
  readonly rows: number
  readonly columns: readonly InspectedColumn[]
}

/** The first column that means one of these, the first meaning first. */
export function find(known: Known, ...meanings: Meaning[]): InspectedColumn | undefined {
  for (const meaning of meanings) {
    const column = known.columns.find(one => one.meaning === meaning)
    if (column) return column
  }
  return undefined
}

/** Whether a column means one of these. */
export function has(known: Known, ...meanings: Meaning[]): boolean {
  return find(known, ...meanings) !== undefined
}
