import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { MainstemError } from '@mainstem/contracts'
import type { SqlSession } from '../../lake/index.ts'
import {
  assertSafe,
  compileQuery,
  jsonRowsSql,
  metadataJson,
  plainColumnsJson,
  plainRowsSql,
} from '../../query/index.ts'
import type { Engine } from '../engine/engine.ts'
import { publicScope } from '../engine/public-relations.ts'
import { placeOf } from './answer.ts'
import { RefusedStatements } from './refused-statements.ts'

/** Limits of one statement from people. */
interface QueryLimits {
  readonly timeoutMs: number
  readonly pageRowsMax: number
  readonly resultBytesMax: number
  /** Statements that run at a time. */
  readonly concurrencyMax: number
  /** How long pages that were not fetched are kept. */
  readonly pagesKeptMs: number
  /** How long a statement has to stop once it was told to; then the process that runs it is ended. */
  readonly stopMs: number
}

/** What holds where a project sets nothing. */
const QUERY_LIMITS: QueryLimits = {
  timeoutMs: 60_000,
  pageRowsMax: 10_000,
  resultBytesMax: 268_435_456,
  concurrencyMax: 4,
  pagesKeptMs: 3_600_000,
  stopMs: 10_000,
}

/** What a runner is told. */
export interface QueryRunnerOptions {
  /** Ends the process: some functions of the SQL engine hear no interrupt. */
  readonly onStuck?: (() => void) | undefined
}

/** The rest of a result, page by page. */
interface KeptPage {
  readonly body: string
  readonly untilMs: number
}

/** Runs statements from people: compiled, checked twice, bounded in time, memory and number. */
export class QueryRunner {
  readonly #engine: Engine
  readonly #pages = new Map<string, KeptPage>()
  readonly #onStuck: (() => void) | undefined
  readonly #refused: RefusedStatements
  #running = 0

  constructor(engine: Engine, options: QueryRunnerOptions = {}) {
    this.#engine = engine
    this.#onStuck = options.onStuck
    this.#refused = new RefusedStatements(join(engine.parts.store.paths.index, 'refused.json'))
  }

