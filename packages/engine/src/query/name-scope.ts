import { didYouMean, refuse, shown } from './refusal.ts'
import { folded, type Relation } from './scope.ts'
import { ident } from './sql-text.ts'
import type { Name } from './sql-tree.ts'
import type { SqlType } from './sql-type.ts'
import type { ValueText } from './sql-value-text.ts'

/** A column that a source shows. */
export interface OutputColumn {
  readonly name: string
  readonly type: SqlType
}

/** A source of FROM, as names can be resolved in it. */
export interface VisibleSource {
  readonly alias: string
  /** The object's own name, which may be used beside its alias. */
  readonly ownName?: string | undefined
  readonly columns: readonly OutputColumn[]
  readonly relation?: Relation | undefined
  /** Joined for its existence only. */
  readonly hidden?: boolean
}

/** A column that USING made one of two. */
export interface MergedColumn {
  readonly name: string
  readonly value: ValueText
}

/** The names that a SELECT can use: those of its sources, then those of the SELECTs around it. */
export class NameScope {
  readonly #outer: NameScope | undefined
  readonly #sources: VisibleSource[] = []
  readonly #merged = new Map<string, MergedColumn>()

  constructor(outer?: NameScope) {
    this.#outer = outer
  }

  get sources(): readonly VisibleSource[] {
    return this.#sources
  }

  get merged(): readonly MergedColumn[] {
    return Array.from(this.#merged.values())
  }

  add(source: VisibleSource, at: Name['at']): void {
    if (this.#sources.some(known => folded(known.alias) === folded(source.alias))) {
      refuse('SQL_INVALID', `Two sources are called ${shown(source.alias)}`, {
        at,
        fix: 'Give each an alias of its own.',
      })
    }
    this.#sources.push(source)
  }

  merge(column: MergedColumn): void {
    this.#merged.set(folded(column.name), column)
  }

  hide(alias: string): void {
    const at = this.#sources.findIndex(source => source.alias === alias)
    const source = this.#sources[at]
    if (source) this.#sources[at] = { ...source, hidden: true }
  }

  /** A column by name, or a refusal that names what there is. */
  column(table: Name | undefined, name: Name): ValueText {
    return this.find(table, name) ?? this.#unknown(table, name)
  }

  /** The source that a qualifier names, here or further out. */
  source(table: Name): VisibleSource | undefined {
    const wanted = folded(table.text)
    const visible = this.#sources.filter(source => source.hidden !== true)
    const named = visible.find(source => folded(source.alias) === wanted)
    if (named) return named
    const own = visible.filter(source => source.ownName && folded(source.ownName) === wanted)
    return own.length === 1 ? own[0] : this.#outer?.source(table)
  }

  /** A column by name, if there is one. */
  find(table: Name | undefined, name: Name): ValueText | undefined {
    if (table) {
      const source = this.source(table)
      return source && columnOf(source, name.text)
    }
    const merged = this.#merged.get(folded(name.text))
    if (merged) return merged.value
    const found = this.#sources
      .filter(source => source.hidden !== true)
      .flatMap(source => columnOf(source, name.text) ?? [])
    if (found.length > 1) {
      const [source] = this.#sources
      refuse('SQL_INVALID', `More than one source has a field ${shown(name.text)}`, {
        at: name.at,
        fix: `Say which, such as ${shown(source?.alias ?? '')}.${shown(name.text)}.`,
      })
    }
    return found[0] ?? this.#outer?.find(undefined, name)
  }

  #unknown(table: Name | undefined, name: Name): never {
    const source = table && this.source(table)
    if (table && !source) {
      const known = this.#sources.map(({ alias }) => alias)
      return refuse('SQL_INVALID', `No source of the statement is called ${shown(table.text)}`, {
        at: table.at,
        fix: didYouMean(table.text, known),
      })
    }
    const columns = (source ? [source] : this.#sources).flatMap(({ columns: all }) =>
      all.map(column => column.name),
    )
    const where = source
      ? `${shown(source.ownName ?? source.alias)} has no field`
      : 'There is no field'
    return refuse('SQL_INVALID', `${where} ${shown(name.text)}`, {
      at: name.at,
      fix: didYouMean(name.text, columns),
    })
  }
}

/** A column of one source, however its name is written. */
export function columnOf(source: VisibleSource, name: string): ValueText | undefined {
  const column = source.columns.find(candidate => folded(candidate.name) === folded(name))
  if (!column) return undefined
  const { relation } = source
  return {
    sql: `${ident(source.alias)}.${ident(column.name)}`,
    type: column.type,
    origin: relation && { relation, column: column.name },
  }
}

const KEYS = new Set(['id', 'ssot__id__c', 'sourcerecordid', 'sourcerecordid__c'])

/** Columns that tell the rows of a source apart: its key if it has one, else all. */
export function tellingColumns(source: VisibleSource): readonly string[] {
  const key = source.relation && source.columns.find(({ name }) => KEYS.has(folded(name)))
  const columns = key ? [key] : source.columns.filter(({ type }) => type.family !== 'list')
  return columns.map(({ name }) => `${ident(source.alias)}.${ident(name)}`)
}
