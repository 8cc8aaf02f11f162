import { MainstemError } from '@mainstem/contracts'
import { dloTable, type SqlSession } from '../../lake/index.ts'
import {
  type InsightFact,
  partyNumber,
  type ReadinessFacts,
  type SharedIds,
  sharedIdsOf,
  sharedIdsSql,
} from '../../model/index.ts'
import {
  compileInsight,
  ident,
  isUnifiedProfile,
  literal,
  type SqlScope,
} from '../../query/index.ts'
import { segmentStates } from '../../segments/index.ts'
import type { Engine } from '../engine/engine.ts'
import { publicScope } from '../engine/public-relations.ts'
import type { StreamRuntime } from '../engine/stream-runtime.ts'
import { numberAt, textAt } from './answer.ts'

/** What readiness wants to know beside the plan, counted now. */
export async function readinessFacts(session: SqlSession, engine: Engine): Promise<ReadinessFacts> {
  const { applied } = engine
  const { project } = applied
  const posted = project.streams.flatMap(({ definition: { name, connector } }) =>
    connector.type === 'IngestApi' ? [{ name, deletes: connector.deletes === true }] : [],
  )
  const states = await segmentStates(session)
  return {
    sharedIds: await sharedIds(session, engine),
    rulesets: {
      count: applied.rulesets.length,
      max: project.definition.limits['ir.maxRulesetsPerOrg'],
    },
    unifiedProfiles: await unifiedProfiles(session, engine),
    insights: await insightFacts(session, engine),
    segments: project.segments.map(({ definition: { developerName: name } }) => ({
      name,
      members: states.find(state => state.name === name)?.members ?? null,
    })),
    // A segment is to have members whether or not it is activated yet.
    activations: project.segments.length,
    ...(posted.length === 0
      ? {}
      : { deletingStreams: posted.filter(one => one.deletes).map(one => one.name) }),
  }
}

async function sharedIds(session: SqlSession, engine: Engine): Promise<readonly SharedIds[]> {
  const sql = sharedIdsSql(engine.applied.model)
  return sql === null ? [] : (await session.rows(sql)).map(sharedIdsOf)
}

async function unifiedProfiles(session: SqlSession, engine: Engine): Promise<number> {
  let count = 0
  for (const { profiles } of engine.applied.rulesets)
    count += await rowsOf(session, profiles.unified)
  return count
}

/** The rows of a table. */
export async function rowsOf(session: SqlSession, table: string): Promise<number> {
  const [row] = await session.rows(`select count(*) from ${table}`)
  return numberAt(row, 0)
}

/** Insights that do not compile are told by a check of their own. */
async function insightFacts(session: SqlSession, engine: Engine): Promise<readonly InsightFact[]> {
  const facts: InsightFact[] = []
  const scope = await scopeNow(session, engine)
  for (const { definition } of engine.applied.project.insights) {
    const compiled = compiledOr(definition.expression, scope)
    if (compiled instanceof MainstemError) continue
    const isOnUnified = compiled.relations.some(name => {
      const relation = scope.resolve(name)
      return relation !== undefined && isUnifiedProfile(relation)
    })
    facts.push({ apiName: definition.apiName, isOnUnified })
  }
  return facts
}

/** Insights that cannot run, and why. */
export async function brokenInsights(
  session: SqlSession,
  engine: Engine,
): Promise<readonly { readonly apiName: string; readonly error: MainstemError }[]> {
  const scope = await scopeNow(session, engine)
  const broken: { apiName: string; error: MainstemError }[] = []
  for (const { definition } of engine.applied.project.insights) {
    const compiled = compiledOr(definition.expression, scope)
    if (compiled instanceof MainstemError)
      broken.push({ apiName: definition.apiName, error: compiled })
  }
  return broken
}

async function scopeNow(session: SqlSession, engine: Engine): Promise<SqlScope> {
  const { applied, parts } = engine
  const asOf = new Date(engine.clock.nowMs())
  return await publicScope(session, { applied, space: parts.store.space, asOf })
}

function compiledOr(
  expression: string,
  scope: SqlScope,
): MainstemError | ReturnType<typeof compileInsight> {
  try {
    return compileInsight(expression, scope)
  } catch (error) {
    if (error instanceof MainstemError) return error
    throw error
  }
}

/** What came in for a stream, and what of it is not as it should be. */
export interface StreamFacts {
  readonly name: string
  readonly rows: number
  /** Source fields that arrived and are no fields of the stream, the commonest first. */
  readonly overflow: readonly { readonly field: string; readonly rows: number }[]
  /** Open problem records by code, the commonest first. */
  readonly problems: readonly { readonly code: string; readonly rows: number }[]
  /** What the last load ended with, if it failed. */
  readonly failure: string | null
  /** Rows that refer to a person whom no source has; null where that cannot be told. */
  readonly orphans: number | null
}

/** Fields that are named of an overflow. */
const OVERFLOW_FIELDS = 50

/** Counts what came in for a stream. */
export async function streamFacts(
  session: SqlSession,
  engine: Engine,
  stream: StreamRuntime,
): Promise<StreamFacts> {
  const { name } = stream.schema
  const table = ident(dloTable(name))
  const overflow = await session.rows(
    `select field, count(*) from (select unnest(json_keys(_overflow)) as field from ${table} where _overflow is not null)
     group by field order by count(*) desc, field limit ${OVERFLOW_FIELDS}`,
  )
  const problems = await session.rows(
    `select code, count(*) from problem where state = 'open' and stream = ${literal(name)}
     group by code order by count(*) desc, code`,
  )
  return {
    name,
    rows: await rowsOf(session, table),
    overflow: overflow.map(row => ({ field: textAt(row, 0) ?? '', rows: numberAt(row, 1) })),
    problems: problems.map(row => ({ code: textAt(row, 0) ?? '', rows: numberAt(row, 1) })),
    failure: await lastFailure(session, name),
    orphans: await orphans(session, engine, stream),
  }
}

/** What the last load of a stream failed with; null if it did not, or records have come in since. */
export async function lastFailure(session: SqlSession, stream: string): Promise<string | null> {
  const [row] = await session.rows(
    `select status, error, started_at < coalesce((select max(last_at) from stream_counter where stream = ?), started_at)
     from run where stage = 'streams' and name = ? order by id desc limit 1`,
    [stream, stream],
  )
  return textAt(row, 0) === 'ERROR' && row?.[2] !== true ? (textAt(row, 1) ?? 'It failed.') : null
}

/** A person is there when some stream that maps the object has a record of them. */
async function orphans(
  session: SqlSession,
  engine: Engine,
  { schema }: StreamRuntime,
): Promise<number | null> {
  const plan = engine.applied.model.streams.find(one => one.schema.name === schema.name)
  const isParty = plan?.branches.some(branch => partyNumber(branch.object) !== undefined) ?? true
  const refs = plan?.partyRefs.filter(ref => ref.object === 0 && !ref.isSystem) ?? []
  if (isParty || refs.length === 0) return null
  const known = 'select "_p_Id" from "m_Individual" where "_p_Id" is not null'
  const lost = refs.map(({ column }) => `(${column} is not null and ${column} not in (${known}))`)
  const [row] = await session.rows(
    `select count(*) from ${ident(dloTable(schema.name))} where ${lost.join(' or ')}`,
  )
  return numberAt(row, 0)
}
