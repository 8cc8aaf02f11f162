import { MainstemError } from '@mainstem/contracts'
import { assert } from '../kernel/assert.ts'
import { checkLength, checkOutput } from './compile-query.ts'
import { type Freshness, freshnessOf } from './insight-freshness.ts'
import { insightNotices } from './insight-notices.ts'
import { checkInsightShape, isMeasure, measureFunction, refuseInsight } from './insight-rules.ts'
import { guarded, parseStatement, SQL_LENGTH_MAX } from './parse-statement.ts'
import type { OnlyKeys, StatementWriter, Surroundings } from './query-writer.ts'
import { shown } from './refusal.ts'
import { folded, type SqlScope } from './scope.ts'
import type { SelectQuery } from './sql-tree.ts'
import { statementWriter } from './write-query.ts'
import { type WrittenItem, writeSelect, type WrittenSelect } from './write-select.ts'
import { writeWith } from './write-with.ts'

/** A dimension: one value a group. */
export interface InsightDimension {
  readonly name: string
  /** The field it is, as `Object.Field`, where it is one unchanged. */
  readonly source?: string
}

/** A measure: a value over the rows of a group. */
export interface InsightMeasure {
  readonly name: string
  /** It can be rolled up to fewer dimensions. */
  readonly aggregatable: boolean
  readonly function: string
}

/** A calculated insight that can be run. */
export interface CompiledInsight {
  readonly sql: string
  readonly dimensions: readonly InsightDimension[]
  readonly measures: readonly InsightMeasure[]
  /** The objects it reads, by their own names. */
  readonly relations: readonly string[]
  /** The object after FROM; of a subquery there, the first that it reads. */
  readonly base: string
  readonly freshness: Freshness
  readonly freshnessReason: string
  /** The output column that is the id of the unified individual or account. */
  readonly keyDimension?: string
  /** The unified object and its field that `onlyKeys` may choose rows by. */
  readonly keySource?: { readonly relation: string; readonly column: string }
  readonly notices: readonly string[]
}

export interface InsightOptions {
  readonly lengthMax?: number
  readonly dimensionsMax?: number
  readonly measuresMax?: number
  /** Names must end in `__c`, as in Data Cloud, instead of being noticed. */
  readonly strictNames?: boolean
  /** Computes the rows of these people only; for an insight that is keyed. */
  readonly onlyKeys?: OnlyKeys
}

/** Compiles the statement of a calculated insight: Spark, with the rules of semantics 4.1. */
export function compileInsight(
  text: string,
  scope: SqlScope,
  options: InsightOptions = {},
): CompiledInsight {
  try {
    checkLength(text, options.lengthMax ?? SQL_LENGTH_MAX)
    return guarded(() => compile(text, scope, options))
  } catch (error) {
    throw asInsightError(error)
  }
}

/** A statement that cannot be read, or breaks a rule of SQL, is an invalid insight. */
function asInsightError(error: unknown): unknown {
  if (!(error instanceof MainstemError) || error.code !== 'SQL_INVALID') return error
  return new MainstemError('INSIGHT_INVALID', error.message, error.details)
}

function compile(text: string, scope: SqlScope, options: InsightOptions): CompiledInsight {
  const { query } = parseStatement(text, 'spark')
  checkInsightShape(query, scope)
  const statement = statementWriter(query, { scope, dialect: 'spark', onlyKeys: options.onlyKeys })
  const { written, sql } = writeInsight(query, statement)
  const { dimensions, measures } = sides(written, options)
  const { keyed, ...verdict } = freshnessOf(query, dimensions.map(keyCandidate), {
    names: written.names,
    scope,
  })
  const { onlyKeys } = options
  assert(
    !onlyKeys || folded(keyed?.relation.name ?? '') === folded(onlyKeys.relation),
    'only a keyed insight is computed for some keys',
  )
  checkOutput(sql)
  const [base] = written.names.sources
  return {
    sql,
    dimensions: dimensions.map(({ name, value: { origin } }) =>
      origin ? { name, source: `${origin.relation.name}.${origin.column}` } : { name },
    ),
    measures: measures.flatMap(({ name, of }) =>
      of ? [Object.assign({ name }, measureFunction(of))] : [],
    ),
    relations: Array.from(statement.relations),
    base: base?.relation?.name ?? Array.from(statement.relations)[0] ?? '',
    ...verdict,
    ...(keyed
      ? {
          keyDimension: keyed.output,
          keySource: { relation: keyed.relation.name, column: keyed.column },
        }
      : {}),
    notices: insightNotices(query, written.items, written.names),
  }
}

function writeInsight(
  query: SelectQuery,
  statement: StatementWriter,
): { written: WrittenSelect; sql: string } {
  const top: Surroundings = { ctes: new Map(), outer: undefined }
  const { head, inside } = writeWith(query, top, statement)
  const written = writeSelect(query, inside, statement)
  return { written, sql: head + written.sql }
}

function keyCandidate({ name, value }: WrittenItem): {
  name: string
  origin: WrittenItem['value']['origin']
} {
  return { name, origin: value.origin }
}

interface Sides {
  readonly dimensions: readonly WrittenItem[]
  readonly measures: readonly WrittenItem[]
}

function sides(written: WrittenSelect, options: InsightOptions): Sides {
  const measures = written.items.filter(({ of }) => of && isMeasure(of))
  const dimensions = written.items.filter(item => !measures.includes(item))
  const { dimensionsMax = 10, measuresMax = 50 } = options
  if (measures.length === 0) {
    refuseInsight(
      'An insight has at least one measure',
      undefined,
      'Add SUM, COUNT or another aggregate.',
    )
  }
  if (dimensions.length > dimensionsMax)
    refuseInsight(`An insight has at most ${dimensionsMax} dimensions`)
  if (measures.length > measuresMax) refuseInsight(`An insight has at most ${measuresMax} measures`)
  checkNames(written, options)
  checkGroups(dimensions, written.groupKeys)
  return { dimensions, measures }
}

function checkNames({ items }: WrittenSelect, { strictNames = false }: InsightOptions): void {
  for (const { name, isNamed, of, value } of items) {
    if (!isNamed && !value.origin) {
      const at = of?.kind === 'call' ? of.at : undefined
      refuseInsight(
        'A dimension or measure that is not a field has no name',
        at,
        'Name it with AS.',
      )
    }
    if (/[^\p{L}\p{N}_]/u.test(name)) {
      refuseInsight(`The name ${shown(name)} has signs other than letters, digits and _`)
    }
    if (strictNames && !/__c$/i.test(name))
      refuseInsight(`The name ${shown(name)} does not end in __c`)
  }
  const twice = items.find(({ name, wanted }) => name !== wanted)
  if (twice) {
    refuseInsight(
      `Two dimensions or measures are called ${shown(twice.wanted)}`,
      undefined,
      'Name each with AS.',
    )
  }
}

/** Dimensions and GROUP BY are the same values, so that a result has one row for each. */
function checkGroups(dimensions: readonly WrittenItem[], groupKeys: readonly string[]): void {
  for (const { name, value } of dimensions) {
    if (!groupKeys.includes(value.sql)) {
      refuseInsight(
        `The dimension ${shown(name)} is not in GROUP BY`,
        undefined,
        'Group by every dimension.',
      )
    }
  }
  const selected = new Set(dimensions.map(({ value }) => value.sql))
  if (groupKeys.some(key => !selected.has(key))) {
    refuseInsight(
      'GROUP BY has a value that is not selected',
      undefined,
      'Select every value that you group by.',
    )
  }
}
