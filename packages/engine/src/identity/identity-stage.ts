import type { RulesetDefinition } from '@mainstem/contracts'
import { must } from '../kernel/assert.ts'
import type { SqlSession } from '../lake/index.ts'
import { partyNumber } from '../model/index.ts'
import {
  assignIds,
  type Checksum,
  clusterMates,
  type ContestedBlock,
  ContestedReport,
  DecisionBook,
  fullPartition,
  type IndexSize,
  labelsOf,
  loadSnapshot,
  type MatchIndex,
  NO_UID,
  type Partition,
  readSnapshotHeader,
  relabel,
  resolveIncremental,
  type ResolveOptions,
  SURNAME_RULE,
  type Undo,
  writeSnapshot,
} from './core/index.ts'
import { type Decided, loadDecisions, takeDecisions, writeDecisionEvents } from './decisions.ts'
import { type IdentityTables, identityTables, slotOf } from './identity-tables.ts'
import { storeIndexKeys } from './index-keys.ts'
import { int32, joinBatches, storedKeys } from './key-batches.ts'
import { KeyStore } from './key-store.ts'
import { idRulesOf, likenessOf } from './likeness.ts'
import { ALL_SOURCES, sourceProfilesSql } from './match-key-sql.ts'
import { NextNumbers } from './next-numbers.ts'
import { partyFilter } from './party-filter.ts'
import type { SourceScope } from './rule-sources.ts'
import { type RulesetLimits, rulesetLimits } from './ruleset-limits.ts'
import type { RunAt } from './run-at.ts'
import { type ExplainedScore, ScoredMatcher } from './score/scored-matcher.ts'
import { takeStoredLinks } from './stored-links.ts'
import { touchedUids } from './touched-uids.ts'
import { unifiedIdSql, writeAssignment } from './write-assignment.ts'
import { Writes } from './writes.ts'

/** What a run of identity resolution did, and the profiles that follow it must make again. */
export interface IdentityOutcome {
  /** Source profiles looked at. */
  readonly touched: number
  /** Source profiles that belong to another unified profile than before. */
  readonly moved: number
  readonly created: number
  readonly merged: number
  readonly split: number
  readonly retired: number
  /** Unified profiles to make again; `all` after a full run. */
  readonly uids: Int32Array | 'all'
  /** Their source profiles. */
  readonly pids: Int32Array | 'all'
  /** Takes the index back, when the transaction fails. */
  readonly undo: Undo
}

/** An index as it was written when the engine last ended, and where the tables stand now. */
export interface IndexSnapshot {
  readonly bytes: Uint8Array
  readonly position: bigint
  readonly checksum: Checksum
}

/** What a ruleset's stage is made of. */
export interface IdentityStageOptions {
  readonly ruleset: RulesetDefinition
  /** Part of every unified id, so that two stores never give the same one. */
  readonly storeId: string
  /** Makes an empty index, with room for so much. */
  readonly newIndex: (expected?: IndexSize) => MatchIndex
  /** Where the ruleset gives none. */
  readonly limits: RulesetLimits
}

/** One ruleset at work: match keys, clusters and unified ids, of some source profiles or of all. */
export class IdentityStage {
  readonly ruleset: RulesetDefinition
  readonly tables: IdentityTables
  readonly #options: IdentityStageOptions
  readonly #keys: KeyStore
  #index: MatchIndex
  readonly #next = new NextNumbers()
  #contested = new ContestedReport()
  #decisions = new DecisionBook()
  /** The scored rule, if the ruleset has one. */
  #scored: ScoredMatcher | undefined

  constructor(options: IdentityStageOptions) {
    this.ruleset = options.ruleset
    this.tables = identityTables(slotOf(options.ruleset))
    this.#keys = new KeyStore(options.ruleset, this.tables)
    this.#options = options
    this.#index = options.newIndex()
    this.#scored = this.#newScored()
  }

  #newScored(): ScoredMatcher | undefined {
    const { matchRules, configurationType: profile } = this.ruleset
    const rule = matchRules.find(one => one.kind === 'Scored')
    const { valuesMax } = rulesetLimits(this.ruleset, this.#options.limits)
    return rule && new ScoredMatcher({ rule, profile, firstRule: matchRules.length, valuesMax })
  }

  /** The scored rule at work, if the ruleset has one. */
  get scored(): ScoredMatcher | undefined {
    return this.#scored
  }

  /** The label of a rule by its number in the index: a scored rule has one for each blocking pass. */
  ruleLabel(rule: number): string {
    const { matchRules } = this.ruleset
    if (rule < matchRules.length) return matchRules[rule]?.label ?? String(rule)
    return matchRules.find(one => one.kind === 'Scored')?.label ?? String(rule)
  }

