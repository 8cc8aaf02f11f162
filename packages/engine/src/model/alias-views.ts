import { ident } from '../query/index.ts'
import type { ModelObject } from './catalogue/index.ts'
import { inSpace, publicView } from './public-schema.ts'
import { type View, viewName } from './views.ts'

/**
 * A key as one text: the id alone where it has no qualifier, else `qualifier:id`. Alias views show
 * every key like this, so that a join on one column never joins two sources that reuse an id.
 */
export function fullKeySql(keySql: string, qualifierSql: string): string {
  return `case when ${qualifierSql} is null then ${keySql} else ${qualifierSql} || ':' || ${keySql} end`
}

/** An object under its short name and short field names, keys fully qualified. */
export function aliasView(object: ModelObject, space: string): View {
  const columns = new Map<string, string>()
  for (const field of object.fields.values()) {
    const name = ident(`${field.name}`)
    const key = fullKeySql(`o.${name}`, `o.${ident(`KQ_${field.name}`)}`)
    columns.set(field.name, field.isKey ? key : `o.${name}`)
  }
  addFlatNames(object, columns)
  const add = (name: string, sql: string): void => {
    const isTaken = [...columns.keys()].some(taken => taken.toLowerCase() === name.toLowerCase())
    if (!isTaken) columns.set(name, sql)
  }
  add('DataSource', 'o._stream')
  add('DataSourceObject', `o._stream || '__dll'`)
  for (const { name, sql } of EXTRA_COLUMNS.get(object.name) ?? []) add(name, sql)
  if (object.name === 'Individual') add('EmailAddress', emailOf(space))
  const list = Array.from(columns, ([name, sql]) => `${sql} as ${ident(name)}`).join(', ')
  const body = `select ${list} from ${inSpace(space, viewName(object.name))} o`
  return publicView(space, object.name, body)
}

interface ExtraColumn {
  readonly name: string
  readonly sql: string
}

/** Names by which people know a field, beside its own (semantics 2.9). */
const EXTRA_COLUMNS: ReadonlyMap<string, readonly ExtraColumn[]> = new Map([
  [
    'SalesOrder',
    [
      { name: 'CustomerId', sql: fullKeySql('o."SoldToCustomerId"', 'o."KQ_SoldToCustomerId"') },
      { name: 'OrderDate', sql: 'o."PurchaseOrderDate"' },
    ],
  ],
])

/** An order has a total, whichever of the two totals its source gives. */
function addFlatNames(object: ModelObject, columns: Map<string, string>): void {
  if (object.name !== 'SalesOrder') return
  columns.set('TotalAmount', 'coalesce(o."TotalAmount", o."GrandTotalAmount")')
}

/** One e-mail address of a party, the same each time. Looked up for the rows that are asked for. */
function emailOf(space: string): string {
  const mail = inSpace(space, viewName('ContactPointEmail'))
  return `(select min(m."EmailAddress") from ${mail} m where m."_p_PartyId" = o."_p_Id")`
}
