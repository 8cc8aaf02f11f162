import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Clock } from '../../kernel/clock.ts'
import { decide } from '../commands/decide.ts'
import type { Engine } from '../engine/engine.ts'
import { openEngine } from '../engine/open-engine.ts'
import { runStages } from '../engine/run-stages.ts'
import { loadProject } from '../project/index.ts'
import { SMALL_PROJECT } from './small-project.fixture.ts'

/** A clock that goes forward by itself, a second at every look. */
export function steppingClock(fromMs = Date.UTC(2026, 10, 22)): Clock {
  let atMs = fromMs
  return { nowMs: () => (atMs += 1000) }
}

/** A copy of a project, open. */
export interface World {
  readonly root: string
  readonly engine: Engine
  readonly post: (stream: string, ...records: readonly object[]) => Promise<void>
  readonly remove: (stream: string, ...ids: readonly string[]) => Promise<void>
  close(): Promise<void>
}

/** Opens a project in a folder of its own: the small one, or a copy of another. */
export async function openWorld(from?: string): Promise<World> {
  const root = await mkdtemp(join(tmpdir(), 'verify-'))
  if (from)
    await cp(from, root, { recursive: true, filter: path => !/[\\/](\.mainstem|out)$/.test(path) })
  else {
    for (const [name, content] of Object.entries(SMALL_PROJECT)) {
      await mkdir(dirname(join(root, name)), { recursive: true })
      await writeFile(join(root, name), content)
    }
  }
  const project = await loadProject(root)
  const failures: unknown[] = []
  const engine = await openEngine({
    project,
    clock: steppingClock(),
    onUnexpected: error => failures.push(error),
  })
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
    person('1', 'Bo', 'Stone', 'bob@example.com'),
    person('2', 'Dora', 'Moon', 'dora@example.com'),
    { ...person('9', 'No', 'Body', 'no@example.com'), kind: 'test', note: 'inert' },
  )
  const at = '2024-04-02T10:00:00Z'
  await post(
    'events',
    { event_id: 'e1', at, customer_email: 'lead@example.com', channel: 'chat' },
    { event_id: 'e2', at, customer_email: 'ann@example.com', customer_phone: '0612345679' },
    { event_id: 'e3', at, channel: 'web', note: 'inert' },
  )
  // Dora turns out to be Carl: two become one, and the younger id an alias.
  await post('shop', person('2', 'Dora', 'Moon', 'carl@example.com'))
  await remove('crm', '4')
  const told = { author: 'Steward', reason: 'inert' }
  await decide(engine, { a: 'crm/3', b: 'crm/5', verdict: 'never', ...told })
  await decide(engine, { ...told, a: 'crm/1', b: 'crm/2', verdict: 'together', reason: 'one man' })
  await writeFile(
    join(world.root, 'data/visits2.csv'),
    'contact_id,page,note\n1,/second,\n4,/second,\n',
  )
  await must(runStages(engine, {}))
  await writeFile(
    join(world.root, 'data/accounts.csv'),
    `account_id,kind,name,vat,note
a1,company,Acme,FR1,
a2,company,Acme Ltd,FR1,
a3,company,Another,FR3,
a4,test,Nobody,FR9,inert
`,
  )
  await must(runStages(engine, { stage: 'streams' }))
  await must(runStages(engine, { stage: 'insights' }))
  return world
}

/** A record of the shop. */
export function person(customer_id: string, ...names: readonly [string, string, string]): object {
  const [first_name, last_name, email] = names
  return { customer_id, kind: 'person', first_name, last_name, email }
}

async function must(running: ReturnType<typeof runStages>): Promise<void> {
  const failed = (await running).find(stage => stage.status === 'ERROR')
  if (failed) throw new Error(`${failed.stage} ${failed.name}: ${failed.error}`)
}
