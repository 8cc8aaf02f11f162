import { existsSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { MainstemError } from '@mainstem/contracts'
import { LIVE_DECISIONS } from '../../identity/index.ts'
import { ident, literal } from '../../query/index.ts'
import type { Engine } from '../engine/engine.ts'
import { type AnswerPlace, isoSql, numberAt, placeOf } from './answer.ts'
import { type DecisionRow, decisionRows } from './decision-record.ts'
import { recordNamesSql } from './decision-records.ts'

/** The answer of `decisions list`. */
export interface DecisionList extends AnswerPlace {
  readonly rows: readonly DecisionRow[]
}

/** The decisions that hold; with `all`, also those that others came after. */
export async function listDecisions(
  engine: Engine,
  { all }: { readonly all: boolean },
): Promise<DecisionList> {
  const rows = await engine.reading(session =>
    decisionRows(session, engine, all ? 'true' : 'l.number is not null'),
  )
  return { ...placeOf(engine), rows }
}

/** The same for people. */
export function listLines({ rows }: DecisionList): readonly string[] {
  if (rows.length === 0) return ['Nothing is decided about any records.']
  return rows.map(({ number, a, b, verdict, author, reason, at, isLive }) => {
    const ended = isLive ? '' : ' (no longer holds)'
    return `${number}  ${a}  ${verdict === 'none' ? 'taken back' : verdict}  ${b}  by ${author} at ${at ?? ''}: ${reason}${ended}`
  })
}

/** Columns of the file that decisions are exported to, and imported from. */
export const DECISION_COLUMNS = [
  'object',
  'a_id',
  'a_qualifier',
  'b_id',
  'b_qualifier',
  'verdict',
  'author',
  'reason',
  'decided_at',
  'a',
  'b',
] as const

/** Writes the decisions that hold to a CSV file that another store can import. */
export async function exportDecisions(
  engine: Engine,
  path: string,
): Promise<AnswerPlace & { readonly exported: number }> {
  if (!existsSync(dirname(path))) {
    throw new MainstemError(
      'SOURCE_MISSING',
      'The folder of the file is not there. Make it first.',
      {
        file: basename(path),
      },
    )
  }
  const names = recordNamesSql(engine)
  return await engine.reading(async session => {
    const read = `
      select case d.object when 0 then 'Individual' else 'Account' end as object, a.id as a_id, a.kq as a_qualifier,
             b.id as b_id, b.kq as b_qualifier, d.verdict, d.author, d.reason, ${isoSql('d.decided_at')} as decided_at,
             an.name as a, bn.name as b, d.number
      from ${LIVE_DECISIONS} d
      join party a on a.pid = d.one join party b on b.pid = d.other
      left join ${names} an on an.pid = a.pid left join ${names} bn on bn.pid = b.pid
      where d.verdict <> 'none'`
    await session.run(
      `copy (select ${DECISION_COLUMNS.map(ident).join(', ')} from (${read}) order by number) to ${literal(path)} (format csv, header)`,
    )
    const [row] = await session.rows(`select count(*) from (${read})`)
    return { ...placeOf(engine), exported: numberAt(row, 0) }
  })
}
