import { mkdir, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** The bearer token of the project under test. */
export const TOKEN = 'crash-test-token'

/**
 * A project with every way in: single records that replace each other, single records that are only
 * added, files that add, and a file that replaces all. What follows is a ruleset by e-mail and by
 * similar names, and an insight that is kept up with every batch.
 */
const FILES: Readonly<Record<string, string>> = {
  'streams/people.yaml': `
name: people
connector: { type: IngestApi, source: shop, object: people }
category: Profile
primaryKey: person_id
keyQualifier: shop
fields: { person_id: Text, first_name: Text, last_name: Text, email: Email, phone: Phone, round: Number }
`,
  'streams/clicks.yaml': `
name: clicks
connector: { type: IngestApi, source: shop, object: clicks }
category: Engagement
primaryKey: click_id
eventTime: clicked_at
refreshMode: APPEND
keyQualifier: shop
fields: { click_id: Text, person_id: Text, clicked_at: DateTime, round: Number }
`,
  'streams/orders.yaml': `
name: orders
connector: { type: File, path: data/orders/*.csv }
category: Other
primaryKey: order_id
keyQualifier: shop
fields: { order_id: Text, person_id: Text, amount: Currency, round: Number }
`,
  'streams/members.yaml': `
name: members
connector: { type: File, path: data/members.csv }
category: Profile
primaryKey: member_id
refreshMode: FULL_REFRESH
keyQualifier: club
fields: { member_id: Text, first_name: Text, last_name: Text, email: Email, version: Number }
`,
  'mappings/people.yaml': `
stream: people
objects:
  - object: Individual
    fields: { Id: person_id, FirstName: first_name, LastName: last_name }
  - object: ContactPointEmail
    fields: { EmailAddress: email }
  - object: ContactPointPhone
    fields: { TelephoneNumber: phone }
`,
  'mappings/clicks.yaml': `
stream: clicks
objects:
  - object: WebsiteEngagement
    fields: { Id: click_id, IndividualId: person_id, EngagementDateTm: clicked_at }
`,
  'mappings/orders.yaml': `
stream: orders
objects:
  - object: SalesOrder
    fields: { Id: order_id, SoldToCustomerId: person_id, TotalAmount: amount }
`,
  'mappings/members.yaml': `
stream: members
objects:
  - object: Individual
    fields: { Id: member_id, FirstName: first_name, LastName: last_name, InfluencerRating: version }
  - object: ContactPointEmail
    fields: { EmailAddress: email }
`,
  'rulesets/everyone.yaml': `
label: Everyone
configurationType: Individual
surnamesMax: 100000
matchRules:
  - label: Email
    criteria: [{ entityName: ContactPointEmail, fieldName: EmailAddress, matchMethodType: EXACT_NORMALIZED }]
  - label: Name
    criteria:
      - { entityName: Individual, fieldName: FirstName, matchMethodType: FUZZY }
      - { entityName: Individual, fieldName: LastName, matchMethodType: EXACT }
`,
  'insights/order_count.yaml': `
apiName: order_count
refresh: continuous
expression: |
  SELECT UnifiedIndividual.Id, COUNT(SalesOrder.Id) AS orders
  FROM UnifiedIndividual
  JOIN UnifiedLinkIndividual ON UnifiedIndividual.Id = UnifiedLinkIndividual.UnifiedIndividualId
  JOIN SalesOrder ON UnifiedLinkIndividual.SourceRecordId = SalesOrder.CustomerId
  GROUP BY UnifiedIndividual.Id
`,
}

/** Writes the project into a folder. */
export async function writeCrashProject(folder: string, port: number): Promise<void> {
  const server = `server: { host: 127.0.0.1, port: ${port}, token: { env: MAINSTEM_TOKEN } }`
  const files = { 'mainstem.yaml': `name: crash\n${server}\n`, ...FILES }
  for (const [name, text] of Object.entries(files)) await place(join(folder, name), text)
  await writeOrders(folder, 0, [])
  await writeMembers(folder, 0)
}

/** The orders of a round: one for each of these people. */
export async function writeOrders(
  folder: string,
  round: number,
  people: readonly string[],
): Promise<void> {
  const rows = people.map((person, at) => `o${round}-${at},${person},${at}.50,${round}`)
  const text = ['order_id,person_id,amount,round', ...rows, ''].join('\n')
  await place(join(folder, 'data', 'orders', `${String(round).padStart(5, '0')}.csv`), text)
}

/** How many members a version of the member list has: its count tells versions apart. */
export function membersOf(version: number): number {
  return 150 + (version % 7)
}

/** The list of members; each version has its number in every row. */
export async function writeMembers(folder: string, version: number): Promise<void> {
  const rows = Array.from(
    { length: membersOf(version) },
    (_, at) => `m${at},Mem${at},Club${at},m${at}@club.example,${version}`,
  )
  const text = ['member_id,first_name,last_name,email,version', ...rows, ''].join('\n')
  await place(join(folder, 'data', 'members.csv'), text)
}

/** Whole or not at all: the server may look at any moment. */
async function place(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(`${path}.part`, text)
  await rename(`${path}.part`, path)
}
