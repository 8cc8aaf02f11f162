import { criteriaOf, type Condition, type StreamDefinition } from '@mainstem/contracts'
import type { LimitName } from '../../governance/index.ts'
import { at, type Definitions, type Words } from './definitions.ts'
import type { Mistake } from './mistake.ts'
import type { Sourced } from './project.ts'
import type { KeyPath } from './read-yaml.ts'

/** What goes over a limit of the project, naming the limit and where it is set. */
export function checkLimits(found: Definitions): readonly Mistake[] {
  return [...counts(found), ...streamSizes(found), ...rulesetSizes(found), ...audienceSizes(found)]
}

/** A number of things at one place of a file, and the limit that it is held against. */
interface Measure {
  readonly source: Sourced<unknown>
  readonly path: KeyPath
  readonly limit: LimitName
  readonly count: number
  readonly what: string
}

function over(found: Definitions, measure: Measure): readonly Mistake[] {
  const max = found.definition.limits[measure.limit] ?? Infinity
  if (measure.count <= max) return []
  const words: Words = {
    code: measure.limit === 'ir.maxRulesetsPerOrg' ? 'RULESET_LIMIT' : 'CONFIG_INVALID',
    says: `There are ${measure.count} ${measure.what}; the limit ${measure.limit} is ${max}.`,
    fix: `Use fewer, or raise "${measure.limit}" under "limits" in mainstem.yaml.`,
  }
  return [at(measure.source, measure.path, words)]
}

/** Counts of whole kinds; told at the first definition over the limit. */
function counts(found: Definitions): readonly Mistake[] {
  const kinds: readonly [LimitName, readonly Sourced<unknown>[], string][] = [
    ['ir.maxRulesetsPerOrg', found.rulesets, 'rulesets'],
    ['stream.maxStreams', found.streams, 'data streams'],
    ['ci.perOrg', found.insights, 'calculated insights'],
    ['seg.perOrg', found.segments, 'segments'],
  ]
  const qualifiers = found.streams.filter(it => it.definition.keyQualifier !== undefined)
  const names = new Set(qualifiers.map(it => it.definition.keyQualifier))
  return [
    ...kinds.flatMap(([limit, sources, what]) => {
      const source =
        sources[Math.min(found.definition.limits[limit] ?? Infinity, sources.length - 1)]
      if (source === undefined) return []
      return over(found, { source, path: [], limit, count: sources.length, what })
    }),
    ...qualifiers.slice(-1).flatMap(source =>
      over(found, {
        source,
        path: ['keyQualifier'],
        limit: 'kq.maxActive',
        count: names.size,
        what: 'key qualifiers',
      }),
    ),
  ]
}

function streamSizes(found: Definitions): readonly Mistake[] {
  return found.streams.flatMap(source => {
    const types = fieldTypes(source.definition)
    const byType = [...new Set(types)].map(type => types.filter(it => it === type).length)
    const sameType = Math.max(0, ...byType)
    const path = ['fields']
    return [
      ...over(found, {
        source,
        path,
        limit: 'stream.maxFields',
        count: types.length,
        what: 'fields',
      }),
      ...over(found, {
        source,
        path,
        limit: 'stream.maxFieldsSameType',
        count: sameType,
        what: 'fields of one type',
      }),
    ]
  })
}

function fieldTypes({ fields = {} }: StreamDefinition): readonly string[] {
  return Object.values(fields).map(field => (typeof field === 'string' ? field : field.type))
}

function rulesetSizes(found: Definitions): readonly Mistake[] {
  return found.rulesets.flatMap(source => {
    const { matchRules } = source.definition
    const rules: Measure = {
      source,
      path: ['matchRules'],
      limit: 'ir.maxRules',
      count: matchRules.length,
      what: 'match rules',
    }
    const criteria = matchRules.map((rule, place) => ({
      source,
      path: ['matchRules', place, 'criteria'],
      limit: 'ir.maxCriteria' as const,
      count: criteriaOf(rule).length,
      what: 'criteria',
    }))
    return [rules, ...criteria].flatMap(measure => over(found, measure))
  })
}

function audienceSizes(found: Definitions): readonly Mistake[] {
  const insights = found.insights.map(source => ({
    source,
    path: ['expression'],
    limit: 'ci.sqlChars' as const,
    count: source.definition.expression.length,
    what: 'characters',
  }))
  const tabs = found.segments.flatMap(source =>
    (['include', 'exclude'] as const).flatMap(tab => {
      const condition = source.definition[tab]
      const filters = condition === undefined ? [] : filtersOf(condition)
      const path = [tab]
      const longest = Math.max(0, ...filters.map(filter => filter.values))
      return [
        {
          source,
          path,
          limit: 'seg.filtersPerTab' as const,
          count: filters.length,
          what: 'filters',
        },
        { source, path, limit: 'seg.textInValues' as const, count: longest, what: 'values' },
      ]
    }),
  )
  return [...insights, ...tabs].flatMap(measure => over(found, measure))
}

/** Filters of a condition, those inside it included, each with the values that it lists. */
function filtersOf(condition: Condition): readonly { readonly values: number }[] {
  if ('all' in condition) return condition.all.flatMap(filtersOf)
  if ('any' in condition) return condition.any.flatMap(filtersOf)
  if ('attribute' in condition) return [{ values: valuesIn(condition.value) }]
  const inner = condition.where === undefined ? [] : filtersOf(condition.where)
  return [...inner, { values: valuesIn(condition.aggregate?.value) }]
}

function valuesIn(value: unknown): number {
  return Array.isArray(value) ? value.length : 1
}
