import { afterAll, beforeAll, expect, test } from 'vitest'
import { ident, literal } from '../../query/index.ts'
import { type VerifyReport, verifyStore } from './index.ts'
import type { TableCheck } from './report.ts'
import { livedInWorld, type World } from './small-world.fixture.ts'

/**
 * One row of every table of the data space is changed, taken away, or there twice; verify must find
 * exactly that. A table that is new fails here until somebody says how to damage it.
 */
let world: World
beforeAll(async () => {
  world = await livedInWorld()
  for (let times = 0; times < 3; times++) await verifyStore(world.engine)
})
afterAll(async () => await world.close())

/** How to damage a table, where the first row and column that come do not do. */
interface Damage {
  /** A column and the value that it gets. */
  readonly set: readonly [column: string, sql: string]
  /** The row that is changed; any if left out. */
  readonly where?: string
  /** The row that is taken away, where it is another. */
  readonly gone?: string
  /** A row that is put in where there is none to be damaged. */
  readonly insert?: string
}

const inert: Damage = { set: ['note', `'changed'`], where: `note = 'inert'` }

const LAST_BUT_ONE = `(select body from verify_result order by json_extract_string(body, '$.number')::bigint desc limit 1 offset 1)`

/** Profiles that wait for a run are compared after it. */
const SETTLED =
  'uid not in (select uid from link__SLOT where pid in (select pid from pending__SLOT))'

/** By the part of a table's name before `__`. */
const DAMAGES: Readonly<Record<string, Damage>> = {
  stream_state: { set: ['schema_json', `'{}'`] },
  stream_counter: { set: ['added', 'added + 1'], where: `stream = 'orders'` },
  file_taken: { set: ['sha256', `'x'`], where: `stream = 'orders'` },
  problem: { set: ['state', `'lost'`] },
  decision: { set: ['verdict', `'perhaps'`], where: `reason = 'inert'` },
  delete_job: { set: ['deleted', `'{"crm__dll":7}'`] },
  party: { set: ['id', `'somebody else'`], where: `id = '6'` },
  dlo_crm: inert,
  dlo_orders: inert,
  dlo_visits: inert,
  dlo_accounts: inert,
  dlo_shop: inert,
  dlo_events: inert,
  phone_e164: { set: ['e164', `'+33100000000'`], where: 'e164 is not null' },
  fuzzy_value: { set: ['name', `name || 'x'`], where: `name like 'c%'` },
  match_key: { set: ['pid', 'pid + 1000'], where: 'pid not in (select pid from pending__SLOT)' },
  link: {
    set: ['uid', '(select max(uid) from link__SLOT)'],
    where: 'uid = (select min(uid) from link__SLOT)',
  },
  unified_id: { set: ['id', `'not an id'`], where: 'alias_of is null and retired_pos is null' },
  identity_event: { set: ['uid', 'uid + 1000'], where: `kind = 'created'` },
  pending: { set: ['pid', '12345'], insert: 'values (1)' },
  unified_ContactPointEmail: { set: ['EmailAddress', `'x@example.com'`], where: SETTLED },
  unified_ContactPointPhone: { set: ['TelephoneNumber', `'1'`], where: SETTLED },
  unified_ContactPointAddress: { set: ['CityName', `'Rome'`], where: SETTLED },
  unified_PartyIdentification: { set: ['IdentificationNumber', `'FR0'`], where: SETTLED },
  unified: { set: ['CustomerKey', `'x'`], where: SETTLED },
  touched_profile: {
    set: ['uid', '-5'],
    where: `uid in (select uid from link__SLOT) and uid in (select uid from touched_profile__SLOT group by uid having count(*) = 1)`,
  },
  cio_lifetime_value: { set: ['lifetime_value', 'lifetime_value + 0.01'] },
  cio_sales: { set: ['total', 'total + 0.01'] },
  insight_state: { set: ['rows_out', 'rows_out + 1'] },
  segment_member: { set: ['id', `'nobody'`] },
  segment_history: {
    set: ['delta', `'forgotten'`],
    where: 'publish = (select max(publish) from segment_history)',
  },
  segment_state: { set: ['members', 'members + 1'] },
  audience: { set: ['record', `'{}'`] },
  audience_history: { set: ['record', `'{}'`] },
  activation_publish: { set: ['status', `'LOST'`], gone: 'messages > 0' },
  outbox: { set: ['events', '0'] },
  delivery: { set: ['attempt', 'attempt + 3'] },
  meta: { set: ['value', `'999999'`] },
  definition: { set: ['body', `'{}'`] },
  run: { set: ['status', `'LOST'`], gone: 'id = (select max(id) - 1 from run)' },
  ruleset_metrics: {
    set: ['status', `'LOST'`],
    gone: 'id = (select max(id) - 1 from ruleset_metrics)',
  },
  verify_result: { set: ['differences', '7'], gone: `body = ${LAST_BUT_ONE}` },
}

