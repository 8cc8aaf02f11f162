import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { onTestFinished } from 'vitest'
import { fixedClock } from '../../kernel/clock.ts'
import type { Engine } from '../engine/engine.ts'
import { openEngine } from '../engine/open-engine.ts'
import { runStages } from '../engine/run-stages.ts'
import { loadProject } from '../project/index.ts'

const EXAMPLES = resolve(import.meta.dirname, '../../../../../examples')
const CLOCK = fixedClock(Date.parse('2025-07-01T12:00:00Z'))

/** An empty folder that goes with the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'mainstem-command-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A folder with these files. */
export function folderWith(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = temporaryFolder()
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), content)
  }
  return folder
}

/** A copy of the example with two sources, without its store. */
export function twoSources(): string {
  const folder = temporaryFolder()
  cpSync(join(EXAMPLES, 'two-sources'), folder, {
    recursive: true,
    filter: path => !path.includes('.mainstem'),
  })
  return folder
}

/** The engine of a project, applied and run to the end; it goes with the test. */
export async function runningEngine(folder: string, stages = true): Promise<Engine> {
  const project = await loadProject(folder)
  const engine = await openEngine({ project, clock: CLOCK })
  onTestFinished(async () => await engine.close())
  await engine.apply(project)
  if (stages) await runStages(engine, {})
  return engine
}

/** One value of a query, as a number. */
export async function countOf(engine: Engine, sql: string): Promise<number> {
  const [row] = await engine.reading(session => session.rows(sql))
  return Number(row?.[0])
}

/** The counters of a stream: what was processed, and what each record became. */
export async function countersOf(engine: Engine, stream: string): Promise<readonly number[]> {
  const [row] = await engine.reading(session =>
    session.rows(
      `select sum(processed), sum(added + updated + unchanged + stale), sum(problems) from stream_counter where stream = ?`,
      [stream],
    ),
  )
  return (row ?? []).map(Number)
}
