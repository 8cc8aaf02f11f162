import { listedValues } from '../../../identity/index.ts'
import type { SqlSession } from '../../../lake/index.ts'
import { ident } from '../../../query/index.ts'
import type { RulesetRuntime } from '../../engine/ruleset-runtime.ts'
import { numberAt, textAt } from '../answer.ts'
import type { Candidate } from './candidate.ts'

/** Values of the lists that several source profiles have: told, though nothing is expected of them. */
export async function placeholderCandidates(
  session: SqlSession,
  ruleset: RulesetRuntime,
  limit: number,
): Promise<readonly Candidate[]> {
  const found = new Map<string, Candidate>()
  for (const { rule, field, object, party, value, isListed } of listedValues(ruleset.definition)) {
    const rows = await session.rows(
      `select v, count(distinct pid) as n, min(pid), max(pid)
       from (select o.${ident(party)} as pid, ${value('o')} as v from ${ident(`m_${object}`)} o)
       where ${isListed('v')} and pid in (select pid from ${ruleset.stage.tables.link})
       group by v having n > 1 order by n desc, v limit ${limit}`,
    )
    const label = ruleset.definition.matchRules[rule]?.label ?? ''
    for (const row of rows) {
      const shown = textAt(row, 0)
      // Two rules may look at one field in two ways.
      if (found.has(`${field} ${shown}`)) continue
      found.set(`${field} ${shown}`, {
        kind: 'contested',
        ruleset,
        from: numberAt(row, 2),
        to: numberAt(row, 3),
        probability: 0,
        clusterSize: numberAt(row, 1),
        value: 0,
        why: `a placeholder of ${numberAt(row, 1)} records, which makes no key of rule "${label}"`,
        values: [{ field, left: shown, right: shown }],
      })
    }
  }
  return [...found.values()]
}
