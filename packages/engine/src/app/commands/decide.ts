import { MainstemError } from '@mainstem/contracts'
import { LIVE_DECISIONS } from '../../identity/index.ts'
import type { SqlSession } from '../../lake/index.ts'
import type { Engine } from '../engine/engine.ts'
import type { DecisionItem, DecisionVerdict, RecordKey } from '../engine/take-decisions.ts'
import { type AnswerPlace, placeOf } from './answer.ts'
import {
  checkDecider,
  contradicting,
  type Decider,
  type DecisionRow,
  decisionRows,
  heldDecisions,
  journalDecisions,
  keyText,
  rulesetOf,
  usage,
} from './decision-record.ts'
import { type DecisionSide, recordKeys, sideOf, unifiedIdsOf } from './decision-records.ts'

/** A decision about two records or profiles, as it is asked for. */
export interface DecideRequest extends Decider {
  readonly a: string
  readonly b: string
  readonly verdict: 'together' | 'never'
}

/** The answer of `decide`, `undo` and `decisions revoke`. */
export interface DecisionAnswer extends AnswerPlace {
  /** The decision that was recorded; the first, where two profiles made several. */
  readonly decision: DecisionRow
  /** How many were recorded. */
  readonly recorded: number
  /** The unified ids that the two have after it: one, or two. */
  readonly unifiedIds: readonly string[]
}

/** Records what somebody decided about two records, and follows it in every ruleset they are in. */
export async function decide(engine: Engine, request: DecideRequest): Promise<DecisionAnswer> {
  checkDecider(engine, request)
  return await engine.deciding(async () => {
    const plan = await engine.reading(async session => {
      const sides = await sidesOf(session, engine, request)
      return await planned(session, engine, { ...request, sides })
    })
    return await journalled(engine, plan)
  })
}

/**
 * Takes a merge back: the two are never together from now on. A decision that they are together ends
 * with it.
 */
export async function undo(
  engine: Engine,
  request: Omit<DecideRequest, 'verdict'>,
): Promise<DecisionAnswer> {
  checkDecider(engine, request)
  return await engine.deciding(async () => {
    const plan = await engine.reading(async session => {
      const sides = await sidesOf(session, engine, request)
      const [one, other] = sides
      const { index } = one.ruleset.stage
      const isOne = one.pids.some(pid =>
        other.pids.some(mate => index.label(pid) === index.label(mate)),
      )
      if (!isOne) {
        throw usage(
          'They are not one profile: there is no merge to undo. "mainstem decide A B --never" keeps them apart from now on.',
        )
      }
      return await planned(session, engine, { ...request, verdict: 'never', sides })
    })
    return await journalled(engine, plan)
  })
}

/** Takes a decision back, by its number: what the rules say of the two holds again. */
export async function revoke(
  engine: Engine,
  { number, author, reason }: { readonly number: string } & Decider,
): Promise<DecisionAnswer> {
  checkDecider(engine, { author, reason })
  return await engine.deciding(async () => {
    const plan = await engine.reading(async session => {
      if (!/^\d{1,15}$/.test(number))
        throw usage('Name a decision by its number in "decisions list".')
      const [row] = await session.rows(
        `select object, one, other from ${LIVE_DECISIONS} where number = ${number} and verdict <> 'none'`,
      )
      if (!row) {
        throw usage(
          `No decision ${number} holds: it may have been taken back or replaced. "mainstem decisions list" shows those that hold.`,
        )
      }
      const [object, one, other] = row.map(Number)
      const pair = { one: one ?? -1, other: other ?? -1 }
      return {
        object: object ?? 0,
        pairs: [pair],
        items: await itemsOf(session, [pair], {
          verdict: 'none',
          author,
          reason,
          atMs: engine.clock.nowMs(),
        }),
      }
    })
    return await journalled(engine, plan)
  })
}

/** The same for people. */
export function decisionLines({
  decision,
  recorded,
  unifiedIds,
}: DecisionAnswer): readonly string[] {
  const { a, b, verdict, author } = decision
  const says = {
    together: 'are together',
    never: 'are never together',
    none: 'are as the rules say',
  }[verdict]
  return [
    `${a} and ${b} ${says}: decision ${decision.number}, by ${author}.`,
    ...(recorded > 1 ? [`${recorded} pairs of records were decided.`] : []),
    `${unifiedIds.length === 1 ? 'One profile' : 'Profiles'}: ${unifiedIds.join(', ') || 'none yet'}`,
  ]
}

