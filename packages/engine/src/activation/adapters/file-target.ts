import { mkdir, open, readFile, realpath, rename, rm } from 'node:fs/promises'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { MainstemError } from '@mainstem/contracts'
import type { SqlSession } from '../../lake/index.ts'
import { literal } from '../../query/index.ts'
import type {
  ActivationTarget,
  OutgoingBatch,
  PublishFacts,
  Receipt,
} from '../activation-target.ts'
import { audienceFileSql, type FileFormat } from '../audience-file.sql.ts'

/** A file target's settings. */
export interface FileSettings {
  readonly name: string
  /** The project's folder; nothing is written outside it. */
  readonly projectFolder: string
  /** A folder, relative to the project. */
  readonly path: string
  readonly format?: FileFormat | undefined
}

/**
 * Writes each publish as a folder: `{path}/{segment}/{activation}/{yyyyMMddTHHmmssZ}/` with
 * `data-000.csv` (or json, parquet), `metadata.json` and `_SUCCESS`. The folder is made under
 * another name and renamed: whoever sees it sees it whole.
 */
export class FileTarget implements ActivationTarget {
  readonly wantsBody = false
  readonly batchRowsMax = undefined
  readonly retriesMax = 0
  readonly #settings: FileSettings
  readonly #session: SqlSession

  constructor(settings: FileSettings, session: SqlSession) {
    this.#settings = settings
    this.#session = session
    this.#root()
  }

  refusal(): undefined {
    return undefined
  }

  async send(batch: OutgoingBatch): Promise<Receipt> {
    const { publish } = batch
    try {
      const parent = join(this.#root(), folderName(publish.segment), folderName(publish.activation))
      await this.#stayInside(parent)
      const location = await this.#write(parent, publish)
      return { kind: 'accepted', location: relative(this.#settings.projectFolder, location) }
    } catch (error) {
      if (error instanceof MainstemError)
        return { kind: 'refused', of: 'target', error: error.message }
      const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : ''
      return {
        kind: 'refused',
        of: 'target',
        error: `The files of target ${this.#settings.name} could not be written${code}.`,
      }
    }
  }

  async #write(parent: string, publish: PublishFacts): Promise<string> {
    const name = `${publish.asOf.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`
    const made = join(parent, `.${publish.publishId}`)
    // A crash may have come after the rename: the folder with this publish's id is the answer.
    for (let at = 1; ; at++) {
      const folder = join(parent, at === 1 ? name : `${name}-${at}`)
      const holder = await publishIn(folder)
      if (holder === publish.publishId) return folder
      if (holder !== undefined) continue
      await rm(made, { recursive: true, force: true })
      await mkdir(made, { recursive: true })
      await this.#fill(made, publish)
      await rename(made, folder)
      await sync(parent)
      return folder
    }
  }

  async #fill(folder: string, publish: PublishFacts): Promise<void> {
    const format = this.#settings.format ?? 'CSV'
    const data = `data-000.${format.toLowerCase()}`
    await this.#session.run(audienceFileSql(publish, { format, file: join(folder, data) }))
    const counts = await this.#counts(publish)
    const metadata = {
      publishId: publish.publishId,
      segmentId: publish.segment,
      activationId: publish.activation,
      refreshType: publish.refreshType,
      asOf: publish.asOf.toISOString(),
      format,
      files: [data],
      counts,
      schema: publish.columns,
    }
    await sync(join(folder, data))
    await write(join(folder, 'metadata.json'), `${JSON.stringify(metadata, undefined, 2)}\n`)
    await write(join(folder, '_SUCCESS'), '')
    await sync(folder)
  }

  async #counts(publish: PublishFacts): Promise<Record<string, number>> {
    const rows = await this.#session.rows(
      `select delta, count(*) from audience_history
       where publish_id = ${literal(publish.publishId)} and batch is not null group by delta`,
    )
    const counts = Object.fromEntries(rows.map(([delta, count]) => [String(delta), Number(count)]))
    return { added: 0, updated: 0, deleted: 0, ...counts }
  }

  #root(): string {
    const { name, projectFolder, path } = this.#settings
    const root = resolve(projectFolder, path)
    if (root.startsWith(resolve(projectFolder) + sep)) return root
    throw outside(name)
  }

  /** A link inside the project may lead out of it: what counts is where the folder really is. */
  async #stayInside(folder: string): Promise<void> {
    await this.#checkNearest(folder)
    await mkdir(folder, { recursive: true })
    const [real, project] = [await realpath(folder), await realpath(this.#settings.projectFolder)]
    if (!real.startsWith(project + sep)) throw outside(this.#settings.name)
  }

  /** The nearest ancestor that exists, checked before anything is made below it. */
  async #checkNearest(folder: string): Promise<void> {
    const project = await realpath(this.#settings.projectFolder)
    for (let at = folder; ; at = dirname(at)) {
      const real = await realpath(at).catch(() => undefined)
      if (real === undefined) continue
      if (real === project || real.startsWith(project + sep)) return
      throw outside(this.#settings.name)
    }
  }
}

function outside(target: string): MainstemError {
  return new MainstemError(
    'ACTIVATION_INVALID',
    `Target ${target}: path leads outside the project; choose a folder in it.`,
    {
      key: 'path',
      target,
    },
  )
}

/** A name as one folder: whatever is not a plain character is written as its code. */
function folderName(name: string): string {
  return encodeURIComponent(name)
    .replace(/^\.+/, dots => '%2E'.repeat(dots.length))
    .replaceAll('*', '%2A')
}

/** Which publish a folder holds; a folder without sound metadata holds another. */
async function publishIn(folder: string): Promise<string | undefined> {
  const metadata = await readFile(join(folder, 'metadata.json'), 'utf8').catch((error: unknown) =>
    error instanceof Error && 'code' in error && error.code === 'ENOENT' ? undefined : '{}',
  )
  if (metadata === undefined) return (await realpath(folder).catch(() => undefined)) && ''
  const parsed: unknown = JSON.parse(metadata)
  return typeof parsed === 'object' && parsed !== null && 'publishId' in parsed
    ? String(parsed.publishId)
    : ''
}

async function write(file: string, text: string): Promise<void> {
  const handle = await open(file, 'w')
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
