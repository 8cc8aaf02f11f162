import type { SqlSession } from '../../lake/index.ts'
import { readiness, type ReadinessCheck } from '../../model/index.ts'
import { segmentStates } from '../../segments/index.ts'
import type { Engine } from '../engine/engine.ts'
import type { RulesetRuntime } from '../engine/ruleset-runtime.ts'
import { type AnswerPlace, numberAt, placeOf } from './answer.ts'
import {
  brokenInsights,
  readinessFacts,
  rowsOf,
  streamFacts,
  type StreamFacts,
} from './doctor-facts.ts'
import { lastVerify } from './last-verify.ts'

/** One check: whether it holds, in a sentence, and what to do if it does not. */
export type Check = Omit<ReadinessCheck, 'fix'> & { readonly fix: string | null }

/** The answer of `doctor`; a command that gives it ends with 1 unless it is `ok`. */
export interface Diagnosis extends AnswerPlace {
  /** Whether no check failed; warnings do not count. */
  readonly ok: boolean
  readonly checks: readonly Check[]
}

/** Checks that the project is ready: from what is mapped, and from what came in. */
export async function doctor(engine: Engine): Promise<Diagnosis> {
  return await engine.reading(async session => {
    const facts = await readinessFacts(session, engine)
    const ready = readiness(engine.applied.model, facts)
    const found = [
      ...(await withReasons(session, ready)),
      ...(await streamChecks(session, engine)),
      ...(await rulesetChecks(session, engine)),
      ...(await insightChecks(session, engine)),
      ...activationChecks(engine),
      ...(await verifyChecks(engine)),
    ]
    const checks = found.map((check): Check => ({ ...check, fix: check.fix ?? null }))
    return { ...placeOf(engine), ok: checks.every(check => check.status !== 'fail'), checks }
  })
}

/** The same for people: what fails first, then warnings, then what holds. */
export function doctorLines({ ok, checks }: Diagnosis): readonly string[] {
  const ordered = (['fail', 'warn', 'pass'] as const).flatMap(status =>
    checks.filter(one => one.status === status),
  )
  const lines = ordered.flatMap(({ status, subject, message, fix }) => [
    `${status.toUpperCase().padEnd(4)}  ${subject}: ${message}`,
    ...(fix === null ? [] : [`      → ${fix}`]),
  ])
  const count = (status: Check['status']): number =>
    checks.filter(one => one.status === status).length
  const sum = `${count('pass')} checks passed, ${count('warn')} warnings, ${count('fail')} failed.`
  return [...lines, '', ok ? sum : `${sum} The failed ones are to be put right.`]
}

/** A segment without members says why, where its last run knew. */
async function withReasons(
  session: SqlSession,
  checks: readonly ReadinessCheck[],
): Promise<readonly ReadinessCheck[]> {
  const states = await segmentStates(session)
  return checks.map(check => {
    if (check.id !== 'segments.population' || check.status === 'pass') return check
    const state = states.find(one => check.subject === `segment ${one.name}`)
    return state?.reason === undefined
      ? check
      : { ...check, message: `${check.message} ${state.reason}` }
  })
}

async function streamChecks(
  session: SqlSession,
  engine: Engine,
): Promise<readonly ReadinessCheck[]> {
  const checks: ReadinessCheck[] = []
  for (const stream of engine.applied.streams.values()) {
    const facts = await streamFacts(session, engine, stream)
    const isPosted = stream.definition.connector.type === 'IngestApi'
    checks.push(rowsCheck(facts, isPosted), overflowCheck(facts), problemCheck(facts))
    if (facts.orphans !== null) checks.push(orphanCheck(facts, facts.orphans))
  }
  return checks
}

function rowsCheck({ name, rows, failure }: StreamFacts, isPosted: boolean): ReadinessCheck {
  const base = { id: 'stream.rows', subject: name }
  if (failure !== null) {
    const kept = rows === 0 ? 'Nothing has come in yet' : `The ${rows} rows of before are kept`
    return {
      ...base,
      status: 'fail',
      message: `The last load of ${name} failed: ${failure} ${kept}.`,
      fix: `Put that right, then run: mainstem run --stage streams --name ${name}.`,
    }
  }
  if (rows > 0) return { ...base, status: 'pass', message: `${name} has ${rows} rows.` }
  const fix = isPosted
    ? `Post records to /api/v1/ingest/${name}, or run: mainstem ingest ${name} FILE.`
    : `Run: mainstem run --stage streams --name ${name}.`
  return { ...base, status: 'warn', message: `Nothing has come in for ${name} yet.`, fix }
}

function overflowCheck({ name, overflow }: StreamFacts): ReadinessCheck {
  const base = { id: 'stream.overflow', subject: name }
  if (overflow.length === 0) {
    return {
      ...base,
      status: 'pass',
      message: `Every field that arrived for ${name} is a field of it.`,
    }
  }
  const fields = overflow.map(({ field, rows }) => `${plainName(field)} (${rows} rows)`)
  const message = `Fields arrived for ${name} that it does not have: ${fields.join(', ')}. Their values are kept.`
  const fix = `Add those that you want to fields in streams/${name}.yaml: they are filled from what was kept.`
  return { ...base, status: 'warn', message, fix }
}

