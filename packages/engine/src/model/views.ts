import { ident, literal } from '../query/index.ts'
import { madeIdentificationId } from './build-branch.ts'
import type { ModelObject } from './catalogue/index.ts'
import { isToKey } from './person-field.ts'
import { regionSql, streamTable, withDictionary } from './phone-source.ts'
import {
  branchesOf,
  IDENTITY_QUALIFIER,
  type ModelPlan,
  type ObjectBranch,
  partyNumber,
  type SystemParty,
} from './plan.ts'
import { filledTextSql, nullSql } from './source-sql.ts'

/** A view to make. */
export interface View {
  readonly name: string
  readonly sql: string
}

/**
 * The internal view of every object of the catalogue: `m_<Object>`, one branch a mapped stream,
 * all fields of the object, unmapped ones as nulls of their type. Nothing is stored: a filter on
 * `_p_<Field>` goes down into each branch.
 */
export function viewsOf(plan: ModelPlan): readonly View[] {
  return Array.from(plan.catalogue.objects.values(), object =>
    viewOf(plan, object, viewName(object.name)),
  )
}

/**
 * The views that identity and profiles read again with every batch: as `viewsOf`, but `n_<Object>`
 * and with the fields that are filled or always asked for only: binding the other sixty is a good
 * part of the time of a statement about one person.
 */
export function narrowViewsOf(plan: ModelPlan): readonly View[] {
  return [...plan.catalogue.objects.values()]
    .filter(object => IDENTIFYING.test(object.name))
    .map(object => {
      const filled = new Set(
        branchesOf(plan, object.name).flatMap(branch => [...branch.sources.keys()]),
      )
      const kept = [...object.fields].filter(([name]) => filled.has(name) || ALWAYS.has(name))
      return viewOf(plan, { ...object, fields: new Map(kept) }, narrowViewName(object.name))
    })
}

/** The name of the narrow view of an object that says who somebody is. */
export function narrowViewName(object: string): string {
  return `n_${object}`
}

const IDENTIFYING = /^(Individual|Account|PartyIdentification|ContactPoint.*)$/

/** Fields that narrow views have whether or not anything fills them. */
const ALWAYS: ReadonlySet<string> = new Set(
  (
    'Id PartyId LastModifiedDate FirstName LastName PrimaryFlag PreferenceRankNumber EmailAddress TelephoneNumber ' +
    'FormattedE164PhoneNumber AddressLine1 AddressLine2 CityName PostalCodeText StateProvinceName CountryName ' +
    'DeviceId SoftwareApplicationId ApplicationLoginId CookieIdText Name PartyIdentificationTypeId IdentificationNumber'
  ).split(' '),
)

function viewOf(plan: ModelPlan, object: ModelObject, name: string): View {
  const branches = selectsOf(plan, object)
  const body = branches.length === 0 ? [emptySelect(object)] : branches
  const union = body.join('\nunion all\n')
  const select = object.name === PHONE && branches.length > 0 ? formatted(object, union) : union
  return { name, sql: `create or replace view ${ident(name)} as\n${select}` }
}

const PHONE = 'ContactPointPhone'

/** A phone number as it is mapped, else as the dictionary has it. One join for all branches. */
function formatted(object: ModelObject, union: string): string {
  const columns = columnNames(object).map(name => {
    if (name !== 'FormattedE164PhoneNumber') return ident(name)
    const mapped = ident(name)
    return `coalesce(${filledTextSql(mapped)}, _e_e164) as ${mapped}`
  })
  return `select ${columns.join(', ')} from ${withDictionary(union)}`
}

/** The name of the internal view of an object. */
export function viewName(object: string): string {
  return `m_${object}`
}

/** Whether any stream feeds the object. */
export function isMapped(plan: ModelPlan, object: string): boolean {
  const isSystem =
    SYSTEM_OBJECTS.has(object) && plan.streams.some(stream => hasSystemRows(stream.system, object))
  return isSystem || branchesOf(plan, object).length > 0
}

