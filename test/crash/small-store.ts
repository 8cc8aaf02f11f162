import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Engine } from '../../packages/engine/src/app/engine/engine.ts'
import { openEngine } from '../../packages/engine/src/app/engine/open-engine.ts'
import { loadProject } from '../../packages/engine/src/app/project/index.ts'
import { type Clock, systemClock } from '../../packages/engine/src/kernel/clock.ts'
import { writeCrashProject } from './crash-project.ts'

/** An empty folder that goes with the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mainstem-store-'))
  onTestFinished(async () => await rm(folder, { recursive: true, force: true }))
  return folder
}

/** The project of the crash test in a folder that goes with the test. */
export async function smallProject(): Promise<string> {
  const folder = await temporaryFolder()
  await writeCrashProject(folder, 0)
  return folder
}

/** A project's engine, applied; closed with the test unless the test did. */
export async function openStoreOf(folder: string, clock: Clock = systemClock): Promise<Engine> {
  const project = await loadProject(folder)
  const engine = await openEngine({ project, clock })
  let isOpen = true
  const close = engine.close.bind(engine)
  engine.close = async () => {
    if (isOpen) await close()
    isOpen = false
  }
  onTestFinished(async () => await engine.close())
  await engine.apply(project)
  return engine
}

/** A copy of a project with its store, as it lies on the disk. */
export async function copyOf(folder: string): Promise<string> {
  const copy = await temporaryFolder()
  await cp(folder, copy, { recursive: true })
  return copy
}

/** Journals records, as the edge does. */
export async function append(
  engine: Engine,
  stream: string,
  data: readonly object[],
): Promise<bigint> {
  return await engine.parts.append({
    kind: 'rows',
    atMs: Date.parse('2026-01-05T10:00:00Z'),
    space: engine.parts.store.space,
    stream,
    meta: { origin: 'test' },
    body: new TextEncoder().encode(JSON.stringify({ data })),
  })
}

/** A person of the stream `people`. */
export function person(at: number, more: object = {}): object {
  const names = { first_name: `First${at}`, last_name: `Last${at}` }
  return { person_id: `p${at}`, ...names, email: `p${at}@mail.example`, round: 1, ...more }
}

/** What each table holds, told by the number of its rows and one number over all values. */
export async function contentOf(engine: Engine): Promise<ReadonlyMap<string, string>> {
  return await engine.reading(async session => {
    const tables = await session.rows(
      `select table_name from duckdb_tables() where schema_name = '${engine.parts.store.space}' and not temporary order by 1`,
    )
    const content = new Map<string, string>()
    for (const [name] of tables) {
      const table = `"${String(name)}"`
      const [row] = await session.rows(
        `select count(*), coalesce(sum(hash(t)::hugeint), 0)::varchar from ${table} t`,
      )
      content.set(String(name), `${String(row?.[0])} rows, ${String(row?.[1])}`)
    }
    return content
  })
}
