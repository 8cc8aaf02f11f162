import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { retainRuns } from '../../jobs/index.ts'
import { retainSegmentHistory } from '../../segments/index.ts'
import type { Engine } from './engine.ts'
import { retainMetrics } from './metrics-history.ts'

/**
 * Days for which things are kept that nothing needs any more, each a setting under `limits` in
 * mainstem.yaml; null keeps for ever. Problem records, deletes, and what files were taken in are
 * never let go.
 */
export const KEPT_DAYS = { 'run.keptDays': 90, 'file.keptDays': 7, 'seg.historyDays': 30 } as const

const DAY_MS = 86_400_000
/** A copy may be at work for a while before its place in the journal is known. */
const FILE_DAYS_MIN = 1

/** What was let go. */
export interface Retained {
  /** Copies of files that were applied. */
  readonly files: number
  /** Entries of the journal that were applied; counted where this process has the journal. */
  readonly entries: number
}

/** Lets go of what was applied or is past its days. */
export async function retain(engine: Engine): Promise<Retained> {
  return await engine.exclusive(async () => {
    const { writer, ownJournal } = engine.parts
    const asOf = new Date(engine.clock.nowMs())
    const runDays = keptDays(engine, 'run.keptDays')
    const segmentDays = keptDays(engine, 'seg.historyDays')
    await writer.transaction(async () => {
      if (runDays !== null) {
        await retainRuns(writer, asOf, runDays)
        await retainMetrics(writer, asOf, runDays)
      }
      if (segmentDays !== null) await retainSegmentHistory(writer, asOf, segmentDays)
    })
    const entries = (await ownJournal?.retain(engine.applier.position)) ?? 0
    return { files: await retainFiles(engine, asOf), entries }
  })
}

/** While entries wait to be applied, each copy may be one that they refer to. */
async function retainFiles(engine: Engine, asOf: Date): Promise<number> {
  const days = keptDays(engine, 'file.keptDays')
  if (days === null || engine.applier.position < engine.journalEnd) return 0
  const before = asOf.getTime() - Math.max(days, FILE_DAYS_MIN) * DAY_MS
  const wanted = await filesOfOpenProblems(engine)
  const folder = engine.parts.store.paths.files
  let gone = 0
  for (const name of await readdir(folder)) {
    const path = join(folder, name)
    const { mtimeMs } = await stat(path)
    if (mtimeMs >= before || wanted.has(name.slice(0, name.indexOf('.')))) continue
    await rm(path, { force: true })
    gone++
  }
  return gone
}

/** Lines that could not be read are taken in again by the header of the file that they stood in. */
async function filesOfOpenProblems(engine: Engine): Promise<ReadonlySet<string>> {
  const rows = await engine.parts.writer.rows(
    `select distinct f.sha256 from file_taken f
     where exists (select 1 from problem p where p.stream = f.stream and p.pos = f.pos and p.state = 'open')`,
  )
  return new Set(rows.map(([sha256]) => String(sha256)))
}

function keptDays(engine: Engine, name: keyof typeof KEPT_DAYS): number | null {
  const given = new Map<string, number | null>(
    Object.entries(engine.applied.project.definition.limits),
  ).get(name)
  return given === undefined ? KEPT_DAYS[name] : given
}