interface Pair {
  readonly one: number
  readonly other: number
}

/** Decisions that are ready to be recorded. */
interface DecisionPlan {
  readonly object: number
  readonly pairs: readonly Pair[]
  readonly items: readonly DecisionItem[]
}

async function sidesOf(
  session: SqlSession,
  engine: Engine,
  { a, b }: { readonly a: string; readonly b: string },
): Promise<readonly [DecisionSide, DecisionSide]> {
  const sides = [await sideOf(session, engine, a), await sideOf(session, engine, b)] as const
  const [one, other] = sides
  if (one.object !== other.object) {
    throw usage('One is a person and the other an account: nothing can be decided about the two.')
  }
  const shared = one.pids.filter(pid => other.pids.includes(pid))
  if (shared.length === 0) return sides
  throw usage(
    one.isUnified || other.isUnified
      ? 'Both are of one profile now. Name two of its records, as stream/id: "mainstem profile" shows them.'
      : 'They have the same fully qualified key: one source profile. Give their streams different key qualifiers to tell them apart.',
  )
}

async function planned(
  session: SqlSession,
  engine: Engine,
  request: DecideRequest & { readonly sides: readonly [DecisionSide, DecisionSide] },
): Promise<DecisionPlan> {
  const { sides, verdict, author, reason } = request
  const pairs = pairsOf(engine, sides, verdict)
  const { object } = sides[0]
  const items = await itemsOf(session, pairs, {
    verdict,
    author,
    reason,
    atMs: engine.clock.nowMs(),
  })
  const held = await heldDecisions(session, object)
  for (const { one, other } of items) {
    const pair = { one: keyText(one), other: keyText(other), verdict }
    const against = held.against(pair)
    if (against.length > 0) throw contradicting(against)
    held.take({ ...pair, name: 'this one' })
  }
  return { object, pairs, items }
}

/** One pair joins two profiles; to keep them apart takes every pair of their records. */
function pairsOf(
  engine: Engine,
  [left, right]: readonly [DecisionSide, DecisionSide],
  verdict: DecideRequest['verdict'],
): readonly Pair[] {
  const [one = -1] = left.pids
  const [other = -1] = right.pids
  if (verdict === 'together') return [{ one, other }]
  const most = engine.applied.project.definition.limits['ir.maxPairsPerDecision']
  if (most !== null && left.pids.length * right.pids.length > most) {
    throw usage(
      `The two profiles have more than ${most} pairs of records (limit ir.maxPairsPerDecision). Name the records that are to be apart, as stream/id.`,
    )
  }
  return left.pids.flatMap(mine => right.pids.map(theirs => ({ one: mine, other: theirs })))
}

async function itemsOf(
  session: SqlSession,
  pairs: readonly Pair[],
  told: Decider & { readonly verdict: DecisionVerdict; readonly atMs: number },
): Promise<readonly DecisionItem[]> {
  const keys = await recordKeys(session, [
    ...new Set(pairs.flatMap(({ one, other }) => [one, other])),
  ])
  const { verdict, author, reason, atMs } = told
  return pairs.map(pair => ({
    one: keys.get(pair.one) ?? NO_KEY,
    other: keys.get(pair.other) ?? NO_KEY,
    verdict,
    author,
    reason,
    atMs,
  }))
}

const NO_KEY: RecordKey = { id: '', qualifier: null }

async function journalled(engine: Engine, plan: DecisionPlan): Promise<DecisionAnswer> {
  const { object, pairs, items } = plan
  const position = await journalDecisions(engine, object, items)
  return await engine.reading(async session => {
    const rows = await decisionRows(session, engine, `d.pos = ${position ?? 0n}`)
    const [decision] = rows
    const ruleset = rulesetOf(engine, object)
    if (!decision || !ruleset) throw new MainstemError('INTERNAL', 'A decision was not recorded.')
    const pids = [...new Set(pairs.flatMap(({ one, other }) => [one, other]))]
    return {
      ...placeOf(engine),
      decision,
      recorded: items.length,
      unifiedIds: await unifiedIdsOf(session, ruleset, pids),
    }
  })
}