/**
 * Tables that the small project leaves empty, with why; they are damaged by a row too many, as are
 * those of the queues of rulesets that run with every batch.
 */
const EMPTY: Readonly<Record<string, string>> = {
  pending__i_: 'nobody waits for a ruleset that runs with every batch',
  unified_ContactPointEmail__a_: 'no e-mail of the small project is an account’s',
  unified_ContactPointPhone__a_: 'no phone of the small project is an account’s',
  unified_ContactPointAddress__a_: 'no address of the small project is an account’s',
  unified_PartyIdentification__i_: 'no number of the small project is a person’s',
}

/** Tables in which a row may be there twice, with why. */
const TWICE: Readonly<Record<string, string>> = {
  pending__a_: 'who changed twice since the last run waits twice; the run looks at each once',
}

const ONE_BY_ONE = process.env['DAMAGE_ONE_BY_ONE'] !== undefined

const KINDS = ['changed', 'gone', 'twice'] as const
type Kind = (typeof KINDS)[number]

test('every table of the data space is looked at', async () => {
  const { stages } = await verifyStore(world.engine)
  expect(stages.map(one => one.object).toSorted()).toEqual(await tables())
})

test('where recorded tables disagree it is the damaged one that is wrong', async () => {
  const { stages } = await verifyStore(world.engine)
  const voting = stages.filter(({ stage }) =>
    ['streams', 'segments', 'activation', 'store'].includes(stage),
  )
  const wrong: string[] = []
  for (const check of voting) {
    for (const kind of KINDS) wrong.push(...(await findings([check], { kind, stage: check.stage })))
  }
  expect(wrong).toEqual([])
})

test.each(KINDS)(
  'a row %s is found in its table, and not again in what is made from it',
  { timeout: ONE_BY_ONE ? 900_000 : 60_000 },
  async kind => {
    const { stages } = await verifyStore(world.engine)
    const wrong: string[] = []
    for (const group of groupsOf(stages)) wrong.push(...(await findings(group, { kind })))
    expect(wrong).toEqual([])
  },
)

test('after all that nothing differs', async () => {
  const report = await verifyStore(world.engine)
  expect([report.differences, report.notCompared]).toEqual([0, []])
})

async function tables(): Promise<readonly string[]> {
  const { space } = world.engine.parts.store
  const rows = await world.engine.parts.writer.rows(
    `select table_name from duckdb_tables() where schema_name = ${literal(space)} and not temporary order by 1`,
  )
  return rows.map(([name]) => String(name)).toSorted()
}

/**
 * A verify a table takes minutes (set DAMAGE_ONE_BY_ONE for that), so some are damaged at a time: few
 * of one stage, because its tables vote on each other.
 */
function groupsOf(stages: readonly TableCheck[]): readonly (readonly TableCheck[])[] {
  if (ONE_BY_ONE) return stages.map(check => [check])
  const groups: TableCheck[][] = []
  const seen = new Map<string, number>()
  for (const check of stages) {
    const place = seen.get(check.stage) ?? 0
    seen.set(check.stage, place + 1)
    const at = place % 5
    groups[at] = [...(groups[at] ?? []), check]
  }
  return groups
}

