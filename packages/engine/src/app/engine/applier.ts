import { MainstemError } from '@mainstem/contracts'
import type { JournalEntry } from '../../journal/index.ts'
import {
  APPENDED_KEY,
  ChangeSet,
  dloTable,
  keyHash,
  NOTHING_TAKEN,
  type SqlSession,
  takeIn,
  touchOf,
} from '../../lake/index.ts'
import { ident, literal } from '../../query/index.ts'
import { type DecidedPairs, type Downstream, runDownstream } from './downstream.ts'
import type { Applied, EngineParts } from './engine-state.ts'
import { deleteCondition, parseFileEntry, wasTaken, watermarkOf } from './entry-body.ts'
import type { FileEntry } from './file-reference.ts'
import { fillPhones } from './phone-dictionary.ts'
import { appliedPosition, setPosition } from './position.ts'
import { recordTexts } from './record-texts.ts'
import { stageFiles, takeBadLines, type StagedFiles } from './stage-files.ts'
import {
  countStreams,
  isAboutThePlace,
  type LivePart,
  partsOf,
  type RecordRange,
  setAside,
  type StreamCounts,
  takeLive,
} from './take-batch.ts'
import { recordDecisions, wereDecided } from './take-decisions.ts'

/** What one transaction did. */
export interface AppliedBatch {
  readonly position: bigint
  readonly streams: readonly StreamCounts[]
  readonly downstream: Downstream | undefined
  readonly statements: number
}

/** Limits of one live batch. */
export interface BatchLimits {
  readonly entriesMax: number
  readonly bytesMax: number
  /** Streams that one batch may touch: each costs statements. */
  readonly streamsMax: number
}

export const BATCH_LIMITS: BatchLimits = { entriesMax: 1000, bytesMax: 4_194_304, streamsMax: 2 }

/** Applies the journal to the lake and all that follows it, batch by batch, in its order. */
export class Applier {
  readonly #parts: EngineParts
  readonly #applied: () => Applied
  readonly #limits: BatchLimits
  readonly #prepared = new Map<bigint, StagedFiles>()
  readonly #failures = new Map<bigint, unknown>()
  readonly #onBatch: (batch: AppliedBatch) => void | Promise<void>
  #position: bigint | undefined

  constructor(
    parts: EngineParts,
    options: {
      applied: () => Applied
      limits?: BatchLimits
      onBatch: (batch: AppliedBatch) => void | Promise<void>
    },
  ) {
    this.#parts = parts
    this.#applied = options.applied
    this.#limits = options.limits ?? BATCH_LIMITS
    this.#onBatch = options.onBatch
  }

  /** The position up to which everything is applied. */
  get position(): bigint {
    return this.#position ?? 0n
  }

  async open(): Promise<void> {
    this.#position = await appliedPosition(this.#parts.writer)
  }

  /** Rows that were read before their entry was journalled; taken in when its turn comes. */
  prepare(position: bigint, staged: StagedFiles): void {
    this.#prepared.set(position, staged)
  }

