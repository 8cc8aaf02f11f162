import type { SqlSession } from '../lake/index.ts'
import {
  DecisionBook,
  type MatchIndex,
  type NodePair,
  type Undo,
  type Verdict,
} from './core/index.ts'
import type { IdentityTables } from './identity-tables.ts'
import type { RunAt } from './run-at.ts'

/** A decision as it is recorded: its number, the pair, and the verdict; none where one was taken back. */
export interface Decided {
  readonly number: number
  readonly pair: NodePair
  readonly verdict: Verdict | undefined
}

/** The decisions that hold on pairs of an object: the latest of each. */
export const LIVE_DECISIONS = `(
  select number, object, one, other, verdict, author, reason, pos, decided_at from (
    select d.*, row_number() over (partition by object, one, other order by number desc) as place from decision d) latest
  where place = 1)`

/** Reads what is decided about the source profiles of an object. */
export async function loadDecisions(session: SqlSession, object: number): Promise<DecisionBook> {
  const book = new DecisionBook()
  for (const verdict of ['together', 'never'] as const) {
    for await (const { columns, rowCount } of session.batches(
      `select one, other from ${LIVE_DECISIONS} where object = ${object} and verdict = '${verdict}'`,
    )) {
      for (let at = 0; at < rowCount; at++) {
        book.decide([Number(columns[0]?.[at]), Number(columns[1]?.[at])], verdict)
      }
    }
  }
  return book
}

/** Writes new decisions into a book; they can be taken back for a transaction that failed. */
export function takeDecisions(book: DecisionBook, decisions: readonly Decided[]): Undo {
  const before = decisions.map(({ pair }) => ({ pair, verdict: book.verdict(pair) }))
  for (const { pair, verdict } of decisions) book.decide(pair, verdict)
  return function undo() {
    // A pair may have been decided twice: its first state comes last.
    for (const { pair, verdict } of before.toReversed()) book.decide(pair, verdict)
  }
}

/** Decisions to be noted, and the number of the first event. */
interface DecisionEvents {
  readonly decisions: readonly Decided[]
  readonly index: MatchIndex
  readonly at: RunAt
  readonly first: number
}

/** Notes decisions among the events of unified profiles, before what follows from them. */
export async function writeDecisionEvents(
  session: SqlSession,
  { event }: IdentityTables,
  { decisions, index, at, first }: DecisionEvents,
): Promise<void> {
  if (decisions.length === 0) return
  const rows = decisions.map(
    ({ number, pair: [one, other] }, place) =>
      `(${first + place}, ${index.label(one)}, ${index.label(other)}, ${number})`,
  )
  await session.run(
    `insert into ${event}
     select seq, 'decision', nullif(uid, -1), nullif(other, -1),
            ${at.position}, make_timestamptz(${at.atMs * 1000}::bigint), number
     from (values ${rows.join(', ')}) v(seq, uid, other, number) order by seq`,
  )
}