/** Damages one row of each table, verifies, puts everything back; answers what was not as it must be. */
async function findings(
  group: readonly TableCheck[],
  { kind, stage }: { kind: Kind; stage?: string },
): Promise<readonly string[]> {
  const { engine } = world
  const { writer } = engine.parts
  const damaged = new Set<string>()
  try {
    for (const { object } of group) {
      await writer.run(
        `create or replace temp table ${ident(`kept_${object}`)} as from ${ident(object)}`,
      )
      if (await damage(object, kind)) damaged.add(object)
    }
    const report = await verifyStore(engine, stage === undefined ? {} : { stage })
    return judge(report, { damaged, kind }).map(fault => `${kind}: ${fault}`)
  } finally {
    for (const { object } of group) {
      await writer.run(`delete from ${ident(object)}`)
      await writer.run(`insert into ${ident(object)} from ${ident(`kept_${object}`)}`)
      await writer.run(`drop table ${ident(`kept_${object}`)}`)
    }
  }
}

function judge(
  { stages, notCompared }: VerifyReport,
  { damaged, kind }: { damaged: ReadonlySet<string>; kind: Kind },
): readonly string[] {
  const faults = notCompared.map(object => `${object} was not compared`)
  for (const check of stages) {
    const { object, differences, sample } = check
    if (damaged.has(object)) faults.push(...missed(check, kind))
    else if (differences > 0) {
      faults.push(
        `${object}: ${differences} differ where only ${[...damaged].join(', ')} is damaged: ${JSON.stringify(sample[0])}`,
      )
    }
  }
  return faults
}

/** What a report does not tell of a damaged row. */
function missed(
  { object, kind: of, differences, sample }: TableCheck,
  kind: Kind,
): readonly string[] {
  if (differences === 0) return [`${object}: the damage was not found`]
  if (sample.length === 0) return [`${object}: the row is not shown`]
  if (of === 'recorded') return []
  const column = DAMAGES[object.split('__')[0] ?? object]?.set[0] ?? ''
  const isShown = sample.some(({ live, recomputed }) => {
    if (kind === 'changed') return live !== null && column in live
    return kind === 'gone' ? live === null : recomputed === null || 'rows' in recomputed
  })
  return isShown ? [] : [`${object}: not the row that is ${kind}: ${JSON.stringify(sample)}`]
}

/** Whether there was a row to damage in this way. */
async function damage(object: string, kind: Kind): Promise<boolean> {
  const [base = object] = object.split('__')
  const how = DAMAGES[base]
  if (!how) throw new Error(`How is ${object} damaged? Say so in DAMAGES.`)
  const { writer } = world.engine.parts
  const table = ident(object)
  if (EMPTY[object] !== undefined) {
    if (kind !== 'twice') return false
    await writer.run(`insert into ${table} ${how.insert ?? '(uid) values (0)'}`)
    return true
  }
  if (kind === 'twice' && TWICE[object] !== undefined) return false
  await writer.run(await damageSql(object, { how, kind }))
  return true
}

async function damageSql(
  object: string,
  { how, kind }: { how: Damage; kind: Kind },
): Promise<string> {
  const table = ident(object)
  const filled = (sql: string): string => sql.replaceAll('SLOT', object.split('__')[1] ?? '')
  const where = filled((kind === 'gone' ? how.gone : undefined) ?? how.where ?? 'true')
  const [row] = await world.engine.parts.writer.rows(
    `select min(rowid) from ${table} where ${where}`,
  )
  const id = row?.[0]
  if (id === null || id === undefined) throw new Error(`${object} has no row where ${where}.`)
  const one = `rowid = ${id}`
  const [column, value] = how.set
  switch (kind) {
    case 'changed':
      return `update ${table} set ${ident(column)} = ${filled(value)} where ${one}`
    case 'gone':
      return `delete from ${table} where ${one}`
    case 'twice':
      return `insert into ${table} select * from ${table} where ${one}`
  }
}