/** Key fields that refer to an Individual or Account: they have a `_p_<Field>` column. */
export function partyKeyFields(object: ModelObject): readonly string[] {
  const fields = new Set<string>()
  if (partyNumber(object.name) !== undefined) fields.add(object.primaryKey)
  for (const link of object.relationships) {
    if (partyNumber(link.object) !== undefined && isToKey(link)) fields.add(link.field)
  }
  return [...fields]
}

/** One branch of a view: what its columns are made of. */
interface Branch {
  readonly from: string
  readonly where: string | null
  readonly stream: string
  readonly as: string
  readonly isSystem: boolean
  readonly values: ReadonlyMap<string, string>
  readonly qualifierSql: ReadonlyMap<string, string>
  readonly parties: ReadonlyMap<string, string>
  /** Of a phone: the number as written and the country that it is read in. */
  readonly raw?: string | undefined
  readonly region?: string | undefined
}

const SYSTEM_OBJECTS: ReadonlySet<string> = new Set([
  'Individual',
  'ContactPointEmail',
  'ContactPointPhone',
  'PartyIdentification',
])

function selectsOf(plan: ModelPlan, object: ModelObject): readonly string[] {
  const mapped = branchesOf(plan, object.name).map(branch => mappedBranch(plan, branch))
  const system = plan.streams.flatMap(({ system: party }) =>
    party && hasSystemRows(party, object.name) ? [systemBranch(plan, party, object.name)] : [],
  )
  return [...mapped, ...system].map(branch => selectSql(object, branch))
}

function mappedBranch(plan: ModelPlan, branch: ObjectBranch): Branch {
  const { stream, as, where, values, qualifierSql, parties } = branch
  const from = streamTable(stream)
  const base = { stream, as, where, values, qualifierSql, parties, from, isSystem: false }
  if (branch.object !== PHONE) return base
  return { ...base, raw: values.get('TelephoneNumber'), region: regionSql(plan, branch) }
}

function hasSystemRows(party: SystemParty | null, object: string): boolean {
  switch (object) {
    case 'Individual':
      return party !== null
    case 'ContactPointEmail':
      return party !== null && party.emailSql !== null
    case 'ContactPointPhone':
      return party !== null && party.phoneSql !== null
    case 'PartyIdentification':
      return party !== null && party.number !== null
    default:
      return false
  }
}

/**
 * One row a party that identity values make. The values are folded first and made into keys after,
 * so that a hash is computed once a party and not once an event.
 */
function systemBranch(plan: ModelPlan, party: SystemParty, object: string): Branch {
  const value = systemValue(party, object)
  const column = ident(party.column)
  const fields = party.fields.map(name => `min(${ident(name)}) as ${ident(name)}`)
  const folded =
    `select ${column} as _p, ${fields.join(', ')}, min(_pos) as _pos, min(_at) as _at ` +
    `from ${streamTable(party.stream)} where ${column} is not null group by ${column}`
  const grouped =
    `(select _p, ${party.idSql} as _id, ${value ?? 'null'} as _value, hash(${party.idSql}) as _kh, _pos, _at, ` +
    `cast(null as timestamptz) as _mod from (${folded}))`
  const key = object === 'Individual' ? 'Id' : 'PartyId'
  const qualifier = literal(IDENTITY_QUALIFIER)
  return {
    from: grouped,
    ...(object === PHONE ? { raw: '_value', region: literal(plan.region) } : {}),
    where: value === null ? null : '_value is not null',
    stream: party.stream,
    as: '',
    isSystem: true,
    values: systemValues(party, object),
    qualifierSql: new Map([
      ['Id', qualifier],
      ['PartyId', qualifier],
    ]),
    parties: new Map([[key, '_p']]),
  }
}

