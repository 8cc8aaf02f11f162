import { MainstemError } from '@mainstem/contracts'
import type { SqlSession } from '../../lake/index.ts'
import { literal } from '../../query/index.ts'
import { type AnswerPlace } from '../commands/answer.ts'
import type { Engine } from '../engine/engine.ts'
import { checkActivations } from './activation-checks.ts'
import { compareInsights } from './compare-insights.ts'
import { compareLinks } from './compare-links.ts'
import { checkFuzzyValues, compareMatchKeys } from './compare-match-keys.ts'
import { compareProfiles } from './compare-profiles.ts'
import { checkDecided, checkDecisions } from './decision-laws.ts'
import { checkIdentity } from './identity-laws.ts'
import { keepResult } from './keep-result.ts'
import { checkLake } from './lake-laws.ts'
import { lakeStreams } from './lake-stream.ts'
import { checkPending } from './pending-laws.ts'
import { FindingsLog, VERIFY_STAGES, type VerifyFindings, type VerifyStage } from './report.ts'
import { checkSegments } from './segment-checks.ts'
import { checkStore } from './store-checks.ts'
import { checkStreams } from './stream-laws.ts'
import type { Verification } from './verification.ts'

/** The document of `verify`. */
export interface VerifyReport extends AnswerPlace, VerifyFindings {}

/** What to verify: everything, or one stage. */
export interface VerifyRequest {
  readonly stage?: string | undefined
}

/**
 * Recomputes every derived table of the data space in full from the lake and compares it with the
 * stored one, and checks the laws of every recorded table: all at one position, nothing else at
 * work. Nothing is changed but for the note of what was found.
 */
export async function verifyStore(
  engine: Engine,
  request: VerifyRequest = {},
): Promise<VerifyReport> {
  const stages = stagesOf(request.stage)
  return await engine.exclusiveBulk(async () => {
    const findings = await engine.reading(async session => {
      await session.run('begin transaction')
      try {
        return await verify(engine, session, stages)
      } finally {
        await session.run('rollback')
      }
    })
    const at = { position: engine.applier.position, atMs: engine.clock.nowMs() }
    if (request.stage === undefined) await keepResult(engine.parts.writer, findings, at)
    return { position: String(at.position), asOf: new Date(at.atMs).toISOString(), ...findings }
  })
}

function stagesOf(named: string | undefined): readonly VerifyStage[] {
  if (named === undefined) return VERIFY_STAGES
  const stage = VERIFY_STAGES.find(one => one === named)
  if (stage) return [stage]
  throw new MainstemError(
    'USAGE',
    `No stage is named "${named.slice(0, 80)}". The stages are ${VERIFY_STAGES.join(', ')}.`,
    { key: 'stage' },
  )
}

async function verify(
  engine: Engine,
  session: SqlSession,
  stages: readonly VerifyStage[],
): Promise<VerifyFindings> {
  const { store } = engine.parts
  const log = new FindingsLog()
  const verification: Verification = {
    session,
    applied: engine.applied,
    space: store.space,
    storeId: store.header.storeId,
    position: engine.applier.position,
    journalEnd: engine.journalEnd,
    log,
  }
  const tables = await tablesOf(verification)
  const needed = new Set(stages.flatMap(stage => [stage, ...(TOGETHER[stage] ?? [])]))
  for (const stage of IN_ORDER) {
    if (needed.has(stage)) await CHECKS[stage](verification, tables)
  }
  if (stages.length === VERIFY_STAGES.length) noteForgotten(verification, tables)
  return log.findings(stages)
}

/** Counters are checked after the rows that they count. */
const IN_ORDER: readonly VerifyStage[] = [
  'lake',
  'streams',
  'identity',
  'profiles',
  'insights',
  'segments',
  'activation',
  'store',
]

/** Rows and the counters of them vote on each other. */
const TOGETHER: Partial<Readonly<Record<VerifyStage, readonly VerifyStage[]>>> = {
  lake: ['streams'],
  streams: ['lake'],
}

type Check = (verification: Verification, tables: ReadonlySet<string>) => Promise<void>

const CHECKS: Readonly<Record<VerifyStage, Check>> = {
  lake: async verification => await checkLake(verification, await lakeStreams(verification)),
  streams: async verification => await checkStreams(verification, await lakeStreams(verification)),
  identity: async verification => {
    const { rulesets } = verification.applied
    for (const ruleset of rulesets) await checkPending(verification, ruleset)
    if (rulesets.length > 0) await checkFuzzyValues(verification, rulesets)
    await checkDecisions(verification)
    for (const ruleset of rulesets) {
      await compareMatchKeys(verification, ruleset)
      await compareLinks(verification, ruleset)
      await checkIdentity(verification, ruleset)
      await checkDecided(verification, ruleset)
    }
  },
  profiles: async verification => {
    for (const ruleset of verification.applied.rulesets)
      await compareProfiles(verification, ruleset)
  },
  insights: compareInsights,
  segments: checkSegments,
  activation: checkActivations,
  store: checkStore,
}

/** Every table of the data space, whoever made it; views store nothing. */
async function tablesOf({ session, space }: Verification): Promise<ReadonlySet<string>> {
  const rows = await session.rows(
    `select table_name from duckdb_tables() where schema_name = ${literal(space)} and not temporary order by table_name`,
  )
  return new Set(rows.map(([name]) => String(name)))
}

/** A table that nothing above looked at is told of, so that none is forgotten. */
function noteForgotten({ log }: Verification, tables: ReadonlySet<string>): void {
  const { objects } = log
  for (const table of tables) {
    if (objects.has(table)) continue
    log.notCompared(
      table,
      'Nothing in the project makes or checks it: it may be left over from a definition that is gone.',
    )
  }
}
