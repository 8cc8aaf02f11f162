import type { SegmentDefinition } from '@mainstem/contracts'
import { MainstemError } from '@mainstem/contracts'
import { must } from '../kernel/assert.ts'
import { ErrorList } from '../kernel/error-list.ts'
import { type CheckedCondition, ConditionChecker } from './check-condition.ts'
import { ConditionSql } from './condition-sql.ts'
import { type Freshness, freshnessOf } from './freshness.ts'
import { localCalendar } from './local-calendar.ts'
import { type ProfileSchema, rowsOf } from './profile-schema.ts'
import type { SegmentSettings } from './segment-settings.ts'

/** A segment, ready to run. */
export interface CompiledSegment {
  readonly name: string
  readonly segmentOn: string
  /** The members, one row each: `uid`, `id`. */
  readonly sql: string
  /** One row: how many profiles there are, are included, and are excluded again. */
  readonly countsSql: string
  readonly freshness: Freshness
  /** The regular expressions, to be tried once before the segment runs. */
  readonly patterns: readonly { readonly path: string; readonly pattern: string }[]
  readonly reads: {
    readonly insights: readonly string[]
    readonly related: readonly string[]
  }
  /** What the owner should know: lookbacks that apply, insights that are stale. */
  readonly notices: readonly string[]
}

/** Compiles a segment, or throws `SEGMENT_INVALID`. Pure: it reads no clock and no database. */
export function compileSegment(
  definition: SegmentDefinition,
  schema: ProfileSchema,
  settings: SegmentSettings,
): CompiledSegment {
  const name = definition.developerName
  if (definition.segmentOn !== schema.segmentOn) throw wrongObject(definition, schema)
  const checker = new ConditionChecker(name, schema, settings)
  const { include, exclude } = checkedTabs(definition, checker)
  const tabs = exclude ? [include, exclude] : [include]

  const moment = { nowMs: settings.asOf.getTime(), calendar: localCalendar(settings.timeZone) }
  const render = new ConditionSql(schema, moment, 'p')
  const included = `coalesce(${render.of(include)}, false)`
  const excluded = exclude ? `coalesce(${render.of(exclude)}, false)` : 'false'
  const profiles = rowsOf(schema.from, 'p')
  const judged = `select ${included} as inside, ${excluded} as outside from ${profiles}`
  const insights = namesOf(tabs, 'insight')
  return {
    name,
    segmentOn: definition.segmentOn,
    sql: `select p.uid as uid, p."Id" as id from ${profiles} where ${included} and not ${excluded}`,
    countsSql:
      `select count(*) as profiles, count(*) filter (inside) as included, ` +
      `count(*) filter (inside and outside) as excluded from (${judged}) as j`,
    freshness: freshnessOf(tabs),
    patterns: patternsOf(definition),
    reads: { insights, related: namesOf(tabs, 'related') },
    notices: [...lookbackNotices(tabs), ...staleNotices(tabs, schema)],
  }
}

function checkedTabs(
  { include, exclude }: SegmentDefinition,
  checker: ConditionChecker,
): { readonly include: CheckedCondition; readonly exclude: CheckedCondition | undefined } {
  const errors = new ErrorList()
  const inside = errors.try(() => checker.tab(include, 'include'))
  const outside = exclude && errors.try(() => checker.tab(exclude, 'exclude'))
  errors.end()
  return { include: must(inside, 'a tab without errors is checked'), exclude: outside }
}

function wrongObject(definition: SegmentDefinition, schema: ProfileSchema): MainstemError {
  return new MainstemError(
    'SEGMENT_INVALID',
    `Segment ${definition.developerName}: segmentOn is ${definition.segmentOn}; there are profiles of ${schema.segmentOn}.`,
    { key: 'segmentOn', segment: definition.developerName },
  )
}

function* leaves(condition: CheckedCondition): Iterable<CheckedCondition> {
  if ('of' in condition) {
    for (const inner of condition.of) yield* leaves(inner)
  } else {
    yield condition
  }
}

function namesOf(
  tabs: readonly CheckedCondition[],
  kind: 'insight' | 'related',
): readonly string[] {
  const names = new Set<string>()
  for (const leaf of tabs.flatMap(tab => [...leaves(tab)])) {
    if (kind === 'insight' && leaf.kind === 'insight') names.add(leaf.insight)
    if (kind === 'related' && leaf.kind === 'related') names.add(leaf.object)
  }
  return [...names]
}

function lookbackNotices(tabs: readonly CheckedCondition[]): readonly string[] {
  const notices = tabs
    .flatMap(tab => [...leaves(tab)])
    .filter(leaf => leaf.kind === 'related' && leaf.lookbackDays !== undefined)
    .map(leaf =>
      leaf.kind === 'related'
        ? `Rows of ${leaf.object} older than ${leaf.lookbackDays} days are not looked at; add a condition on its date to choose another window.`
        : '',
    )
  return [...new Set(notices)]
}

function staleNotices(tabs: readonly CheckedCondition[], schema: ProfileSchema): readonly string[] {
  const notices = new Set<string>()
  for (const leaf of tabs.flatMap(tab => [...leaves(tab)])) {
    if (leaf.kind !== 'insight') continue
    const { lastSuccess, stale } = schema.insight(leaf.insight, leaf.measure) ?? {}
    const when = lastSuccess ? `last ran ${lastSuccess.toISOString()}` : 'has never run'
    if (stale || !lastSuccess)
      notices.add(`Insight ${leaf.insight} ${when}, which is older than its schedule.`)
  }
  return [...notices]
}

/** Every regular expression of the definition, with its place. */
function patternsOf({ include, exclude }: SegmentDefinition): CompiledSegment['patterns'] {
  const found: { path: string; pattern: string }[] = []
  const walk = (condition: SegmentDefinition['include'], path: string): void => {
    if ('all' in condition) condition.all.forEach((inner, at) => walk(inner, `${path}.all[${at}]`))
    else if ('any' in condition)
      condition.any.forEach((inner, at) => walk(inner, `${path}.any[${at}]`))
    else if ('related' in condition) {
      if (condition.where) walk(condition.where, `${path}.where`)
    } else if (condition.op === 'matches' || condition.op === 'doesNotMatch') {
      found.push({ path, pattern: String(condition.value) })
    }
  }
  walk(include, 'include')
  if (exclude) walk(exclude, 'exclude')
  return found
}
