import type { RulesetDefinition } from '@mainstem/contracts'
import { columnsOfKeys, type MappedModel } from '../../identity/index.ts'
import type { SqlSession } from '../../lake/index.ts'
import { ident, literal } from '../../query/index.ts'
import { numberAt } from '../commands/answer.ts'
import { fillPhones } from '../engine/phone-dictionary.ts'
import type { ColumnUse } from './column-use.ts'
import type { LoadedSource } from './load-sources.ts'
import { RECORD, type RecordSlot } from './record-relation.ts'

/** A row of an object of the model that each record has: which slot fills which field. */
export interface ModelRow {
  readonly object: string
  /** Tells several rows of one record apart; empty where there is one. */
  readonly as: string
  readonly fields: ReadonlyMap<string, RecordSlot>
  readonly constants: ReadonlyMap<string, string>
}

/** The rows of the model's objects that the slots make, in their order. */
export function modelRowsOf(slots: readonly RecordSlot[]): readonly ModelRow[] {
  const rows = new Map<string, GrowingRow>()
  for (const slot of slots) for (const use of slot.uses.slice(0, 1)) addTo(rows, slot, use)
  return [...rows.values()]
}

type GrowingRow = ModelRow & { readonly fields: Map<string, RecordSlot> }

function addTo(rows: Map<string, GrowingRow>, slot: RecordSlot, use: ColumnUse): void {
  const [object, field] = use.field?.split('.') ?? []
  if (object === undefined || field === undefined) return
  // Of several columns that fill a field of the person, the first does.
  if (/^(Individual|Account)$/.test(object) && slot.ordinal > 0) return
  const as = use.as ?? (slot.ordinal > 0 ? String(slot.ordinal + 1) : '')
  const constants = constantsOf(use)
  const key = JSON.stringify([object, as, ...constants.values()])
  const row = rows.get(key) ?? { object, as, fields: new Map(), constants }
  rows.set(key, row)
  row.fields.set(field, slot)
}

function constantsOf({ identifier }: ColumnUse): ReadonlyMap<string, string> {
  if (!identifier) return new Map()
  return new Map([
    ['Name', identifier.name],
    ['PartyIdentificationTypeId', identifier.type],
  ])
}

/** Which objects and fields each source fills, as rulesets are checked against. */
export function mappedModelOf(
  sources: readonly LoadedSource[],
  rows: readonly ModelRow[],
): MappedModel {
  return {
    streams: sources.map(({ name }, number) => ({
      name,
      objects: rows.map(({ object, fields }) => ({
        object,
        fields: [...fields].flatMap(([field, slot]) =>
          slot.uses.some(use => use.source === number) ? [field] : [],
        ),
      })),
    })),
  }
}

/** The relations that match keys are made of, in the shape of the model's narrow views. */
export interface ModelRelations {
  readonly relationOf: (object: string) => string
  /** Whether each record, which then is a party of its own, makes one row of an object at most. */
  readonly isOneEach: (object: string) => boolean
  /** The relation of `pid, party` where records share an id, and are one party; else undefined. */
  readonly partyRelation: string | undefined
}

/** The column of a phone number in its international form. */
/** A person of whom nothing is known but contact points. */
function nothingOf(object: string): ModelRow {
  return { object, as: '', fields: new Map(), constants: new Map() }
}

const E164 = 'FormattedE164PhoneNumber'

/** What the relations are made for. */
export interface RelationNeeds {
  readonly rows: readonly ModelRow[]
  readonly ruleset: RulesetDefinition
  /** The country of phone numbers that name none. */
  readonly region: string
}

/** Makes ready what match keys are read from: phone numbers are looked up once a distinct text. */
export async function makeModelRelations(
  session: SqlSession,
  { rows, ruleset, region }: RelationNeeds,
): Promise<ModelRelations> {
  const needed = columnsOfKeys(ruleset)
  if (needed.get('ContactPointPhone')?.has(E164)) await fillNumbers(session, rows, region)
  const partyRelation = await partiesOf(session, rows, ruleset.configurationType)
  const from =
    partyRelation === undefined
      ? `(select pid as party, * from ${RECORD})`
      : `(select p.party, r.* from ${RECORD} r join ${partyRelation} p on p.pid = r.pid)`
  const relationOf = (object: string): string => {
    const columns = [...(needed.get(object) ?? [])]
    const party = object === ruleset.configurationType ? '_p_Id' : '_p_PartyId'
    const own = rows.filter(row => row.object === object)
    const branches = own.map(row => branchSql({ row, columns, party, from, region }))
    if (object === ruleset.configurationType && branches.length === 0)
      branches.push(branchSql({ row: nothingOf(object), columns, party, from, region }))
    return `(${branches.join(' union all ')})`
  }
  const isOneEach = (object: string): boolean =>
    partyRelation === undefined && rows.filter(row => row.object === object).length <= 1
  return { relationOf, isOneEach, partyRelation }
}

interface Branch {
  readonly row: ModelRow
  readonly columns: readonly string[]
  readonly party: string
  readonly from: string
  readonly region: string
}

function branchSql({ row, columns, party, from, region }: Branch): string {
  const { object, fields, constants } = row
  const isPhone = object === 'ContactPointPhone' && columns.includes(E164) && !fields.has(E164)
  const number = fields.get('TelephoneNumber')
  const values = columns
    .filter(column => !column.startsWith('_p_'))
    .map(column => {
      const slot = fields.get(column)
      const constant = constants.get(column)
      const value = slot
        ? `r.${ident(slot.name)}`
        : constant !== undefined
          ? literal(constant)
          : isPhone && column === E164
            ? 'e.e164'
            : 'null::varchar'
      return `, ${value} as ${ident(column)}`
    })
  const join =
    isPhone && number
      ? ` join phone_e164 e on e.raw = r.${ident(number.name)} and e.region = ${literal(region)}`
      : ''
  const some = [...fields.values()].map(slot => `r.${ident(slot.name)} is not null`)
  const where = party === '_p_Id' || some.length === 0 ? '' : ` where ${some.join(' or ')}`
  return `select r.party as ${ident(party)}${values.join('')} from ${from} r${join}${where}`
}

async function fillNumbers(
  session: SqlSession,
  rows: readonly ModelRow[],
  region: string,
): Promise<void> {
  await session.run(
    'create table if not exists phone_e164 (raw varchar, region varchar, e164 varchar)',
  )
  const numbers = rows.flatMap(({ object, fields }) => {
    const slot = object === 'ContactPointPhone' ? fields.get('TelephoneNumber') : undefined
    return slot ? [ident(slot.name)] : []
  })
  const phones = numbers.map(rawSql => ({ stream: RECORD, rawSql, regionSql: literal(region) }))
  await fillPhones(session, { phones }, { stream: RECORD, from: RECORD })
}

/** Records of one source with the same id are one party (semantics 3.2): its first record stands for it. */
async function partiesOf(
  session: SqlSession,
  rows: readonly ModelRow[],
  profile: string,
): Promise<string | undefined> {
  const id = rows.find(row => row.object === profile)?.fields.get('Id')
  if (!id) return undefined
  const key = ident(id.name)
  const [row] = await session.rows(
    `select count(${key}), count(distinct (source, ${key})) filter (${key} is not null) from ${RECORD}`,
  )
  if (numberAt(row, 0) === numberAt(row, 1)) return undefined
  await session.run(
    `create or replace table party as
     select pid, case when ${key} is null then pid else min(pid) over (partition by source, ${key}) end as party
     from ${RECORD}`,
  )
  return 'party'
}
