import type { SqlSession } from '../../lake/index.ts'
import { buildCatalogue } from '../../model/index.ts'
import { ident } from '../../query/index.ts'
import { numberAt } from './answer.ts'
import type { SourcePlan } from './init-project-plan.ts'

/** A field that holds the keys of another stream. */
export interface Link {
  readonly object: string
  readonly field: string
  readonly column: string
  readonly target: string
  /** Other streams that have some of these keys too. */
  readonly others: readonly string[]
  /** Those of them that speak for themselves as well as the target does: the choice is not sure. */
  readonly rivals: readonly string[]
}

/** The field that an object's Id comes from. */
export function keyOf(plan: SourcePlan, object: string): string | undefined {
  return plan.objects.find(mapping => mapping.object === object)?.fields?.['Id']
}

/** The word of a stream's name that says its source: `crm` of `crm_contacts`. */
export function sourceWord(name: string): string {
  return name.split('_')[0] ?? name
}

/** The streams that a stream's mapped references lead to. */
export async function linksOf(
  session: SqlSession,
  plan: SourcePlan,
  plans: readonly SourcePlan[],
): Promise<readonly Link[]> {
  const catalogue = buildCatalogue([])
  const links: Link[] = []
  for (const { object, fields = {} } of plan.objects) {
    for (const { field, object: wanted } of catalogue.find(object)?.relationships ?? []) {
      const column = Object.hasOwn(fields, field) ? fields[field] : undefined
      const targets = plans.filter(other => other !== plan && keyOf(other, wanted) !== undefined)
      if (column === undefined || targets.length === 0) continue
      const found = await bestTarget(session, { plan, column, wanted }, targets)
      if (found) links.push({ object, field, column, ...found })
    }
  }
  return links
}

interface Reference {
  readonly plan: SourcePlan
  readonly column: string
  readonly wanted: string
}

interface Candidate {
  readonly target: SourcePlan
  readonly score: number
}

/** What each name that speaks for a target weighs, in shares of the keys. */
const NAME_SCORE = 0.3

/** A target must be ahead of another that has the same keys by this much to be chosen. */
const SURE_LEAD = 0.1

/** The target that has most of the keys and whose names fit best, and those that come near it. */
async function bestTarget(
  session: SqlSession,
  reference: Reference,
  targets: readonly SourcePlan[],
): Promise<Pick<Link, 'target' | 'others' | 'rivals'> | undefined> {
  const found: Candidate[] = []
  for (const target of targets) {
    const share = await shareOf(session, reference, [target])
    if (share > 0) found.push({ target, score: share + nameScore(reference, target) })
  }
  const [best, ...rest] = found.toSorted((left, right) => right.score - left.score)
  if (!best) return undefined
  const both: Candidate[] = []
  for (const one of rest) {
    if ((await shareOf(session, reference, [best.target, one.target])) > 0) both.push(one)
  }
  const near = both.filter(one => best.score - one.score < SURE_LEAD)
  return {
    target: best.target.name,
    others: both.map(one => one.target.name),
    rivals: near.map(one => one.target.name),
  }
}

/** Share of the keys of a reference that all the targets have. */
async function shareOf(
  session: SqlSession,
  { plan, column, wanted }: Reference,
  targets: readonly SourcePlan[],
): Promise<number> {
  const known = targets.map(
    target =>
      `id in (select ${ident(keyOf(target, wanted) ?? '')}::varchar from ${target.source.relation})`,
  )
  const [row] = await session.rows(
    `select count(*), count(*) filter (${known.join(' and ')})
     from (select distinct ${ident(column)}::varchar as id from ${plan.source.relation} where ${ident(column)} is not null)`,
  )
  return numberAt(row, 0) === 0 ? 0 : numberAt(row, 1) / numberAt(row, 0)
}

/** What the names of files and columns say: of one source, called as the key, or as what it has. */
function nameScore({ plan, column, wanted }: Reference, target: SourcePlan): number {
  const called = wordsOf(column)
  const signs = [
    sourceWord(plan.name) === sourceWord(target.name),
    keyOf(target, wanted) === column,
    wordsOf(target.name).some(word => called.includes(word)),
  ]
  return signs.filter(Boolean).length * NAME_SCORE
}

/** Words of a name in the singular, without those that every key has. */
function wordsOf(name: string): readonly string[] {
  const words = name.replaceAll(/([a-z])([A-Z])/g, '$1_$2').toLowerCase()
  return words
    .split(/[^a-z0-9]+/)
    .map(word => word.replace(/s$/, ''))
    .filter(word => word.length > 1 && !/^(id|key|no|nr|ref|code)$/.test(word))
}