  /** Read for each statement: applying the project's files may change them. */
  get #limits(): QueryLimits {
    const { edgeLimits } = this.#engine.applied.project.definition
    const { timeoutMs, concurrencyMax } = QUERY_LIMITS
    return {
      ...QUERY_LIMITS,
      timeoutMs: edgeLimits['query.timeoutMs'] ?? timeoutMs,
      concurrencyMax: Math.min(concurrencyMax, edgeLimits['query.maxConcurrent'] ?? concurrencyMax),
    }
  }

  /** The answer of `queryv2`: rows as arrays, in pages (wire 4.2). */
  async queryv2(sql: string, signal?: AbortSignal): Promise<string> {
    const startedAt = new Date().toISOString()
    const { columns, rows } = await this.#read(sql, { encode: jsonRowsSql, signal })
    const metadata = metadataJson(columns)
    const queryId = `${startedAt.replaceAll(/[-:.TZ]/g, '').slice(0, 14)}_${randomUUID().slice(0, 8)}`
    const pages = pagesOf(rows, this.#limits.pageRowsMax)
    const ids = pages.map((_, at) => (at === 0 ? '' : randomUUID()))
    const endTime = new Date().toISOString()
    const bodies = pages.map((page, at) => {
      const next = ids[at + 1]
      return (
        `{"data":[${page.join(',')}],"startTime":"${startedAt}","endTime":"${endTime}","rowCount":${page.length},` +
        `"queryId":"${queryId}","nextBatchId":"${next ?? ''}","done":${next === undefined},"metadata":${metadata},` +
        `"position":"${placeOf(this.#engine).position}"}`
      )
    })
    const untilMs = Date.now() + this.#limits.pagesKeptMs
    for (const [id, page] of this.#pages) if (page.untilMs < Date.now()) this.#pages.delete(id)
    for (const [at, body] of bodies.entries())
      if (at > 0) this.#pages.set(ids[at] ?? '', { body, untilMs })
    return bodies[0] ?? ''
  }

  /** The next page of a result. */
  nextPage(id: string): string {
    const page = this.#pages.get(id)
    if (page && page.untilMs >= Date.now()) return page.body
    throw new MainstemError(
      'DEFINITION_NOT_FOUND',
      'There is no such batch of a query, or it is too old. Run the query again.',
      { key: 'nextBatchId' },
    )
  }

  /** The answer of the command `query`. */
  async plain(sql: string): Promise<string> {
    const { columns, rows } = await this.#read(sql, { encode: plainRowsSql })
    const { position, asOf } = placeOf(this.#engine)
    return (
      `{"columns":${plainColumnsJson(columns)},"rows":[${rows.join(',')}],"rowCount":${rows.length},` +
      `"position":"${position}","asOf":"${asOf}"}`
    )
  }

  async #read(
    text: string,
    { encode, signal }: { encode: typeof jsonRowsSql; signal?: AbortSignal | undefined },
  ): Promise<{ columns: readonly { name: string; type: string }[]; rows: readonly string[] }> {
    if (this.#running >= this.#limits.concurrencyMax) {
      throw new MainstemError(
        'SQL_LIMIT',
        `${this.#running} statements are running. Try again when one has ended.`,
      )
    }
    this.#refused.check(text, Date.now())
    this.#running++
    try {
      return await this.#engine.reading(async session => {
        const asOf = new Date(this.#engine.clock.nowMs())
        const { space } = this.#engine.parts.store
        const scope = await publicScope(session, { applied: this.#engine.applied, space, asOf })
        const { sql, relations } = compileQuery(text, scope)
        await assertSafe(
          session,
          sql,
          relations.map(name => scope.resolve(name)?.sql ?? name),
        )
        const columns = await described(session, sql)
        return {
          columns,
          rows: await this.#collect(session, { sql: encode(sql, columns), text, signal }),
        }
      })
    } finally {
      this.#running--
    }
  }

  async #collect(
    session: SqlSession,
    { sql, text, signal }: { sql: string; text: string; signal: AbortSignal | undefined },
  ): Promise<readonly string[]> {
    const limits = this.#limits
    let stuck: NodeJS.Timeout | undefined
    const stop = (): void => {
      session.interrupt()
      stuck ??= setTimeout(() => {
        this.#refused.refuse(text, Date.now())
        this.#onStuck?.()
      }, limits.stopMs)
    }
    const timer = setTimeout(stop, limits.timeoutMs)
    signal?.addEventListener('abort', stop)
    const rows: string[] = []
    let bytes = 0
    try {
      for await (const { columns, rowCount } of session.batches(sql)) {
        const [texts] = columns
        for (let at = 0; at < rowCount; at++) {
          const row = String(texts?.[at] ?? 'null')
          bytes += row.length
          rows.push(row)
        }
        if (bytes > limits.resultBytesMax) throw tooLarge(limits.resultBytesMax)
      }
      return rows
    } catch (error) {
      throw told(error, limits)
    } finally {
      clearTimeout(timer)
      clearTimeout(stuck)
      signal?.removeEventListener('abort', stop)
    }
  }
}

async function described(
  session: SqlSession,
  sql: string,
): Promise<Awaited<ReturnType<SqlSession['describe']>>> {
  try {
    return await session.describe(sql)
  } catch (error) {
    throw told(error, QUERY_LIMITS)
  }
}

/** The engine's texts may quote data: what people see are sentences of ours. */
function told(error: unknown, limits: QueryLimits): MainstemError {
  if (error instanceof MainstemError) return error
  const text = error instanceof Error ? error.message : ''
  if (/interrupt/i.test(text)) {
    return new MainstemError(
      'SQL_LIMIT',
      `The statement ran longer than ${limits.timeoutMs / 1000} s and was stopped. Narrow it, or add a LIMIT.`,
      { fix: 'The limit is "query.timeoutMs", under "limits" in mainstem.yaml.' },
      error,
    )
  }
  if (/out of memory/i.test(text)) {
    return new MainstemError(
      'SQL_LIMIT',
      'The statement needs more memory than it may have. Narrow it, or add a LIMIT.',
      {},
      error,
    )
  }
  const kind =
    /^(Binder|Conversion|Out of Range|Parser|Catalog|Invalid Input)/.exec(text)?.[1] ?? 'Execution'
  const hint: Readonly<Record<string, string>> = {
    Binder: 'A name or a type in it does not fit.',
    Conversion: 'A value in it cannot be read as the type that is asked for.',
    'Out of Range': 'A number in it grows too large.',
  }
  return new MainstemError(
    'SQL_INVALID',
    `The statement cannot be run. ${hint[kind] ?? 'Check its names and types.'}`,
    {},
    error,
  )
}

function tooLarge(max: number): MainstemError {
  return new MainstemError(
    'SQL_LIMIT',
    `The result has more than ${max} bytes. Select fewer columns, or add a LIMIT.`,
  )
}

function pagesOf(rows: readonly string[], size: number): readonly (readonly string[])[] {
  const pages: (readonly string[])[] = []
  for (let start = 0; start < rows.length; start += size)
    pages.push(rows.slice(start, start + size))
  return pages.length === 0 ? [[]] : pages
}