function systemValue(party: SystemParty, object: string): string | null {
  if (object === 'ContactPointEmail') return party.emailSql
  if (object === 'ContactPointPhone') return party.phoneSql
  return object === 'PartyIdentification' ? (party.number?.sql ?? null) : null
}

function systemValues(party: SystemParty, object: string): ReadonlyMap<string, string> {
  if (object === 'Individual') return new Map([['Id', '_id']])
  if (object === 'ContactPointEmail') {
    return new Map([
      ['Id', `_id || ':email'`],
      ['PartyId', '_id'],
      ['EmailAddress', '_value'],
    ])
  }
  if (object === 'ContactPointPhone') {
    return new Map([
      ['Id', `_id || ':phone'`],
      ['PartyId', '_id'],
      ['TelephoneNumber', '_value'],
    ])
  }
  const name = literal(party.number?.name ?? null)
  const type = literal(party.number?.type ?? null)
  const qualifier = literal(IDENTITY_QUALIFIER)
  const id = madeIdentificationId({ qualifier, party: '_id', type, name, number: '_value' })
  return new Map([
    ['Id', id],
    ['PartyId', '_id'],
    ['Name', name],
    ['PartyIdentificationTypeId', type],
    ['IdentificationNumber', '_value'],
  ])
}

function selectSql(object: ModelObject, branch: Branch): string {
  const columns = [...object.fields.values()].map(field => {
    const value = systemField(field.name, branch.stream) ?? branch.values.get(field.name)
    return `${value ?? nullSql(field.kind)} as ${ident(field.name)}`
  })
  const keys = [...object.fields.values()].filter(field => field.isKey).map(field => field.name)
  const qualifiers = keys.map(
    name => `${branch.qualifierSql.get(name) ?? nullSql('text')} as ${ident(`KQ_${name}`)}`,
  )
  const parties = partyKeyFields(object).map(
    name => `${branch.parties.get(name) ?? 'cast(null as integer)'} as ${ident(`_p_${name}`)}`,
  )
  const hidden = [
    `${literal(branch.stream)} as _stream`,
    '_kh',
    `${literal(branch.as)} as _as`,
    '_pos',
    '_at',
    '_mod',
    `${String(branch.isSystem)} as _system`,
  ]
  const isPhone = branch.region !== undefined
  const phone = isPhone
    ? [`${branch.raw ?? nullSql('text')} as _raw`, `${branch.region} as _region`]
    : []
  const list = [...columns, ...qualifiers, ...parties, ...hidden, ...phone].join(', ')
  const where = branch.where === null ? '' : ` where ${branch.where}`
  return `select ${list} from ${branch.from}${where}`
}

/** Columns that tell where a row comes from. */
const HIDDEN = ['_stream', '_kh', '_as', '_pos', '_at', '_mod', '_system']

/** The columns of an object's view, in order. */
function columnNames(object: ModelObject): readonly string[] {
  const fields = [...object.fields.values()]
  const keys = fields.filter(field => field.isKey)
  return [
    ...fields.map(field => field.name),
    ...keys.map(field => `KQ_${field.name}`),
    ...partyKeyFields(object).map(name => `_p_${name}`),
    ...HIDDEN,
  ]
}

/** Where a row comes from; the platform fills this in. */
function systemField(field: string, stream: string): string | undefined {
  if (field === 'DataSourceId') return literal(stream)
  return field === 'DataSourceObjectId' ? literal(`${stream}__dll`) : undefined
}

function emptySelect(object: ModelObject): string {
  const empty =
    '(select cast(null as ubigint) as _kh, cast(null as bigint) as _pos, ' +
    'cast(null as timestamptz) as _at, cast(null as timestamptz) as _mod where false)'
  const none = new Map<string, string>()
  return selectSql(object, {
    from: empty,
    where: null,
    stream: '',
    as: '',
    isSystem: false,
    values: none,
    qualifierSql: none,
    parties: none,
  })
}
