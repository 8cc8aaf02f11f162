import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { loadProject, ProjectError } from './index.ts'

/** Files of a small project in which everything holds. */
export const SOUND: Readonly<Record<string, string>> = {
  'mainstem.yaml': 'name: acme\n',
  'streams/contacts.yaml': `
name: crm_contacts
connector: { type: File, path: data/contacts.csv }
category: Profile
primaryKey: contact_id
fields: { contact_id: Text, email: Email, first_name: Text }
`,
  'streams/orders.yml': `
name: orders
connector: { type: IngestApi, source: shop, object: orders }
category: Engagement
primaryKey: order_id
eventTime: placed_at
identity: { email: customer_email }
`,
  'mappings/contacts.yaml': `
stream: crm_contacts
objects:
  - object: Individual
    fields: { Id: contact_id, FirstName: first_name }
`,
  'rulesets/people.yaml': `
label: People
configurationType: Individual
matchRules:
  - label: Email
    criteria:
      - { entityName: ContactPointEmail, fieldName: EmailAddress, matchMethodType: EXACT }
`,
  'insights/ltv.yaml': 'apiName: ltv\nexpression: SELECT 1\n',
  'segments/big.yaml': `
developerName: big
segmentOn: UnifiedIndividual
include:
  all:
    - { attribute: ltv.ltv, op: isGreaterThan, value: 5 }
    - any: [{ related: SalesOrder, count: { atLeast: 1 } }]
`,
  'targets/files.yaml': 'name: files\nplatformType: File\npath: out\n',
  'activations/mail.yaml': `
name: mail
segment: big
target: files
consent: { none: a printed letter }
`,
}

/** A folder that is there while the tests of a file run. */
export let room: string
beforeAll(async () => {
  room = await mkdtemp(join(tmpdir(), 'project-'))
})
afterAll(() => rm(room, { recursive: true }))

/** Files by their path in the project. */
export type Files = Readonly<Record<string, string | Uint8Array>>

/** Writes the sound project with changes, and returns its folder. */
export async function project(changes: Files = {}): Promise<string> {
  const root = await mkdtemp(join(room, 'p-'))
  for (const [name, content] of Object.entries({ ...SOUND, ...changes })) {
    await mkdir(dirname(join(root, name)), { recursive: true })
    await writeFile(join(root, name), content)
  }
  return root
}

/** The error that the sound project with changes is refused with. */
export async function refused(changes: Files): Promise<ProjectError> {
  const root = await project(changes)
  const outcome: unknown = await loadProject(root).catch((error: unknown) => error)
  if (!(outcome instanceof ProjectError)) throw new Error(`not refused: ${String(outcome)}`)
  return outcome
}

/** `file:line says` of each mistake. */
export async function told(changes: Files): Promise<string[]> {
  const { mistakes } = await refused(changes)
  return mistakes.map(({ file, line, says, fix }) => `${file}:${line ?? '-'} ${says} ${fix}`)
}

/** Adds lines to a file of the sound project, or puts one line in the place of another. */
export const edit = (file: string, from: string | RegExp, to: string): Files => {
  const changed = (SOUND[file] ?? '').replace(from, to)
  if (changed === SOUND[file]) throw new Error(`${file} has no ${String(from)}`)
  return { [file]: changed }
}
