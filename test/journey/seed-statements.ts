import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const SEEDS = resolve(import.meta.dirname, '../../../shared/seeds')

/** The four SQL statements of the seeds, as they stand there; none where the seeds are not beside the repository. */
export function seedStatements(): string[] {
  if (!existsSync(SEEDS)) return []
  const read = (name: string): string => readFileSync(join(SEEDS, name), 'utf8')
  const calculated =
    read('001_fb588b33f5bccb5e.txt').match(/^SELECT\n[\s\S]*?GROUP BY UnifiedIndividual\.Id$/gm) ??
    []
  const bridged = read('003_9dea00e3e7673dcb.txt')
  const posted = /"sql": "(SELECT [^"]+)"/.exec(bridged)?.[1] ?? ''
  const checked = /^SELECT .*? LIMIT 1/m.exec(bridged)?.[0] ?? ''
  return [...calculated, posted, checked]
}
