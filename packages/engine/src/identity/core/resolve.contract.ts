import fc from 'fast-check'
import { expect } from 'vitest'
import { TypedArrayMatchIndex } from './adapters/typed-array-match-index.ts'
import { type Assignment, assignIds } from './assign-ids.ts'
import { type ContestedNews, ContestedReport } from './contested.ts'
import { DecisionBook } from './decision-book.ts'
import { type IndexChange, labelsOf, relabel } from './index-change.ts'
import type { DecisionCut } from './keep-apart.ts'
import type { ContestedBlock, ResolveOptions } from './link-groups.ts'
import { keyBatch, type KeyRow, type MatchIndex, SURNAME_RULE } from './match-index.ts'
import {
  clusterTexts,
  contestedTexts,
  cutTexts,
  plainly,
  type Ruling,
} from './plain-partition.contract.ts'
import { rawComponents } from './raw-components.ts'
import { refineComponent } from './refine.ts'
import { type Incremental, resolveIncremental } from './resolve-incremental.ts'
import { fullPartition } from './resolve.ts'

/** What a source says of a node; a blank key must never become a row. */
export interface Source {
  readonly pid: number
  readonly present: boolean
  readonly rows: readonly Omit<KeyRow, 'pid'>[]
}

/** What comes in at once: what sources say, and what people decide. */
export interface Batch {
  readonly sources: readonly Source[]
  readonly rulings: readonly Ruling[]
}

/** The parts that a broken variant replaces. */
export interface Parts {
  readonly index: () => MatchIndex
  readonly resolve: typeof resolveIncremental
  readonly full: typeof fullPartition
  readonly assign: typeof assignIds
  readonly relabel: typeof relabel
  readonly update: (report: ContestedReport, news: ContestedNews) => ContestedReport
  /** Which rows of a source become rows of the index. */
  readonly emit: (rows: Source['rows']) => Source['rows']
  /** Which decisions become the book's. */
  readonly rule: (ruling: Ruling) => Ruling
  readonly options: ResolveOptions
}

export const BLANK_KEY = 0n

/** Limits small enough to be crossed all the time; names are alike next to each other. */
export const SMALL: ResolveOptions = {
  blockMax: 4,
  valuesMax: 3,
  clusterMax: 6,
  surnamesMax: 2,
  idsMax: 1,
  idRules: [2],
  similar: (one, other) => Math.abs(one - other) === 1,
}

export const SOUND: Parts = {
  index: () => new TypedArrayMatchIndex(),
  resolve: resolveIncremental,
  full: fullPartition,
  assign: assignIds,
  relabel,
  update(report, news) {
    report.take(news)
    return report
  },
  emit: rows => rows.filter(row => row.key !== BLANK_KEY),
  rule: ruling => ruling,
  options: SMALL,
}

const row = fc.oneof(
  fc.record({
    rule: fc.constant(0),
    key: fc.bigInt({ min: BLANK_KEY, max: 5n }),
    value: fc.constant(-1),
  }),
  fc.record({
    rule: fc.constant(1),
    key: fc.bigInt({ min: BLANK_KEY, max: 3n }),
    value: fc.nat(7),
  }),
  // Numbers that a person has one of.
  fc.record({
    rule: fc.constant(2),
    key: fc.bigInt({ min: BLANK_KEY, max: 4n }),
    value: fc.constant(-1),
  }),
  // Surnames: commoner than keys, for most people have one.
  ...[1n, 2n].map(min =>
    fc.record({
      rule: fc.constant(SURNAME_RULE),
      key: fc.bigInt({ min, max: 4n }),
      value: fc.constant(-1),
    }),
  ),
)
const source = fc.record({
  pid: fc.nat(13),
  present: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, fc.constant(false)),
  rows: fc.array(row, { maxLength: 4 }),
})

const ruling = fc.record({
  pair: fc
    .tuple(fc.nat(13), fc.nat(13))
    .filter(([one, other]) => one !== other)
    .map(([one, other]) => [Math.min(one, other), Math.max(one, other)] as const),
  verdict: fc.constantFrom('never' as const, 'never' as const, 'together' as const, undefined),
})
const batch = fc.record({
  sources: fc.array(source, { minLength: 1, maxLength: 8 }),
  rulings: fc.oneof(fc.constant([]), fc.array(ruling, { maxLength: 3 })),
})

/** Batches in order: inserts, changes, deletes, decisions made and taken back in one. */
export const histories = fc.array(batch, { minLength: 1, maxLength: 10 })