  /** Applies the next batch; false if there is nothing to apply. */
  async applyNext(upTo: bigint): Promise<boolean> {
    const entries = await this.#parts.journal.read(this.position, {
      entriesMax: this.#limits.entriesMax,
      bytesMax: this.#limits.bytesMax,
      upTo,
    })
    const [first] = entries
    if (!first) return false
    const batch =
      first.kind === 'rows'
        ? await this.#applyRows(liveRun(entries, this.#limits))
        : await this.#applyOne(first)
    this.#position = batch.position
    await this.#onBatch(batch)
    return true
  }

  async #applyOne(entry: JournalEntry): Promise<AppliedBatch> {
    if (entry.space !== this.#parts.store.space) return await this.#skip(entry)
    if (entry.kind === 'decision') return await this.#applyDecisions(entry)
    return await this.#parts.processors.forBulk(async () =>
      entry.kind === 'file' ? await this.#applyFile(entry) : await this.#applyDelete(entry),
    )
  }

  async #applyRows(entries: readonly JournalEntry[]): Promise<AppliedBatch> {
    const own = entries.filter(entry => entry.space === this.#parts.store.space)
    const parts = partsOf(own, this.#applied().streams)
    const position = entries.at(-1)?.position ?? this.position
    try {
      return await this.#commit(position, async (session, changes) => {
        const counts: StreamCounts[] = []
        for (const part of parts)
          counts.push(await takeLive(session, this.#applied(), { part, changes }))
        return counts
      })
    } catch (error) {
      if (isAboutThePlace(error)) throw error
      this.#parts.onUnexpected?.(error, { stage: 'streams', position: String(position) })
      return await this.#applyHalves(entries, parts)
    }
  }

  /** A batch that fails is halved until the record that fails it is alone, and is set aside. */
  async #applyHalves(
    entries: readonly JournalEntry[],
    parts: readonly LivePart[],
  ): Promise<AppliedBatch> {
    if (entries.length > 1) {
      const middle = entries.length >> 1
      const first = await this.#applyRows(entries.slice(0, middle))
      this.#position = first.position
      await this.#onBatch(first)
      return await this.#applyRows(entries.slice(middle))
    }
    const [part] = parts
    const [entry] = entries
    if (!part || !entry) throw new MainstemError('INTERNAL', 'A batch without records failed.')
    const texts = recordTexts(new TextDecoder().decode(entry.body))
    if (!texts) return await this.#setBodyAside(entry, part)
    const all = { from: 1, to: texts.length, texts }
    const { good, bad } = await this.#splitRecords(part, all)
    return await this.#commit(entry.position, async (session, changes) => {
      const counts: StreamCounts[] = []
      for (const rows of good) {
        counts.push(await takeLive(session, this.#applied(), { part: { ...part, rows }, changes }))
      }
      for (const row of bad)
        await setAside(session, { ...part, rows: { from: row, to: row, texts } })
      counts.push({
        ...NOTHING_TAKEN,
        processed: bad.length,
        problems: bad.length,
        stream: part.stream.schema.name,
      })
      return counts
    })
  }

  /** A request that does not even show its records: kept as it is, so that the journal goes on. */
  async #setBodyAside(entry: JournalEntry, part: LivePart): Promise<AppliedBatch> {
    return await this.#commit(entry.position, async session => {
      await setAside(session, part)
      return [{ ...NOTHING_TAKEN, processed: 1, problems: 1, stream: part.stream.schema.name }]
    })
  }

  /** Which records can be taken in, in ranges, and which cannot; each try is taken back. */
  async #splitRecords(
    part: LivePart,
    rows: RecordRange,
  ): Promise<{ good: readonly RecordRange[]; bad: readonly number[] }> {
    if (rows.from > rows.to) return { good: [], bad: [] }
    if (await this.#wouldHold({ ...part, rows })) return { good: [rows], bad: [] }
    if (rows.from === rows.to) return { good: [], bad: [rows.from] }
    const middle = (rows.from + rows.to) >> 1
    const low = await this.#splitRecords(part, { ...rows, to: middle })
    const high = await this.#splitRecords(part, { ...rows, from: middle + 1 })
    return { good: [...low.good, ...high.good], bad: [...low.bad, ...high.bad] }
  }

  async #wouldHold(part: LivePart): Promise<boolean> {
    const { writer } = this.#parts
    await writer.run('begin transaction')
    try {
      const changes = new ChangeSet()
      await takeLive(writer, this.#applied(), { part, changes })
      const at = { position: this.position, atMs: this.#parts.clock.nowMs() }
      const trial = await runDownstream(writer, this.#applied().rulesets, { changes, at })
      trial.undo()
      return true
    } catch (error) {
      if (isAboutThePlace(error)) throw error
      this.#parts.onUnexpected?.(error, { stage: 'streams', stream: part.stream.definition.name })
      return false
    } finally {
      await writer.run('rollback').catch(() => undefined)
    }
  }

  async #applyFile(entry: JournalEntry): Promise<AppliedBatch> {
    const stream = this.#applied().streams.get(entry.stream)
    if (!stream) return await this.#skip(entry)
    const place = { position: entry.position, atMs: entry.atMs }
    const reference = parseFileEntry(entry.body)
    const prepared = this.#prepared.get(entry.position)
    this.#prepared.delete(entry.position)
    const session = prepared?.session ?? this.#parts.writer
    try {
      if (await wasTaken(session, { stream, files: reference.files, position: entry.position }))
        return await this.#skip(entry)
      const staged =
        prepared ??
        (await stageFiles(session, {
          stream,
          entry: reference,
          folder: this.#parts.store.paths.files,
          place,
          shiftDays: this.#applied().shiftDays,
          watermark: await watermarkOf(session, entry.stream),
        }))
      // Staged before its place in the journal was known.
      if (prepared) await session.run(`update stage set _pos = ${entry.position}`)
      return await this.#commit(
        entry.position,
        async (_session, changes) => [await this.#takeFiles(staged, { entry, reference, changes })],
        { session },
      )
    } catch (error) {
      if (isAboutThePlace(error)) throw error
      return await this.#refuse(entry, error)
    } finally {
      await session.run('drop table if exists stage')
      if (prepared) prepared.session.close()
    }
  }

  /** A load that failed as a whole: nothing of it is committed, and the journal goes on after it. */
  async #refuse(entry: JournalEntry, error: unknown): Promise<AppliedBatch> {
    this.#failures.set(entry.position, error)
    return await this.#skip(entry)
  }

  /** Why the load at a position failed; forgotten once told. */
  takeFailure(position: bigint): unknown {
    const failure = this.#failures.get(position)
    this.#failures.delete(position)
    return failure
  }

  async #takeFiles(
    staged: StagedFiles,
    {
      entry,
      reference,
      changes,
    }: { entry: JournalEntry; reference: FileEntry; changes: ChangeSet },
  ): Promise<StreamCounts> {
    const { session } = staged
    const place = { position: entry.position, atMs: entry.atMs }
    const badLines = await takeBadLines(staged, place)
    if (staged.intake.mode === 'APPEND')
      await session.run(`update stage set _kh = ${keyHash(APPENDED_KEY)}`)
    const counts = await takeIn(session, staged.intake, changes)
    await fillPhones(session, this.#applied(), {
      stream: entry.stream,
      from: 'stage where _code is null',
    })
    await session.run(
      `update stream_state set watermark = (select max(_mod)::varchar from ${ident(dloTable(entry.stream))}) where stream = ${literal(entry.stream)}`,
    )
    for (const file of reference.files) {
      await session.run(
        `insert into file_taken values (?, ?, ?, ${entry.position}, make_timestamptz(${entry.atMs * 1000}::bigint), ${counts.processed + badLines})`,
        [entry.stream, file.sha256, file.label],
      )
    }
    return {
      ...counts,
      processed: counts.processed + badLines,
      problems: counts.problems + badLines,
      stream: entry.stream,
    }
  }

  async #applyDelete(entry: JournalEntry): Promise<AppliedBatch> {
    const stream = this.#applied().streams.get(entry.stream)
    if (!stream) return await this.#skip(entry)
    const [done] = await this.#parts.writer.rows(
      `select 1 from delete_job where pos = ${entry.position}`,
    )
    if (done) return await this.#skip(entry)
    const where = deleteCondition(entry, stream.schema)
    return await this.#commit(entry.position, async (session, changes) => {
      const table = ident(dloTable(entry.stream))
      const [row] = await session.rows(`select count(*) from ${table} where ${where}`)
      const removed = Number(row?.[0] ?? 0)
      await touchOf(session, stream, { where, changes })
      await session.run(`delete from ${table} where ${where}`)
      await session.run(
        `insert into delete_job select (select coalesce(max(id), 0) + 1 from delete_job), ?, ${entry.position},
           make_timestamptz(${entry.atMs * 1000}::bigint), ?, ?`,
        [
          entry.stream,
          JSON.stringify({ [`${entry.stream}__dll`]: removed }),
          String(entry.meta['reason'] ?? ''),
        ],
      )
      return [{ ...NOTHING_TAKEN, removed, stream: entry.stream }]
    })
  }

  async #applyDecisions(entry: JournalEntry): Promise<AppliedBatch> {
    if (await wereDecided(this.#parts.writer, entry.position)) return await this.#skip(entry)
    let decided: DecidedPairs | undefined
    const take = async (session: SqlSession, changes: ChangeSet): Promise<[]> => {
      decided = await recordDecisions(session, entry, changes)
      return []
    }
    return await this.#commit(entry.position, take, { decided: () => decided })
  }

  async #skip(entry: JournalEntry): Promise<AppliedBatch> {
    await setPosition(this.#parts.writer, entry.position)
    return { position: entry.position, streams: [], downstream: undefined, statements: 2 }
  }

  /** One transaction: rows, what follows from them, counters and the position, or nothing. */
  async #commit(
    position: bigint,
    take: (session: SqlSession, changes: ChangeSet) => Promise<readonly StreamCounts[]>,
    how: { session?: SqlSession; decided?: () => DecidedPairs | undefined } = {},
  ): Promise<AppliedBatch> {
    const { session = this.#parts.writer } = how
    const before = session.statements
    const atMs = this.#parts.clock.nowMs()
    let downstream: Downstream | undefined
    try {
      const streams = await session.transaction(async () => {
        const changes = new ChangeSet()
        const counts = await take(session, changes)
        downstream = await runDownstream(session, this.#applied().rulesets, {
          changes,
          at: { position, atMs },
          decided: how.decided?.(),
        })
        await countStreams(session, counts, atMs)
        await setPosition(session, position)
        return counts
      })
      return { position, streams, downstream, statements: session.statements - before }
    } catch (error) {
      downstream?.undo()
      throw error
    }
  }
}

/** The entries at the start that one live batch may hold. */
function liveRun(entries: readonly JournalEntry[], limits: BatchLimits): readonly JournalEntry[] {
  const streams = new Set<string>()
  const run: JournalEntry[] = []
  for (const entry of entries) {
    streams.add(entry.stream)
    if (entry.kind !== 'rows' || streams.size > limits.streamsMax) break
    run.push(entry)
  }
  return run
}
