import { criteriaOf, type Criterion } from '@mainstem/contracts'
import { criterionSql, fuzzyLevelOf, isFuzzy, similarFirstNames } from '../../identity/index.ts'
import type { SqlSession } from '../../lake/index.ts'
import { ident, literal, literals } from '../../query/index.ts'
import type { RulesetRuntime } from '../engine/ruleset-runtime.ts'
import { isoSql, textAt } from './answer.ts'
import { scoredCriteria } from './explain-score.ts'
import type { ExplainedCriterion } from './explained-criterion.ts'

/** A source record as the evidence names it. */
export interface ExplainedRecord {
  /** `stream/id`, of the first stream that has it. */
  readonly record: string
  readonly stream: string
  /** When the source changed it last, where it says so. */
  readonly modifiedAt: string | null
  /** When it was loaded. */
  readonly loadedAt: string | null
  /** Whether it was made from the identity values of events. */
  readonly isSystem: boolean
}

/** What records are called, and how old they are. */
export async function explainedRecords(
  session: SqlSession,
  { profiles }: RulesetRuntime,
  pids: readonly number[],
): Promise<ReadonlyMap<number, ExplainedRecord>> {
  const rows = await session.rows(
    `select "_p_Id", _stream || '/' || "Id", _stream, ${isoSql('_mod')}, ${isoSql('_at')}, coalesce(_system, false)
     from ${profiles.sourceView} where "_p_Id" in ${literals(pids)} order by 1, 2 desc`,
  )
  // The first name of each comes last, and stays.
  return new Map(
    rows.map(row => [
      Number(row[0]),
      {
        record: textAt(row, 1) ?? '',
        stream: textAt(row, 2) ?? '',
        modifiedAt: textAt(row, 3),
        loadedAt: textAt(row, 4),
        isSystem: row[5] === true,
      },
    ]),
  )
}

/** One row of an object: each criterion's value as it is, and as it is compared. */
type Row = readonly { readonly raw: string | null; readonly norm: string | null }[]

/** Criteria that must hold on the same pair of rows: those on one object, and on one kind of identification. */
interface RowCriteria {
  readonly criteria: readonly Criterion[]
  readonly rows: ReadonlyMap<number, readonly Row[]>
}

/** Gives the values that a rule compares of two records. */
export type Compare = (rule: number, from: number, to: number) => readonly ExplainedCriterion[]

/** Reads what some rules compare of some records: one statement an object and rule, not one a record. */
export async function readCompared(
  session: SqlSession,
  ruleset: RulesetRuntime,
  { rules, pids }: { readonly rules: Iterable<number>; readonly pids: readonly number[] },
): Promise<Compare> {
  const known = new Map<number, readonly RowCriteria[]>()
  for (const rule of new Set(rules)) {
    const found = ruleset.definition.matchRules[rule]
    const criteria = found ? criteriaOf(found) : []
    const groups = new Map<string, Criterion[]>()
    for (const criterion of criteria) {
      const name = JSON.stringify([criterion.entityName, criterion.partyIdentificationInfo ?? null])
      groups.set(name, [...(groups.get(name) ?? []), criterion])
    }
    const read: RowCriteria[] = []
    for (const group of groups.values()) {
      read.push({ criteria: group, rows: await rowsOf(session, ruleset, { group, pids }) })
    }
    known.set(rule, read)
  }
  const { stage } = ruleset
  const isScored = (rule: number): boolean =>
    rule >= ruleset.definition.matchRules.length ||
    ruleset.definition.matchRules[rule]?.kind === 'Scored'
  return (rule, from, to) =>
    isScored(rule)
      ? scoredCriteria(stage.explainScore(from, to))
      : (known.get(rule) ?? []).flatMap(({ criteria, rows }) =>
          closest(criteria, rows.get(from) ?? [], rows.get(to) ?? []),
        )
}

async function rowsOf(
  session: SqlSession,
  ruleset: RulesetRuntime,
  { group, pids }: { readonly group: readonly Criterion[]; readonly pids: readonly number[] },
): Promise<ReadonlyMap<number, readonly Row[]>> {
  const [first] = group
  if (!first) return new Map()
  const { definition } = ruleset
  const party = first.entityName === definition.configurationType ? '"_p_Id"' : '"_p_PartyId"'
  const kind = first.partyIdentificationInfo
  const where = kind
    ? ` and "Name" = ${literal(kind.partyName)} and "PartyIdentificationTypeId" = ${literal(kind.partyType)}`
    : ''
  const values = group.flatMap((criterion, at) => [
    `o.${ident(criterion.fieldName)}::varchar as raw_${at}`,
    `${criterionSql(definition, criterion, 'o')} as norm_${at}`,
  ])
  const read = await session.rows(
    `select o.${party}, ${values.join(', ')} from ${ident(`m_${first.entityName}`)} o
     where o.${party} in ${literals(pids)}${where} order by ${[...values.keys()].map(at => at + 2).join(', ')}`,
  )
  const rows = new Map<number, Row[]>()
  for (const row of read) {
    const pid = Number(row[0])
    const own = group.map((_, at) => ({
      raw: textAt(row, 1 + 2 * at),
      norm: textAt(row, 2 + 2 * at),
    }))
    rows.set(pid, [...(rows.get(pid) ?? []), own])
  }
  return rows
}

const NO_ROW: Row = []

/** The pair of rows on which most of the criteria hold, the first of several. */
function closest(
  criteria: readonly Criterion[],
  lefts: readonly Row[],
  rights: readonly Row[],
): readonly ExplainedCriterion[] {
  let best: readonly ExplainedCriterion[] | undefined
  for (const left of lefts.length > 0 ? lefts : [NO_ROW]) {
    for (const right of rights.length > 0 ? rights : [NO_ROW]) {
      const found = criteria.map((criterion, at) => comparison(criterion, left[at], right[at]))
      if (!best || holding(found) > holding(best)) best = found
    }
  }
  return best ?? []
}

function holding(compared: readonly ExplainedCriterion[]): number {
  return compared.filter(({ holds }) => holds).length
}

const NOTHING: Row[number] = { raw: null, norm: null }

function comparison(
  criterion: Criterion,
  left: Row[number] = NOTHING,
  right: Row[number] = NOTHING,
): ExplainedCriterion {
  const { entityName, fieldName, matchMethodType } = criterion
  return {
    field: `${entityName}.${fieldName}`,
    method: matchMethodType,
    left: left.raw,
    right: right.raw,
    holds: left.norm !== null && right.norm !== null && fits(criterion, left.norm, right.norm),
  }
}

function fits(criterion: Criterion, left: string, right: string): boolean {
  if (left === right) return true
  return (
    isFuzzy(criterion) && similarFirstNames(left, right, fuzzyLevelOf(criterion.matchMethodType))
  )
}
