import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Clock } from '../../kernel/clock.ts'
import type { Engine } from '../engine/engine.ts'
import { openEngine } from '../engine/open-engine.ts'
import { runStages } from '../engine/run-stages.ts'
import { loadProject } from '../project/index.ts'

/**
 * A little of everything: five streams of different modes, phones, a fuzzy rule, people known by an
 * e-mail alone, accounts whose ruleset waits for its run, insights, a segment and a file activation.
 * Each stream has a row that nothing is made from; its `note` is "inert".
 */
const FILES: Readonly<Record<string, string>> = {
  'mainstem.yaml': 'name: small\nregion: FR\n',
  'data/crm.csv': `contact_id,kind,first_name,last_name,email,mobile,city,updated_at,note
1,person,Robert,Stone,bob@example.com,06 12 34 56 78,Lyon,2024-01-01T00:00:00Z,
2,person,Bob,Stone,,,Lyon,2024-02-01T00:00:00Z,
3,person,Ann,Lee,ann@example.com,0612345679,Paris,2024-01-01T00:00:00Z,
4,person,Anna,Lee,ann.lee@example.com,,Nice,2024-01-05T00:00:00Z,
5,person,Carl,May,carl@example.com,+33 6 99 88 77 66,Nice,2024-01-05T00:00:00Z,
6,test,Zed,Zero,zed@example.com,,Nice,2024-01-05T00:00:00Z,inert
7,person,Bad,Date,bad@example.com,,Nice,yesterday,
`,
  'data/orders.csv': `order_id,customer_id,amount,ordered_at,note
o1,1,100.10,2024-03-01T10:00:00Z,
o2,1,50.20,2024-03-02T10:00:00Z,
o3,3,70.00,2024-03-03T10:00:00Z,
o4,5,10.00,2024-03-04T10:00:00Z,
o5,,1.00,2024-03-05T10:00:00Z,inert
o6,5,3.00,2024-03-06T10:00:00Z,
`,
  'data/visits.csv': `contact_id,page,note
1,/home,
3,/home,
8,/nowhere,inert
`,
  'data/accounts.csv': `account_id,kind,name,vat,note
a1,company,Acme,FR1,
a2,company,Acme Ltd,FR1,
a3,company,Other,FR2,
a4,test,Nobody,FR9,inert
`,
  'streams/crm.yaml': `
name: crm
connector: { type: File, path: data/crm.csv }
category: Profile
primaryKey: contact_id
recordModified: updated_at
keyQualifier: crm
fields: { contact_id: Text, kind: Text, first_name: Text, last_name: Text, email: Email, mobile: Phone, city: Text, updated_at: DateTime, note: Text }
`,
  'streams/orders.yaml': `
name: orders
connector: { type: File, path: data/orders.csv }
category: Other
primaryKey: order_id
keyQualifier: crm
fields: { order_id: Text, customer_id: Text, amount: Currency, ordered_at: DateTime, note: Text }
`,
  'streams/visits.yaml': `
name: visits
connector: { type: File, path: "data/visits*.csv" }
category: Other
primaryKey: contact_id
refreshMode: APPEND
fields: { contact_id: Text, page: Text, note: Text }
`,
  'streams/accounts.yaml': `
name: accounts
connector: { type: File, path: data/accounts.csv }
category: Profile
primaryKey: account_id
refreshMode: FULL_REFRESH
fields: { account_id: Text, kind: Text, name: Text, vat: Text, note: Text }
`,
  'streams/shop.yaml': `
name: shop
connector: { type: IngestApi, source: shop, object: shop }
category: Profile
primaryKey: customer_id
keyQualifier: shop
fields: { customer_id: Text, kind: Text, first_name: Text, last_name: Text, email: Email, note: Text }
`,
  'streams/events.yaml': `
name: events
connector: { type: IngestApi, source: chat, object: events }
category: Engagement
primaryKey: event_id
eventTime: at
identity: { email: customer_email, phone: customer_phone }
fields: { event_id: Text, at: DateTime, customer_email: Email, customer_phone: Phone, channel: Text, note: Text }
`,
  'mappings/crm.yaml': `
stream: crm
objects:
  - object: Individual
    fields: { Id: contact_id, FirstName: first_name, LastName: last_name, LastModifiedDate: updated_at }
    filter: { field: kind, op: isEqualTo, value: person }
  - { object: ContactPointEmail, fields: { EmailAddress: email }, filter: { field: kind, op: isEqualTo, value: person } }
  - { object: ContactPointPhone, fields: { TelephoneNumber: mobile }, filter: { field: kind, op: isEqualTo, value: person } }
  - { object: ContactPointAddress, fields: { CityName: city }, filter: { field: kind, op: isEqualTo, value: person } }
`,
  'mappings/shop.yaml': `
stream: shop
objects:
  - object: Individual
    fields: { Id: customer_id, FirstName: first_name, LastName: last_name }
    filter: { field: kind, op: isEqualTo, value: person }
  - { object: ContactPointEmail, fields: { EmailAddress: email }, filter: { field: kind, op: isEqualTo, value: person } }
`,
  'mappings/orders.yaml': `
stream: orders
objects:
  - object: SalesOrder
    fields: { Id: order_id, SoldToCustomerId: customer_id, TotalAmount: amount, PurchaseOrderDate: ordered_at }
    constants: { CurrencyCode: EUR }
`,
  'mappings/events.yaml': `
stream: events
objects:
  - { object: MessageEngagement, fields: { Id: event_id, EngagementDateTm: at, EngagementChannelId: channel } }
`,
  'mappings/accounts.yaml': `
stream: accounts
objects:
  - { object: Account, fields: { Id: account_id, Name: name }, filter: { field: kind, op: isEqualTo, value: company } }
  - object: PartyIdentification
    fields: { IdentificationNumber: vat }
    constants: { Name: VAT, PartyIdentificationTypeId: Tax }
    filter: { field: kind, op: isEqualTo, value: company }
`,
  'rulesets/people.yaml': `
label: People
configurationType: Individual
matchRules:
  - { label: Email, criteria: [{ entityName: ContactPointEmail, fieldName: EmailAddress, matchMethodType: EXACT_NORMALIZED }] }
  - { label: Phone, criteria: [{ entityName: ContactPointPhone, fieldName: FormattedE164PhoneNumber, matchMethodType: EXACT_NORMALIZED }] }
  - label: Name and city
    criteria:
      - { entityName: Individual, fieldName: FirstName, matchMethodType: FUZZY }
      - { entityName: Individual, fieldName: LastName, matchMethodType: EXACT }
      - { entityName: ContactPointAddress, fieldName: CityName, matchMethodType: EXACT }
`,
  'rulesets/accounts.yaml': `
label: Accounts
configurationType: Account
refresh: onDemand
matchRules:
  - label: VAT
    criteria:
      - { entityName: PartyIdentification, fieldName: IdentificationNumber, matchMethodType: EXACT, partyIdentificationInfo: { partyName: VAT, partyType: Tax } }
`,
  'insights/lifetime_value.yaml': `
apiName: lifetime_value
expression: |
  SELECT UnifiedIndividual.Id, SUM(SalesOrder.TotalAmount) AS lifetime_value, COUNT(SalesOrder.Id) AS total_orders
  FROM UnifiedIndividual
  JOIN UnifiedLinkIndividual ON UnifiedIndividual.Id = UnifiedLinkIndividual.UnifiedIndividualId
  JOIN SalesOrder ON UnifiedLinkIndividual.SourceRecordId = SalesOrder.CustomerId
  GROUP BY UnifiedIndividual.Id
`,
  'insights/sales.yaml': `
apiName: sales
expression: |
  SELECT SalesOrder.CurrencyCode AS currency, SUM(SalesOrder.TotalAmount) AS total
  FROM SalesOrder WHERE SalesOrder.CustomerId IS NOT NULL GROUP BY SalesOrder.CurrencyCode
`,
  'segments/spenders.yaml': `
developerName: spenders
segmentOn: UnifiedIndividual
include: { all: [{ attribute: lifetime_value.lifetime_value, op: isGreaterThan, value: 5 }] }
`,
  'targets/files.yaml': 'name: files\nplatformType: File\npath: out\nformat: CSV\n',
  'activations/letter.yaml': `
name: letter
segment: spenders
target: files
contactPoint: { type: Email }
consent: { none: a test }
attributes: [FirstName, LastName]
`,
}

