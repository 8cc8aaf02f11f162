import { MainstemError } from '@mainstem/contracts'
import type { SqlSession } from '../../../lake/index.ts'
import type { Engine } from '../../engine/engine.ts'
import type { RulesetRuntime } from '../../engine/ruleset-runtime.ts'
import { type AnswerPlace, placeOf } from '../answer.ts'
import { explainedRecords, readCompared } from '../explain-values.ts'
import { rulesetsNamed } from '../rulesets-named.ts'
import { bridgeCandidates } from './bridges.ts'
import {
  byWorth,
  type Candidate,
  REVIEW_KINDS,
  type ReviewKind,
  type ReviewValue,
} from './candidate.ts'
import { conflictCandidates } from './conflict-candidates.ts'
import { contestedCandidates } from './contested.ts'
import { type NearPairs, pairCandidates } from './pairs.ts'
import { placeholderCandidates } from './placeholders.ts'
import { scoredNearPairs } from './scored-pairs.ts'

/** What is asked for of the queue. */
export interface ReviewRequest {
  readonly kind?: string | undefined
  /** The label of a ruleset; all, if there is none. */
  readonly ruleset?: string | undefined
  readonly limit?: string | undefined
}

/** Something for a person to look at. */
export interface ReviewRow {
  readonly kind: ReviewKind
  readonly ruleset: string
  /** Two records that stand for all concerned, as `stream/id`. */
  readonly a: string
  readonly b: string
  readonly probability: number
  readonly clusterSize: number
  readonly value: number
  readonly why: string
  readonly values: readonly ReviewValue[]
  /** What to type next. */
  readonly next: readonly string[]
}

/** The answer of `review`. */
export interface Review extends AnswerPlace {
  readonly rows: readonly ReviewRow[]
  /** How many there are of each kind, shown or not. */
  readonly counts: Readonly<Record<ReviewKind, number>>
}

/** Rows that are shown, where nobody asks for a number, and at most. */
const [LIMIT, LIMIT_MAX] = [20, 1000]

/** The queue of what a person should look at, by how many pairs of records that is expected to put right. */
export async function review(
  engine: Engine,
  request: ReviewRequest,
  nearPairs: NearPairs = scoredNearPairs,
): Promise<Review> {
  const limit = limitOf(request.limit)
  const kinds = kindsOf(request.kind)
  const rulesets = rulesetsNamed(engine, request.ruleset)
  return await engine.reading(async session => {
    const counts: Record<ReviewKind, number> = { pair: 0, contested: 0, bridge: 0, conflict: 0 }
    const found: Candidate[] = []
    for (const ruleset of rulesets) {
      for (const kind of kinds) {
        const { candidates, count } = await candidatesOf(session, {
          ruleset,
          kind,
          limit,
          nearPairs,
        })
        counts[kind] += count
        found.push(...candidates)
      }
    }
    const rows: ReviewRow[] = []
    for (const candidate of found.sort(byWorth).slice(0, limit))
      rows.push(await rowOf(session, candidate))
    return { ...placeOf(engine), rows, counts }
  })
}

interface Search {
  readonly ruleset: RulesetRuntime
  readonly kind: ReviewKind
  readonly limit: number
  readonly nearPairs: NearPairs
}

async function candidatesOf(
  session: SqlSession,
  { ruleset, kind, limit, nearPairs }: Search,
): Promise<{ readonly candidates: readonly Candidate[]; readonly count: number }> {
  switch (kind) {
    case 'pair':
      return counted(pairCandidates(ruleset, nearPairs))
    case 'contested': {
      const listed = await placeholderCandidates(session, ruleset, limit)
      return counted([...contestedCandidates(ruleset), ...listed])
    }
    case 'bridge':
      return counted(bridgeCandidates(ruleset))
    case 'conflict':
      return await conflictCandidates(session, ruleset, limit)
  }
}

function counted(candidates: readonly Candidate[]): {
  readonly candidates: readonly Candidate[]
  readonly count: number
} {
  return { candidates, count: candidates.length }
}

async function rowOf(session: SqlSession, candidate: Candidate): Promise<ReviewRow> {
  const { kind, ruleset, from, to, probability, clusterSize, value, why } = candidate
  const records = await explainedRecords(session, ruleset, [from, to])
  const nameOf = (pid: number): string => records.get(pid)?.record ?? String(pid)
  const [a, b] = [nameOf(from), nameOf(to)]
  return {
    kind,
    ruleset: ruleset.definition.label,
    a,
    b,
    probability: rounded(probability),
    clusterSize,
    value: rounded(value),
    why,
    values: candidate.values ?? (await valuesOf(session, candidate)),
    next: nextOf(candidate, { a, b }),
  }
}

/** What the rule compared, as it stands in the two records. */
async function valuesOf(
  session: SqlSession,
  { ruleset, from, to, rule = 0 }: Candidate,
): Promise<readonly ReviewValue[]> {
  const compare = await readCompared(session, ruleset, { rules: [rule], pids: [from, to] })
  // The lines of a score that are about no field are for whoever asks for an explanation.
  return compare(rule, from, to).flatMap(({ field, left, right }) =>
    left === null && right === null ? [] : { field, left, right },
  )
}

function nextOf(
  { kind, ruleset, value }: Candidate,
  { a, b }: Pick<ReviewRow, 'a' | 'b'>,
): readonly string[] {
  const explain = `mainstem explain ${quoted(a)} ${quoted(b)}`
  const decide = (verdict: string): string =>
    `mainstem decide ${quoted(a)} ${quoted(b)} --${verdict} --author NAME --reason TEXT`
  if (kind === 'contested') {
    const list = `placeholders in the ruleset "${ruleset.definition.label}"`
    return value > 0 ? [explain, decide('together')] : [`to change the lists: ${list}`]
  }
  return kind === 'pair'
    ? [explain, decide('together'), decide('never')]
    : [explain, decide('never'), decide('together')]
}

function quoted(name: string): string {
  return /^[\w./@:+-]+$/.test(name) ? name : `'${name.replaceAll("'", String.raw`'\''`)}'`
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000
}

function limitOf(limit: string | undefined): number {
  if (limit === undefined) return LIMIT
  const rows = Number(limit)
  if (Number.isInteger(rows) && rows >= 1 && rows <= LIMIT_MAX) return rows
  throw new MainstemError('USAGE', `The limit of rows is a whole number from 1 to ${LIMIT_MAX}.`, {
    key: 'limit',
  })
}

function kindsOf(kind: string | undefined): readonly ReviewKind[] {
  if (kind === undefined) return REVIEW_KINDS
  const known = REVIEW_KINDS.filter(one => one === kind)
  if (known.length > 0) return known
  throw new MainstemError('USAGE', `The kind is one of ${REVIEW_KINDS.join(', ')}.`, {
    key: 'kind',
  })
}