  /** How the score of two source profiles comes about; undefined where the scored rule does not know them. */
  explainScore(one: number, other: number): ExplainedScore | undefined {
    const [a, b] = [this.#scoredRow(one), this.#scoredRow(other)]
    return a < 0 || b < 0 ? undefined : this.#scored?.explain(a, b)
  }

  /** The probability that two source profiles are one, by the scored rule; 0 where it does not know them. */
  probability(one: number, other: number): number {
    const [a, b] = [this.#scoredRow(one), this.#scoredRow(other)]
    return a < 0 || b < 0 ? 0 : (this.#scored?.probability(a, b) ?? 0)
  }

  /** The comparison row of a source profile; -1 where it has none. */
  #scoredRow(pid: number): number {
    let row = -1
    const first = this.#scored?.firstRule ?? Number.POSITIVE_INFINITY
    this.#index.eachRowOf(pid, (block, value) => {
      if (this.#index.blockRule(block) >= first) row = value
    })
    return row
  }

  /** The relation of `rule, key, pid` of all match keys, those of a scored rule included. */
  async keysRelation(session: SqlSession): Promise<string> {
    return this.#scored ? await storeIndexKeys(session, this.#index) : this.tables.matchKey
  }

  get index(): MatchIndex {
    return this.#index
  }

  /** Match keys and clusters that a limit holds back. */
  get contested(): readonly ContestedBlock[] {
    return this.#contested.entries
  }

  /** Fills the index from a snapshot that stands where the tables do, else from the tables. */
  async load(session: SqlSession, snapshot?: IndexSnapshot): Promise<void> {
    this.#index = this.#options.newIndex()
    await this.#keys.loadNames(session)
    const object = must(
      partyNumber(this.ruleset.configurationType),
      'what rulesets unify is numbered',
    )
    this.#decisions = await loadDecisions(session, object)
    if (!snapshot || this.#scored || !this.#loadSnapshot(snapshot)) await this.#loadTables(session)
    await this.#next.load(session, this.tables)
    const { contested } = fullPartition(this.#index, this.resolveOptions)
    this.#contested = new ContestedReport(contested)
  }

  /**
   * Takes what was decided, and notes it among the events; both source profiles of each pair are to
   * be resolved after it. Inside the caller's transaction; undone if that fails.
   */
  async decide(session: SqlSession, decisions: readonly Decided[], at: RunAt): Promise<Undo> {
    const undoNext = this.#next.mark()
    const { event: first } = this.#next
    await writeDecisionEvents(session, this.tables, { decisions, index: this.#index, at, first })
    this.#next.event += decisions.length
    const undoDecisions = takeDecisions(this.#decisions, decisions)
    return () => {
      undoDecisions()
      undoNext()
    }
  }

  /** The index as bytes, for the next start. */
  snapshot(position: bigint, checksum: Checksum): readonly Uint8Array[] {
    const header = {
      position: Number(position),
      rulesetHash: this.#rulesetHash(),
      nextUid: this.#next.uid,
    }
    return writeSnapshot(this.#index, header, checksum)
  }

  #loadSnapshot({ bytes, position, checksum }: IndexSnapshot): boolean {
    try {
      const header = readSnapshotHeader(bytes, checksum)
      if (header.position !== Number(position) || header.rulesetHash !== this.#rulesetHash())
        return false
      this.#index = this.#options.newIndex({ rows: header.rowCount, nodes: header.pidEnd })
      loadSnapshot(bytes, this.#index, checksum)
      return true
    } catch {
      // Derived and disposable: a damaged one is made again from the tables.
      this.#index = this.#options.newIndex()
      return false
    }
  }

  #rulesetHash(): string {
    return JSON.stringify(this.ruleset)
  }

  async #loadTables(session: SqlSession): Promise<void> {
    this.#index = await this.#sizedIndex(session)
    await takeStoredLinks(session, this.tables, this.#index)
    await this.#addStoredKeys(session, this.#index)
    await this.#addScoredKeys(session, this.#index, { scope: ALL_SOURCES, sharedOnly: false })
  }

  /** The rows that a scored rule compares are numbered anew whenever they are read. */
  async #addScoredKeys(
    session: SqlSession,
    index: MatchIndex,
    { scope, sharedOnly }: { readonly scope: SourceScope; readonly sharedOnly: boolean },
  ): Promise<void> {
    const scored = this.#newScored()
    if (!scored) return
    for await (const rows of scored.loadAll(session, scope, { sharedOnly })) index.add(rows)
    this.#scored = scored
  }

  /** An empty index with room for the stored keys. */
  async #sizedIndex(session: SqlSession): Promise<MatchIndex> {
    const [row] = await session.rows(
      `select count(*) filter (rule <> ${SURNAME_RULE}), coalesce(max(pid), -1) + 1 from ${this.tables.matchKey}`,
    )
    return this.#options.newIndex({ rows: Number(row?.[0] ?? 0), nodes: Number(row?.[1] ?? 0) })
  }

  /** After it is known who is there: a key then counts them as it comes, and no list is walked. */
  async #addStoredKeys(session: SqlSession, index: MatchIndex): Promise<void> {
    for await (const rows of storedKeys(session, this.tables, this.ruleset)) index.add(rows)
  }

  /** Those that a change of some source profiles may well reach, them included. */
  matesOf(pids: Int32Array): ReadonlySet<number> {
    return clusterMates(this.#index, pids, this.resolveOptions)
  }

  /** SQL of the unified id of a dense one: never the same for two rulesets or stores. */
  unifiedIdSql = (uid: string): string => unifiedIdSql(this.#idPrefix, uid)

  get #idPrefix(): string {
    return `${this.#options.storeId}:${this.tables.slot}:`
  }

  /**
   * Resolves some source profiles after their records changed; inside the caller's transaction.
   * Their rows are read from the lake, or from a copy of them.
   */
  async resolve(
    session: SqlSession,
    pids: Int32Array,
    { at, ...from }: { at: RunAt } & Partial<SourceScope>,
  ): Promise<IdentityOutcome> {
    const parties = await partyFilter(session, pids)
    const scope = { ...ALL_SOURCES, ...from, parties }
    const { rows: exact, present } = await this.#keys.fresh(session, scope, pids.length)
    const isNew = pids.every(pid => !this.#index.isPresent(pid))
    const writes = new Writes(session)
    await this.#keys.replace(writes, { parties, rows: exact, isNew })
    const scored = await this.#scored?.fresh(session, scope)
    const rows = scored ? joinBatches([exact, scored]) : exact
    const marks = Uint8Array.from(pids, pid => (present.has(pid) ? 1 : 0))
    const result = resolveIncremental(
      this.#index,
      { pids, present: marks, rows },
      this.resolveOptions,
    )
    const undoContested = this.#contested.take(result)
    const undoResolve: Undo = () => {
      result.undo()
      undoContested()
    }
    return await this.#assign(writes, { result, at, undoResolve, touched: pids, isFull: false })
  }

  /** Resolves all source profiles from nothing but the lake; inside the caller's transaction. */
  async resolveAll(session: SqlSession, at: RunAt): Promise<IdentityOutcome> {
    const before = { index: this.#index, contested: this.#contested, scored: this.#scored }
    const result = await this.partitionAll(session, ALL_SOURCES)
    for (let pid = 0; pid < before.index.pidEnd; pid++) {
      const uid = before.index.label(pid)
      if (uid !== NO_UID) this.#index.setLabel(pid, uid)
    }
    const undoResolve: Undo = () => {
      this.#index = before.index
      this.#contested = before.contested
      this.#scored = before.scored
    }
    return await this.#assign(new Writes(session), {
      result,
      at,
      undoResolve,
      touched: result.pids,
      isFull: true,
    })
  }

  /**
   * The clusters of all source profiles, read from the lake or from other relations of the same
   * shape. Their match keys are stored and the index is of them; links and ids stay as they are.
   */
  async partitionAll(session: SqlSession, scope: SourceScope): Promise<Partition> {
    await this.#keys.storeAll(session, scope)
    await this.#keys.loadNames(session)
    const index = await this.#sizedIndex(session)
    for await (const { columns, rowCount } of session.batches(
      sourceProfilesSql(this.ruleset, scope),
    )) {
      index.setPresent(int32(columns[0], rowCount), true)
    }
    await this.#addStoredKeys(session, index)
    // Of relations that are no lake nothing is ever added.
    const sharedOnly = scope !== ALL_SOURCES
    await this.#addScoredKeys(session, index, { scope, sharedOnly })
    this.#index = index
    const partition = fullPartition(index, this.resolveOptions)
    this.#contested = new ContestedReport(partition.contested)
    return partition
  }

  async #assign(writes: Writes, run: AssignRun): Promise<IdentityOutcome> {
    const { pids, component, componentCount } = run.result
    const previous = labelsOf(this.#index, pids)
    const undoNext = this.#next.mark()
    const { uid: nextUid, event: firstEvent } = this.#next
    const assignment = assignIds({ pids, previous, component, componentCount, nextUid })
    const undoLabels = relabel(this.#index, pids, assignment.uids)
    this.#next.uid = assignment.nextUid
    this.#next.event += assignment.events.count
    const undo: Undo = () => {
      undoLabels()
      undoNext()
      run.undoResolve()
    }
    try {
      const moved = await writeAssignment(writes, {
        tables: this.tables,
        idPrefix: this.#idPrefix,
        pids,
        previous,
        assignment,
        firstEvent,
        at: run.at,
      })
      await writes.end()
      return {
        touched: run.touched.length,
        moved,
        created: assignment.created.length,
        merged: assignment.aliases.length,
        split: assignment.splits.length,
        retired: assignment.retired.length,
        uids: run.isFull ? 'all' : touchedUids(pids, previous, assignment),
        pids: run.isFull ? 'all' : pids,
        undo,
      }
    } catch (error) {
      undo()
      throw error
    }
  }

  /** The limits and likeness that this ruleset resolves by. */
  get resolveOptions(): ResolveOptions {
    return {
      ...rulesetLimits(this.ruleset, this.#options.limits),
      decisions: this.#decisions,
      idRules: idRulesOf(this.ruleset),
      ...likenessOf(this.ruleset, this.#keys, this.#scored),
    }
  }
}

interface AssignRun {
  readonly result: Partition
  readonly at: RunAt
  readonly undoResolve: Undo
  readonly touched: Int32Array
  readonly isFull: boolean
}
