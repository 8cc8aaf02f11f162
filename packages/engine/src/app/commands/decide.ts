import { MainstemError } from '@mainstem/contracts'
import { LIVE_DECISIONS, splitApart } from '../../identity/index.ts'
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
 * Takes a merge back: from now on the two, and who is with either of them, are never together. A
 * decision that they are together ends with it.
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
        throw usage('They are not one profile: there is no merge to undo.', {
          fix: '"mainstem decide A B --never" keeps them apart from now on.',
          fixOverHttp: 'POST /api/decisions with the verdict "never" keeps them apart from now on.',
        })
      }
      return await planned(session, engine, {
        ...request,
        verdict: 'never',
        sides: splitSides(one, other),
      })
    })
    return await journalled(engine, plan)
  })
}

/**
 * Who was merged: the two named records, each with those that the rules leave it when the two are
 * apart. Only so does the split hold when one of the two goes, or a new record ties the others.
 */
function splitSides(one: DecisionSide, other: DecisionSide): readonly [DecisionSide, DecisionSide] {
  const { index, resolveOptions } = one.ruleset.stage
  const [mine = -1] = one.pids
  const [theirs = -1] = other.pids
  const [left, right] = splitApart(index, [mine, theirs], resolveOptions)
  const named = (pids: readonly number[], first: number): readonly number[] => [
    first,
    ...pids.filter(pid => pid !== first).toSorted((a, b) => a - b),
  ]
  return [
    { ...one, pids: named(left, mine) },
    { ...other, pids: named(right, theirs) },
  ]
}

/**
 * Takes decisions back, by their numbers (`4`, or `4-9` for all that an undo recorded): what the rules
 * say of the two holds again.
 */
export async function revoke(
  engine: Engine,
  { number, author, reason }: { readonly number: string } & Decider,
): Promise<DecisionAnswer> {
  checkDecider(engine, { author, reason })
  return await engine.deciding(async () => {
    const plan = await engine.reading(async session => {
      const rows = await heldRows(session, number)
      const pairs = rows.map(([, one, other]) => ({ one: one ?? -1, other: other ?? -1 }))
      const told = { verdict: 'none' as const, author, reason, atMs: engine.clock.nowMs() }
      return { object: rows[0]?.[0] ?? 0, pairs, items: await itemsOf(session, pairs, told) }
    })
    return await journalled(engine, plan)
  })
}

/** Object and pair of the decisions of these numbers, each of which must hold, and all be of one object. */
async function heldRows(
  session: SqlSession,
  text: string,
): Promise<readonly (readonly number[])[]> {
  const [, first, last = first] = /^(\d{1,15})(?:-(\d{1,15}))?$/.exec(text) ?? []
  if (first === undefined)
    throw usage('A decision is named by its number, several as 4-9.', SEE_DECISIONS)
  const rows = await session.rows(
    `select object, one, other, number from ${LIVE_DECISIONS}
     where number between ${first} and ${last} and verdict <> 'none' order by number`,
  )
  const found = rows.map(row => row.map(Number))
  if (found.length === 0) {
    throw usage(
      `No decision ${text} holds: it may have been taken back or replaced.`,
      SEE_DECISIONS,
    )
  }
  if (found.some(([object]) => object !== found[0]?.[0]))
    throw usage(`Decisions ${text} are about people and accounts: name those of one of them.`)
  return found
}

const SEE_DECISIONS = {
  fix: '"mainstem decisions list" shows those that hold.',
  fixOverHttp: 'GET /api/decisions shows those that hold.',
}

/** The same for people. */
export function decisionLines({
  decision,
  recorded,
  unifiedIds,
}: DecisionAnswer): readonly string[] {
  const { a, b, verdict, author, number } = decision
  const says = {
    together: 'are together',
    never: 'are never together',
    none: 'are as the rules say',
  }[verdict]
  return [
    `${a} and ${b} ${says}: decision ${number}, by ${author}.`,
    ...(recorded > 1
      ? [`${recorded} pairs of records were decided: ${number} to ${number + recorded - 1}.`]
      : []),
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
  if (one.isUnified || other.isUnified) {
    throw usage('Both are of one profile now. Name two of its records, as stream/id.', {
      fix: '"mainstem profile" shows them.',
      fixOverHttp: 'GET /api/profile?key=… shows them.',
    })
  }
  throw usage(
    'They have the same fully qualified key: one source profile. Give their streams different key qualifiers to tell them apart.',
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
  const count = left.pids.length * right.pids.length
  if (most !== null && count > most) throw tooManyPairs(count, most)
  return left.pids.flatMap(mine => right.pids.map(theirs => ({ one: mine, other: theirs })))
}

function tooManyPairs(count: number, most: number): MainstemError {
  return usage(
    `The two sides have ${count} pairs of records, more than ${most} (limit ir.maxPairsPerDecision). ` +
      'Raise the limit, or decide for single records that they are never together.',
  )
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