/** Names of fields come from strangers, and may be of any length. */
function plainName(field: string): string {
  const plain = field.replaceAll(/[\p{Cc}\p{Cf}]/gu, ' ')
  return plain.length > 60 ? `${plain.slice(0, 59)}…` : plain
}

function problemCheck({ name, problems }: StreamFacts): ReadinessCheck {
  const base = { id: 'stream.problems', subject: name }
  const total = problems.reduce((sum, { rows }) => sum + rows, 0)
  if (total === 0) {
    return { ...base, status: 'pass', message: `${name} has no open problem records.` }
  }
  const codes = problems.map(({ code, rows }) => `${code} ${rows}`).join(', ')
  const fix = `Look at them with mainstem problems ${name}; after a fix, mainstem problems reprocess ${name}.`
  return {
    ...base,
    status: 'warn',
    message: `${name} has ${total} open problem records: ${codes}.`,
    fix,
  }
}

function orphanCheck({ name, rows }: StreamFacts, lost: number): ReadinessCheck {
  const base = { id: 'stream.people', subject: name }
  if (lost === 0) {
    return { ...base, status: 'pass', message: `Every person that ${name} refers to has a record.` }
  }
  const isAll = lost === rows
  return {
    ...base,
    status: isAll ? 'fail' : 'warn',
    message: `${isAll ? 'All' : lost} of ${rows} rows of ${name} refer to people of whom no stream has a record.`,
    fix: isAll
      ? `Give ${name} the keyQualifier of the stream whose people it refers to, or map that stream to Individual.`
      : 'Take in the records of these people; until then the rows belong to no profile.',
  }
}

async function rulesetChecks(
  session: SqlSession,
  engine: Engine,
): Promise<readonly ReadinessCheck[]> {
  const checks: ReadinessCheck[] = []
  for (const ruleset of engine.applied.rulesets) {
    checks.push(await runCheck(session, ruleset), contestedCheck(ruleset))
  }
  return checks
}

async function runCheck(session: SqlSession, ruleset: RulesetRuntime): Promise<ReadinessCheck> {
  const { label } = ruleset.definition
  const base = { id: 'rulesets.run', subject: `ruleset ${label}` }
  const profiles = await rowsOf(session, ruleset.profiles.unified)
  const [row] = await session.rows(
    `select count(distinct pid) from "pending__${ruleset.stage.tables.slot}"`,
  )
  const waiting = numberAt(row, 0)
  const fix = `Run it: mainstem run --stage identity --name "${label}".`
  if (profiles === 0) {
    const message = `Ruleset ${label} has never run, or no record takes part in it: it has no unified profiles.`
    return { ...base, status: 'fail', message, fix }
  }
  if (waiting > 0) {
    const message = `Ruleset ${label} has ${profiles} unified profiles, and ${waiting} changed records wait for its next run.`
    return { ...base, status: 'warn', message, fix }
  }
  return { ...base, status: 'pass', message: `Ruleset ${label} has ${profiles} unified profiles.` }
}

function contestedCheck({ definition: { label }, stage }: RulesetRuntime): ReadinessCheck {
  const base = { id: 'rulesets.contested', subject: `ruleset ${label}` }
  const count = stage.contested.length
  if (count === 0) {
    return {
      ...base,
      status: 'pass',
      message: `No value of ${label} is shared by too many records.`,
    }
  }
  return {
    ...base,
    status: 'warn',
    message: `${count} values of ${label} are shared by too many records to be one person, and match nobody.`,
    fix: 'Look for placeholders such as none@example.com in the sources; blockMax and clusterMax set the limits.',
  }
}

async function insightChecks(
  session: SqlSession,
  engine: Engine,
): Promise<readonly ReadinessCheck[]> {
  const broken = await brokenInsights(session, engine)
  return broken.map(({ apiName, error }) => ({
    id: 'insights.sql',
    subject: `insight ${apiName}`,
    status: 'fail',
    message: `${apiName} cannot run. ${error.message}`,
    fix: error.details.fix ?? `Correct the expression in insights/${apiName}.yaml.`,
  }))
}

/** Consent is asked for by the schema; a blank reason would be none. */
function activationChecks(engine: Engine): readonly ReadinessCheck[] {
  return engine.applied.project.activations.map(({ definition: { name, consent } }) => {
    const base = { id: 'activations.consent', subject: `activation ${name}` }
    const reason = 'none' in consent ? consent.none.trim() : ''
    if (reason !== '') {
      const message = `${name} goes out without asking for consent, because: ${reason}`
      return { ...base, status: 'pass', message }
    }
    return {
      ...base,
      status: 'fail',
      message: `${name} says nothing of why the people in it may be contacted.`,
      fix: `Write consent: { none: "why no consent is needed" } in activations/${name}.yaml.`,
    }
  })
}

async function verifyChecks(engine: Engine): Promise<readonly ReadinessCheck[]> {
  const last = await lastVerify(engine)
  if (last === null) return []
  const { differences, notCompared } = last
  const base = { id: 'verify.last', subject: 'verify' }
  if (differences === 0 && notCompared.length === 0) {
    return [{ ...base, status: 'pass', message: 'The last verify found no differences.' }]
  }
  const message =
    `The last verify found ${differences} differences between what is stored and what follows from it, ` +
    `and could not compare ${notCompared.length} objects.`
  return [
    { ...base, status: 'fail', message, fix: 'Run mainstem verify to see them, and report them.' },
  ]
}
