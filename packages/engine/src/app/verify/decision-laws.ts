import { LIVE_DECISIONS } from '../../identity/index.ts'
import type { RulesetRuntime } from '../engine/ruleset-runtime.ts'
import { checkLaws, type Law, oneOfLaw, positionLaw, uniqueLaw, violating } from './check-laws.ts'
import type { TableName } from './report.ts'
import type { Verification } from './verification.ts'

const DECISIONS: TableName = { stage: 'identity', object: 'decision', kind: 'recorded' }

/** Recorded: what people decided about records. */
export async function checkDecisions(verification: Verification): Promise<void> {
  const { object } = DECISIONS
  const { position } = verification
  await checkLaws(verification, DECISIONS, [
    uniqueLaw('DC1: a decision has a number of its own', object, ['number']),
    {
      law: 'DC2: the numbers of decisions are dense from 1',
      sql: violating({
        from: `(select count(distinct number) as n, max(number) as number from ${object})`,
        where: 'n <> coalesce(number, 0)',
        key: `'count'`,
        field: 'number',
        recomputed: 'n',
      }),
    },
    oneOfLaw('DC3: a decision is together, never, or to take one back', {
      object,
      key: 'number',
      field: 'verdict',
      values: ['together', 'never', 'none'],
    }),
    positionLaw('DC4: a decision was made at a position that is applied', {
      object,
      key: 'number',
      field: 'pos',
      position,
    }),
    {
      law: 'DC5: a decision is of somebody, with a reason and a time',
      sql: violating({
        from: object,
        where: `trim(coalesce(author, '')) = '' or trim(coalesce(reason, '')) = '' or decided_at is null`,
        key: 'number',
        field: 'author',
      }),
    },
    {
      law: 'DC6: a decision is about two parties of its object, the smaller first',
      sql: violating({
        from: `${object} d`,
        where: `not coalesce(d.one < d.other, false) or (
          select count(distinct p.pid) from party p where p.object = d.object and p.pid in (d.one, d.other)) <> 2`,
        key: 'd.number',
        field: 'one',
        live: 'd.one',
      }),
    },
    ...verification.applied.rulesets.map(toldLaw),
  ])
}

/** An event that tells of a decision is a witness that it was made. */
function toldLaw({ stage }: RulesetRuntime): Law {
  return {
    law: `DC7: a decision that events tell of is there, of the same position: ${stage.tables.slot}`,
    sql: violating({
      from: `${stage.tables.event} e left join decision d on d.number = e.decision`,
      where: `e.kind = 'decision' and d.pos is distinct from e.pos`,
      key: 'e.decision',
      field: 'number',
      live: 'd.number',
      recomputed: 'e.decision',
    }),
  }
}

/** Every decision that holds is seen in the unified profiles, of records that are there. */
export async function checkDecided(
  verification: Verification,
  { stage, definition }: RulesetRuntime,
): Promise<void> {
  const { link, slot } = stage.tables
  const object = definition.configurationType === 'Individual' ? 0 : 1
  const pairs = `${LIVE_DECISIONS} d join ${link} a on a.pid = d.one join ${link} b on b.pid = d.other`
  const law = (says: string, where: string): Law => ({
    law: says,
    sql: violating({
      from: pairs,
      where: `d.object = ${object} and ${where}`,
      key: 'd.number',
      field: 'uid',
      live: `concat_ws(' / ', a.uid, b.uid)`,
      recomputed: 'd.verdict',
    }),
  })
  await checkLaws(verification, { stage: 'identity', object: `link__${slot}`, kind: 'derived' }, [
    law(
      'LK3: who is never together is in two unified profiles',
      `d.verdict = 'never' and a.uid = b.uid`,
    ),
    law(
      'LK4: who is together is in one unified profile',
      `d.verdict = 'together' and a.uid <> b.uid`,
    ),
  ])
}