/** A clock that goes forward by itself, a second at every look. */
export function steppingClock(fromMs = Date.UTC(2026, 10, 22)): Clock {
  let atMs = fromMs
  return { nowMs: () => (atMs += 1000) }
}

/** A copy of a project, open. */
export interface World {
  readonly root: string
  readonly engine: Engine
  post(stream: string, ...records: readonly object[]): Promise<void>
  remove(stream: string, ...ids: readonly string[]): Promise<void>
  close(): Promise<void>
}

/** Opens a project in a folder of its own: the small one, or a copy of another. */
export async function openWorld(from?: string): Promise<World> {
  const root = await mkdtemp(join(tmpdir(), 'verify-'))
  if (from) await cp(from, root, { recursive: true, filter: path => !/[\\/](\.mainstem|out)$/.test(path) })
  else {
    for (const [name, content] of Object.entries(FILES)) {
      await mkdir(dirname(join(root, name)), { recursive: true })
      await writeFile(join(root, name), content)
    }
  }
  const project = await loadProject(root)
  const failures: unknown[] = []
  const engine = await openEngine({ project, clock: steppingClock(), onUnexpected: error => { console.error(error); failures.push(error) } })
  await engine.apply(project)
  const send = async (stream: string, kind: 'rows' | 'delete', body: object): Promise<void> => {
    await engine.parts.append({
      kind,
      atMs: engine.clock.nowMs(),
      space: engine.parts.store.space,
      stream,
      meta: { origin: 'request' },
      body: new TextEncoder().encode(JSON.stringify(body)),
    })
    await engine.catchUp()
    if (failures.length > 0) throw failures[0]
  }
  return {
    root,
    engine,
    post: async (stream, ...data) => await send(stream, 'rows', { data }),
    remove: async (stream, ...ids) => await send(stream, 'delete', { ids }),
    async close() {
      await engine.close()
      await rm(root, { recursive: true })
    },
  }
}

