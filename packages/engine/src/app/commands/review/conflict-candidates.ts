import type { SqlSession } from '../../../lake/index.ts'
import { conflictsSql } from '../../engine/profile-conflicts.ts'
import type { RulesetRuntime } from '../../engine/ruleset-runtime.ts'
import { numberAt, textAt } from '../answer.ts'
import { type Candidate, isDecided } from './candidate.ts'

/** Contradictions inside profiles, as many as are asked for, and how many there are. */
export interface FoundConflicts {
  readonly candidates: readonly Candidate[]
  readonly count: number
}

const FIELDS: Readonly<Record<string, string>> = {
  birthDate: 'Individual.BirthDate',
  lastNames: 'Individual.LastName',
  generation: 'Individual.LastName',
  identification: 'PartyIdentification.IdentificationNumber',
}

const WHY: Readonly<Record<string, string>> = {
  birthDate: 'records of one profile have different birth dates',
  lastNames: 'records of one profile have many last names',
  generation: 'a Junior and a Senior are one profile',
  identification: 'records of one profile have different numbers of one kind',
}

/**
 * What contradicts itself inside profiles. Together now: each kind of contradiction halves the
 * chance that this is right.
 */
export async function conflictCandidates(
  session: SqlSession,
  ruleset: RulesetRuntime,
  limit: number,
): Promise<FoundConflicts> {
  const sql = conflictsSql(ruleset)
  if (sql === undefined) return { candidates: [], count: 0 }
  // Those that were decided are left out below: they may be the first.
  const decided = ruleset.stage.resolveOptions.decisions?.pairs('together').length ?? 0
  const rows = await session.rows(
    `select what, left_pid, right_pid, left_value, right_value, chance, n, (1 - chance) * pairs as worth, count(*) over ()
     from (select *, pow(0.5, (count(distinct what) over (partition by uid))) as chance from (${sql}))
     join (select uid, count(*) as n from ${ruleset.stage.tables.link} group by uid) using (uid)
     order by worth desc, left_pid, right_pid, what limit ${limit + decided}`,
  )
  const candidates = rows.map((row): Candidate => {
    const what = textAt(row, 0) ?? ''
    return {
      kind: 'conflict',
      ruleset,
      from: numberAt(row, 1),
      to: numberAt(row, 2),
      probability: numberAt(row, 5),
      clusterSize: numberAt(row, 6),
      value: numberAt(row, 7),
      why: WHY[what] ?? what,
      values: [{ field: FIELDS[what] ?? what, left: textAt(row, 3), right: textAt(row, 4) }],
    }
  })
  const open = candidates.filter(({ from, to }) => !isDecided(ruleset, from, to))
  return { candidates: open, count: numberAt(rows[0], 8) - (candidates.length - open.length) }
}
