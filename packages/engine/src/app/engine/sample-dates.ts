import type { SqlSession } from '../../lake/index.ts'
import { openFile } from '../../lake/index.ts'
import type { StreamSchema } from '../../streams/index.ts'
import type { Project } from '../project/index.ts'
import { filesOf, sourceFile } from './file-reference.ts'
import { readMeta, writeMeta } from './position.ts'

const DAY_MS = 86_400_000

/**
 * The days by which a sample's times are moved, so that its newest one is yesterday. Found once,
 * when the store is new, and kept: a second run moves by the same.
 */
export async function shiftDaysOf(
  session: SqlSession,
  run: { project: Project; schemas: readonly StreamSchema[]; atMs: number },
): Promise<number> {
  if (run.project.definition.sample?.shiftDates !== true) return 0
  const known = await readMeta(session, 'sample.shiftDays')
  if (known !== undefined) return Number(known)
  const newest = await newestTimeMs(session, run)
  const days =
    newest === undefined ? 0 : Math.floor(run.atMs / DAY_MS) - 1 - Math.floor(newest / DAY_MS)
  await writeMeta(session, 'sample.shiftDays', String(days))
  return days
}

async function newestTimeMs(
  session: SqlSession,
  { project, schemas }: { project: Project; schemas: readonly StreamSchema[] },
): Promise<number | undefined> {
  const found: number[] = []
  for (const { definition } of project.streams) {
    const schema = schemas.find(one => one.name === definition.name)
    const times = schema?.fields.filter(field => field.type === 'DateTime') ?? []
    if (times.length === 0 || definition.connector.type !== 'File') continue
    for (const path of await filesOf(session, definition, project.root)) {
      const opened = await openFile(session, sourceFile(definition, { path, label: path }))
      const source = opened.rows(times, { position: 0n, atMs: 0 })
      const reads = times.map((_, at) => `max(try_cast(r${at}::varchar as timestamptz))`)
      const [row] = await session.rows(
        `select epoch_ms(greatest(${reads.join(', ')})) from (${source.sql})`,
      )
      if (row?.[0] !== null && row?.[0] !== undefined) found.push(Number(row[0]))
    }
  }
  return found.length === 0 ? undefined : Math.max(...found)
}
