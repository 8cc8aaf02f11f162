import type { ScoredField } from '@mainstem/contracts'
import type { SqlSession } from '../../lake/index.ts'
import { ident, literal } from '../../query/index.ts'
import type { SourceScope } from '../rule-sources.ts'
import { SEVERAL } from './value-form.ts'

/** The fields of one object (and one kind of number), and the column of each in the result. */
interface ObjectFields {
  readonly object: string
  readonly name: string | undefined
  readonly type: string | undefined
  readonly columns: { readonly field: string; readonly as: string }[]
}

/**
 * SQL of what source profiles are compared by: `pid` and a text `f0`, `f1`, … for each field, all
 * values of a profile in one, `SEVERAL` between them.
 */
export async function profileFieldsSql(
  session: SqlSession,
  fields: readonly ScoredField[],
  { profile, scope }: { readonly profile: string; readonly scope: SourceScope },
): Promise<string> {
  const objects = objectsOf(fields)
  const own = objects.find(one => one.object === profile)
  const others = objects.filter(one => one !== own)
  const base = await objectSql(
    session,
    own ?? { object: profile, name: undefined, type: undefined, columns: [] },
    { party: '_p_Id', scope },
  )
  const joins: string[] = []
  for (const [at, object] of others.entries()) {
    const sql = await objectSql(session, object, { party: '_p_PartyId', scope })
    joins.push(`left join (${sql}) o${at} on o${at}.pid = i.pid`)
  }
  const columns = fields.map((_field, at) => `f${at}`)
  return `select i.pid, ${columns.join(', ')} from (${base}) i ${joins.join(' ')}`
}

function objectsOf(fields: readonly ScoredField[]): readonly ObjectFields[] {
  const objects = new Map<string, ObjectFields>()
  for (const [at, { field: path, name, type }] of fields.entries()) {
    const [object = '', field = ''] = path.split('.')
    const key = JSON.stringify([object, name, type])
    const held = objects.get(key) ?? { object, name, type, columns: [] }
    objects.set(key, held)
    held.columns.push({
      field: field === 'FormattedE164PhoneNumber' ? 'TelephoneNumber' : field,
      as: `f${at}`,
    })
  }
  return [...objects.values()]
}

/** The rows of an object, one a party; where each party has one row at most they are taken as they are. */
async function objectSql(
  session: SqlSession,
  { object, name, type, columns }: ObjectFields,
  { party, scope }: { readonly party: string; readonly scope: SourceScope },
): Promise<string> {
  const where = [`${ident(party)} ${scope.parties ?? 'is not null'}`]
  if (name !== undefined) where.push(`"Name" = ${literal(name)}`)
  if (type !== undefined) where.push(`"PartyIdentificationTypeId" = ${literal(type)}`)
  const from = `from ${scope.relationOf(object)} where ${where.join(' and ')}`
  const isSingle =
    scope.parties === undefined &&
    (scope.isOneEach?.(object) === true || (await isOneEach(session, party, from)))
  const texts = columns.map(({ field, as }) => {
    const text = `nullif(${ident(field)}::varchar, '')`
    return `, ${isSingle ? text : `string_agg(distinct ${text}, chr(${SEVERAL.charCodeAt(0)}))`} as ${as}`
  })
  return `select ${ident(party)} as pid${texts.join('')} ${from}${isSingle ? '' : ' group by 1'}`
}

async function isOneEach(session: SqlSession, party: string, from: string): Promise<boolean> {
  const [row] = await session.rows(`select count(*) = count(distinct ${ident(party)}) ${from}`)
  return row?.[0] === true
}
