import { type ErrorDetails, MainstemError } from '@mainstem/contracts'
import { Contradictions, LIVE_DECISIONS } from '../../identity/index.ts'
import type { SqlSession } from '../../lake/index.ts'
import type { Engine } from '../engine/engine.ts'
import { mainRuleset } from '../engine/public-relations.ts'
import type { RulesetRuntime } from '../engine/ruleset-runtime.ts'
import type { DecisionItem, DecisionVerdict, RecordKey } from '../engine/take-decisions.ts'
import { isoSql, textAt } from './answer.ts'
import { recordNamesSql } from './decision-records.ts'
import { appendEntry } from './ingest-file-post.ts'

/** Who decides, and why: kept for ever. */
export interface Decider {
  readonly author: string
  readonly reason: string
}

/** A decision as people read it. */
export interface DecisionRow extends Decider {
  readonly number: number
  readonly object: 'Individual' | 'Account'
  /** `stream/id` of each record; of one that is not there, its fully qualified key. */
  readonly a: string
  readonly b: string
  readonly verdict: DecisionVerdict
  readonly at: string | null
  /** Whether it holds, or another came after it. */
  readonly isLive: boolean
}

/** The decisions for which a condition on `d` holds, in their order. */
export async function decisionRows(
  session: SqlSession,
  engine: Engine,
  where: string,
): Promise<readonly DecisionRow[]> {
  const names = recordNamesSql(engine)
  const rows = await session.rows(
    `select d.number, d.object, ${recordName('a')}, ${recordName('b')}, d.verdict, d.author, d.reason,
            ${isoSql('d.decided_at')}, l.number is not null
     from decision d join party a on a.pid = d.one join party b on b.pid = d.other
     left join ${names} an on an.pid = a.pid left join ${names} bn on bn.pid = b.pid
     left join (select number from ${LIVE_DECISIONS} where verdict <> 'none') l on l.number = d.number
     where ${where} order by d.number`,
  )
  return rows.map(row => ({
    number: Number(row[0]),
    object: row[1] === 0 ? 'Individual' : 'Account',
    a: textAt(row, 2) ?? '',
    b: textAt(row, 3) ?? '',
    verdict: verdictOf(row[4]) ?? 'none',
    author: textAt(row, 5) ?? '',
    reason: textAt(row, 6) ?? '',
    at: textAt(row, 7),
    isLive: row[8] === true,
  }))
}

/** SQL of a record's name, from its party and its name where it is there. */
function recordName(side: 'a' | 'b'): string {
  return `coalesce(${side}n.name, concat_ws(':', ${side}.kq, ${side}.id))`
}

/** A verdict out of a text. */
export function verdictOf(text: unknown): DecisionVerdict | undefined {
  return text === 'together' || text === 'never' || text === 'none' ? text : undefined
}

/** Every decision has an author and a reason, neither of which is a novel. */
export function checkDecider(engine: Engine, decider: Decider): void {
  const most =
    engine.applied.project.definition.limits['ir.maxDecisionChars'] ?? Number.MAX_SAFE_INTEGER
  for (const name of ['author', 'reason'] as const) {
    if (decider[name].trim() === '')
      throw usage(
        name === 'author' ? 'A decision needs an author.' : 'A decision needs a reason.',
        {
          key: name,
          fix: name === 'author' ? 'Add --author NAME.' : 'Add --reason TEXT.',
          fixOverHttp: `Send "${name}" with a text that says something.`,
        },
      )
    if (decider[name].length > most)
      throw usage(
        `The ${name} of a decision may have ${most} characters (limit ir.maxDecisionChars).`,
      )
  }
}

/** What holds now about records of an object, to find contradictions with. */
export async function heldDecisions(session: SqlSession, object: number): Promise<Contradictions> {
  const held = new Contradictions()
  for await (const { columns, rowCount } of session.batches(
    `select d.number, d.verdict, a.id, a.kq, b.id, b.kq from ${LIVE_DECISIONS} d
     join party a on a.pid = d.one join party b on b.pid = d.other where d.object = ${object} and d.verdict <> 'none'`,
  )) {
    for (let at = 0; at < rowCount; at++) {
      const [number, verdict, one, oneOf, other, otherOf] = columns.map(column => column[at])
      held.take({
        one: keyText({ id: String(one), qualifier: oneOf === null ? null : String(oneOf) }),
        other: keyText({ id: String(other), qualifier: otherOf === null ? null : String(otherOf) }),
        verdict: verdict === 'never' ? 'never' : 'together',
        name: `decision ${String(number)}`,
      })
    }
  }
  return held
}

/** A fully qualified key as one text. */
export function keyText({ id, qualifier }: RecordKey): string {
  return `${qualifier ?? ''}\u001F${id}`
}

/** The error for a decision that cannot hold with others. */
export function contradicting(against: readonly string[], line?: number): MainstemError {
  const what = line === undefined ? 'This' : `Line ${line}`
  return new MainstemError('DECISION_CONFLICT', `${what} contradicts ${against.join(', ')}.`, {
    decisions: against.join(', '),
    ...(line === undefined ? {} : { line }),
    fix: 'Take one of them back first ("mainstem decisions revoke NUMBER"), then decide again.',
    fixOverHttp:
      'Take one of them back first (POST /api/decisions/NUMBER/revoke), then decide again.',
  })
}

/** Decisions that one entry of the journal holds. */
export const DECISIONS_PER_ENTRY = 1000

/** Puts decisions into the journal, and waits until they are followed. */
export async function journalDecisions(
  engine: Engine,
  object: number,
  decisions: readonly DecisionItem[],
): Promise<bigint | undefined> {
  let position: bigint | undefined
  for (let at = 0; at < decisions.length; at += DECISIONS_PER_ENTRY) {
    const part = decisions.slice(at, at + DECISIONS_PER_ENTRY)
    const body = Buffer.from(JSON.stringify({ object, decisions: part }))
    const meta = { origin: 'decision' }
    const appended = await appendEntry(engine, { kind: 'decision', stream: '', meta, body })
    position ??= appended
  }
  await engine.catchUp()
  return position
}

/** The ruleset whose unified ids are told of, for an object by its number. */
export function rulesetOf(engine: Engine, object: number): RulesetRuntime | undefined {
  return mainRuleset(engine.applied, object === 0 ? 'Individual' : 'Account')
}

/** An error for whoever asked. */
export function usage(message: string, details: ErrorDetails = {}): MainstemError {
  return new MainstemError('USAGE', message, details)
}
