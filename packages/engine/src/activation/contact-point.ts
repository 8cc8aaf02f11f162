import { ident, literals } from '../query/index.ts'

/** The kinds of contact point an activation can ask for. */
export type ContactPointType = 'Email' | 'Phone' | 'Address'

/** Where the contact points of a kind are. */
export interface ContactPointRows {
  /**
   * SQL of the contact points, one row a value and data stream, with the columns `uid`, `value`
   * (text), `stream`, `primaryFlag` (boolean), `rank` (number), `modified` (time) and `id`.
   */
  readonly from: string
  /** The data streams that have such contact points. */
  readonly streams: readonly string[]
}

/** What the column with the contact point is called. */
export const CONTACT_COLUMN: Readonly<Record<ContactPointType, string>> = {
  Email: 'ContactPointEmailAddress',
  Phone: 'ContactPointPhoneNumber',
  Address: 'ContactPointAddress',
}

/**
 * The one contact point of each profile: of the first source that has one; within it primary
 * before others, then by preference rank, most recently modified, id. With `sources` only those
 * sources are used; without, all of them alike.
 */
export function chosenContactPointSql(
  rows: ContactPointRows,
  sources: readonly string[] | undefined,
): string {
  const c = (name: string): string => `c.${ident(name)}`
  const listed = sources ? literals(sources).replace(/^\(/, '[').replace(/\)$/, ']') : ''
  const order = [
    ...(sources ? [`list_position(${listed}, ${c('stream')})`] : []),
    `coalesce(${c('primaryFlag')}, false) desc`,
    `${c('rank')} asc nulls last`,
    `${c('modified')} desc nulls last`,
    c('id'),
    c('value'),
  ]
  const chosen = sources ? `and ${c('stream')} in ${literals(sources)}` : ''
  return /*sql*/ `
    select uid, value from (
      select ${c('uid')} as uid, ${c('value')} as value,
        row_number() over (partition by ${c('uid')} order by ${order.join(', ')}) as place
      from (${rows.from}) as c where ${c('value')} <> '' ${chosen}
    ) where place = 1`
}
