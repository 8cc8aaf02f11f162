import type { ObjectMapping } from '@mainstem/contracts'
import type { SqlSession } from '../../lake/index.ts'
import { buildCatalogue, personField } from '../../model/index.ts'
import { ident } from '../../query/index.ts'
import { numberAt } from './answer.ts'
import type { SourcePlan } from './init-project-plan.ts'

/** Share of a column's values that must be keys of people for the column to refer to them. */
const KNOWN_SHARE_MIN = 0.5

/**
 * The plans, where rows of nobody now refer to people: a column that is called as the key of a
 * source of people, and holds its keys, says whose a row is, whatever else it looked like.
 */
export async function linkedToPeople(
  session: SqlSession,
  plans: readonly SourcePlan[],
): Promise<readonly SourcePlan[]> {
  const people = plans.filter(plan => plan.objects.some(isPerson))
  const linked: SourcePlan[] = []
  for (const plan of plans) {
    const lost = plan.identity
      ? undefined
      : plan.objects.map(rowOfNobody).find(one => one !== undefined)
    const found = lost && (await personColumn(session, plan, people))
    if (!lost || !found) linked.push(plan)
    else linked.push(withPerson(plan, lost, found))
  }
  return linked
}

interface Nobody {
  readonly mapping: ObjectMapping
  readonly field: string
}

interface Found {
  readonly column: string
  readonly target: string
}

function isPerson({ object }: ObjectMapping): boolean {
  return object === 'Individual'
}

/** A mapping whose rows belong to a person and do not say to whom. */
function rowOfNobody(mapping: ObjectMapping): Nobody | undefined {
  const object = buildCatalogue([]).find(mapping.object)
  const field = object && personField(object)
  if (field === undefined || Object.hasOwn(mapping.fields ?? {}, field)) return undefined
  return { mapping, field }
}

async function personColumn(
  session: SqlSession,
  plan: SourcePlan,
  people: readonly SourcePlan[],
): Promise<Found | undefined> {
  for (const target of people) {
    const key = target.objects.find(isPerson)?.fields?.['Id']
    const column = plan.source.fields.find(
      field => field.name === key && field.name !== plan.primaryKey[0],
    )
    if (target === plan || key === undefined || !column) continue
    const [row] = await session.rows(
      `select count(*), count(*) filter (id in (select ${ident(key)}::varchar from ${target.source.relation}))
       from (select distinct ${ident(column.name)}::varchar as id from ${plan.source.relation}
             where ${ident(column.name)} is not null)`,
    )
    const share = numberAt(row, 0) === 0 ? 0 : numberAt(row, 1) / numberAt(row, 0)
    if (share >= KNOWN_SHARE_MIN) return { column: column.name, target: target.name }
  }
  return undefined
}

function withPerson(plan: SourcePlan, lost: Nobody, { column, target }: Found): SourcePlan {
  const objects = plan.objects.map(mapping => {
    if (mapping !== lost.mapping) return mapping
    const fields = { ...mapping.fields, [lost.field]: column }
    return Object.assign({}, mapping, { fields })
  })
  const why = [...plan.why, `${column} holds keys of ${target}: it says whose a row is.`]
  return { ...plan, objects, why }
}