/** The small project after some days of life: every one of its tables has rows, and nothing waits but accounts. */
export async function livedInWorld(): Promise<World> {
  const world = await openWorld()
  const { engine, post, remove } = world
  await must(runStages(engine, {}))
  await post(
    'shop',
    { customer_id: '1', kind: 'person', first_name: 'Bo', last_name: 'Stone', email: 'bob@example.com' },
    { customer_id: '2', kind: 'person', first_name: 'Dora', last_name: 'Moon', email: 'dora@example.com' },
    { customer_id: '9', kind: 'test', first_name: 'No', last_name: 'Body', email: 'no@example.com', note: 'inert' },
  )
  await post(
    'events',
    { event_id: 'e1', at: '2024-04-01T10:00:00Z', customer_email: 'lead@example.com', channel: 'chat' },
    { event_id: 'e2', at: '2024-04-02T10:00:00Z', customer_email: 'ann@example.com', customer_phone: '0612345679' },
    { event_id: 'e3', at: '2024-04-02T10:00:00Z', channel: 'web', note: 'inert' },
  )
  // Dora turns out to be Carl: two become one, and the younger id an alias.
  await post('shop', { customer_id: '2', kind: 'person', first_name: 'Dora', last_name: 'Moon', email: 'carl@example.com' })
  await remove('crm', '4')
  await writeFile(join(world.root, 'data/visits2.csv'), 'contact_id,page,note\n1,/second,\n4,/second,\n')
  await must(runStages(engine, {}))
  await writeFile(join(world.root, 'data/accounts.csv'), `account_id,kind,name,vat,note
a1,company,Acme,FR1,
a2,company,Acme Ltd,FR1,
a3,company,Another,FR3,
a4,test,Nobody,FR9,inert
`)
  await must(runStages(engine, { stage: 'streams' }))
  await must(runStages(engine, { stage: 'insights' }))
  return world
}

async function must(running: ReturnType<typeof runStages>): Promise<void> {
  const failed = (await running).find(stage => stage.status === 'ERROR')
  if (failed) throw new Error(`${failed.stage} ${failed.name}: ${failed.error}`)
}