/** A change out of the latest word on each node. */
export function changeOf(batch: readonly Source[], emit: Parts['emit'] = SOUND.emit): IndexChange {
  const last = [...new Map(batch.map(one => [one.pid, one])).values()]
  const rows = last.flatMap(one => rowsOf(one, emit))
  return {
    pids: Int32Array.from(last, one => one.pid),
    present: Uint8Array.from(last, one => Number(one.present)),
    rows: keyBatch(rows),
  }
}

function rowsOf({ pid, rows }: Source, emit: Parts['emit']): readonly KeyRow[] {
  return emit(rows).map(({ rule, key, value }) => ({ rule, key, pid, value }))
}

/** MI8: of several surnames the last counts. */
function oneSurname(rows: readonly KeyRow[]): readonly KeyRow[] {
  const last = rows.findLast(row => row.rule === SURNAME_RULE)
  return rows.filter(row => row.rule !== SURNAME_RULE || row === last)
}

/** A little identity stage: applies batches, keeps uids in the index, and the contested report. */
export class Stage {
  readonly index: MatchIndex
  readonly options: ResolveOptions
  nextUid = 0
  #contested = new ContestedReport()
  readonly #parts: Parts
  readonly #known = new Map<number, Source>()
  readonly #decisions = new DecisionBook()

  constructor(parts: Parts = SOUND) {
    this.#parts = parts
    this.index = parts.index()
    this.options = { ...parts.options, decisions: this.#decisions }
  }

  take(batch: Batch): { readonly found: Incremental; readonly ids: Assignment } {
    const { resolve, assign, emit, update } = this.#parts
    for (const one of batch.sources) this.#known.set(one.pid, one)
    for (const ruling of batch.rulings.map(this.#parts.rule)) {
      this.#decisions.decide(ruling.pair, ruling.verdict)
    }
    const decided = batch.rulings.flatMap(({ pair }) => pair).map(pid => this.#sourceOf(pid))
    const change = changeOf([...batch.sources, ...decided], emit)
    const found = resolve(this.index, change, this.options)
    const previous = labelsOf(this.index, found.pids)
    const ids = assign({ ...found, previous, nextUid: this.nextUid })
    this.#parts.relabel(this.index, found.pids, ids.uids)
    this.nextUid = ids.nextUid
    this.#contested = update(this.#contested, found)
    return { found, ids }
  }

  get contested(): readonly ContestedBlock[] {
    return this.#contested.entries
  }

  #sourceOf(pid: number): Source {
    return this.#known.get(pid) ?? { pid, present: false, rows: [] }
  }

  /** The nodes of each uid. */
  clusters(): ReadonlyMap<number, readonly number[]> {
    const clusters = new Map<number, number[]>()
    for (let pid = 0; pid < this.index.pidEnd; pid++) {
      const uid = this.index.label(pid)
      if (uid !== -1) clusters.set(uid, [...(clusters.get(uid) ?? []), pid])
    }
    return clusters
  }
}

/** The law of the heart: after every batch, uids, partition and report are the plain ones. */
export function checkHistory(parts: Parts, history: readonly Batch[]): void {
  const stage = new Stage(parts)
  const known = new Map<number, Source>()
  const rulings = new Map<string, Ruling>()
  for (const batch of history) {
    stage.take(batch)
    for (const one of batch.sources) known.set(one.pid, one)
    for (const one of batch.rulings) rulings.set(one.pair.join(' '), one)
    const present = [...known.values()].filter(one => one.present).map(one => one.pid)
    const rows = [...known.values()].flatMap(one => oneSurname(rowsOf(one, SOUND.emit)))
    const plain = plainly(
      { present: new Set(present), rows, rulings: [...rulings.values()] },
      SMALL,
    )
    expect(clusterTexts(stage.clusters().values())).toEqual(plain.clusters)
    expect(contestedTexts(stage.contested)).toEqual(plain.contested)
    const full = parts.full(stage.index, stage.options)
    expect(clusterTexts(membersOf(full))).toEqual(plain.clusters)
    expect(contestedTexts(full.contested)).toEqual(plain.contested)
    expect(cutTexts(allCuts(stage, present))).toEqual(plain.cuts)
  }
}

function allCuts({ index, options }: Stage, present: readonly number[]): readonly DecisionCut[] {
  const components = rawComponents(index, present, options)
  return components.flatMap(component => refineComponent(index, component, options).cuts)
}

/** A stage that has taken all batches of a history. */
export function stageAfter(history: readonly Batch[]): Stage {
  const stage = new Stage()
  for (const batch of history) stage.take(batch)
  return stage
}

/** The members of each part of a partition. */
export function membersOf({
  pids,
  component,
}: ReturnType<typeof fullPartition>): readonly number[][] {
  const members: number[][] = []
  for (const [at, pid] of pids.entries()) {
    const part = component[at] ?? -1
    if (part >= 0) (members[part] ??= []).push(pid)
  }
  return members
}
