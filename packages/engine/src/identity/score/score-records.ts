import type { SqlSession } from '../../lake/index.ts'
import {
  directPairs,
  fullPartition,
  type IndexSize,
  keyColumns,
  type MatchIndex,
  type Partition,
  RESOLVE_LIMITS,
  type ResolveOptions,
} from '../core/index.ts'
import type { ClusteredRecords, ContestedKey, RecordSet } from '../record-set.ts'
import { type FieldPart, groupsOf, KeyMaker } from './blocking-groups.ts'
import {
  blockingOf,
  chooseBlocking,
  type PassGroups,
  passesOf,
  samplesOf,
} from './blocking-passes.ts'
import { estimateModel } from './estimate-model.ts'
import { equalRows, groupRows, pidsByRow } from './group-keys.ts'
import { type LoadedTable, loadTable } from './load-table.ts'
import { PairScore } from './pair-score.ts'
import { fieldSources } from './score-fields.ts'
import type { BlockingPass, ScoreModel } from './score-model.ts'
import { scoredLinks } from './scored-rule.ts'
import { StrongestLinks } from './strongest-links.ts'

/** How records are scored where nothing else is said. */
export const SCORE_DEFAULTS = {
  /** The probability from which a pair is a link. */
  threshold: 0.8,
  /** Distinct records that share a blocking key and are compared with each other. */
  groupMax: 300,
  /** Pairs that one blocking pass may propose, for each record. */
  pairsPerRecord: 8,
  /** Blocking passes at most. */
  passesMax: 16,
} as const

/** What may be said about how records are scored. */
export interface ScoreOptions {
  readonly threshold?: number | undefined
  /** By which fields candidates are found; chosen from the data where it is left out. */
  readonly blocking?: readonly BlockingPass[] | undefined
  /** A model made before; estimated from the data where it is left out. */
  readonly model?: ScoreModel | undefined
  /** Told how long each stage took, in seconds. */
  readonly onStage?: ((stage: string, seconds: number) => void) | undefined
}

/** Records clustered by score, and the model that did it. */
export interface ScoredRecords extends ClusteredRecords {
  readonly model: ScoreModel
  /** Pairs whose score was asked for while clusters were made. */
  readonly pairsCompared: number
}

/** How many of the pairs of a pass a model is learned from. */
const PAIRS_LEARNED = 20_000
/** Records from which blocking is chosen; of more a part says enough. */
const RECORDS_CHOSEN_FROM = 30_000

/** Clusters records by a model that is estimated from them, without any configuration. */
export type ScoreRecords = (
  session: SqlSession,
  records: RecordSet,
  options?: ScoreOptions,
) => Promise<ScoredRecords>

/** How many records and keys an index is about to hold, and an index for them. */
type NewIndex = (expected: IndexSize) => MatchIndex

/** `ScoreRecords` over a kind of index. */
export function recordScorer(newIndex: NewIndex): ScoreRecords {
  return async function scoreRecords(session, records, options = {}) {
    const timed = stopwatch(options.onStage)
    const loaded = await loadTable(session, records, fieldSources(records))
    timed('load')
    const passes = passesFor(loaded, options)
    timed('blocking')
    const maker = new KeyMaker(loaded.table)
    const groups = passes.map(pass => ({
      pass,
      groups: groupsOf(maker.keys(pass), loaded.table.rows),
    }))
    timed('keys')
    const model = options.model ?? {
      ...estimateModel({
        ...loaded,
        samples: samplesOf(groups, SCORE_DEFAULTS.groupMax, PAIRS_LEARNED),
      }),
      blocking: blockingOf(passes, loaded.table),
    }
    timed('model')
    const clustering = new Clustering(loaded, { model, groups, options, newIndex })
    const partition = clustering.partition()
    timed('cluster')
    await clustering.storeKeys(session)
    return clustering.answer(partition, model)
  }
}

function stopwatch(tell: ScoreOptions['onStage']): (stage: string) => void {
  let since = performance.now()
  return stage => {
    const now = performance.now()
    tell?.(stage, (now - since) / 1000)
    since = now
  }
}

function passesFor(
  { table, rowOf }: LoadedTable,
  { blocking, model }: ScoreOptions,
): readonly (readonly FieldPart[])[] {
  const named = model?.blocking ?? blocking
  if (named) return passesOf(named, table)
  if (rowOf.length <= RECORDS_CHOSEN_FROM) return chooseBlocking(table, rowOf, SCORE_DEFAULTS)
  const part = table.sample(rowOf, RECORDS_CHOSEN_FROM)
  return chooseBlocking(part.table, part.rowOf, SCORE_DEFAULTS)
}

class Clustering {
  readonly #loaded: LoadedTable
  readonly #groups: readonly PassGroups[]
  readonly #index: MatchIndex
  readonly #options: ResolveOptions
  readonly #score: PairScore
  #compared = 0

  constructor(
    loaded: LoadedTable,
    {
      model,
      groups,
      options,
      newIndex,
    }: {
      readonly model: ScoreModel
      readonly groups: readonly PassGroups[]
      readonly options: ScoreOptions
      readonly newIndex: NewIndex
    },
  ) {
    this.#loaded = loaded
    this.#groups = groups
    this.#score = new PairScore(loaded.table, model)
    const scored = scoredLinks(this.#score, {
      table: loaded.table,
      firstRule: 0,
      threshold: options.threshold ?? SCORE_DEFAULTS.threshold,
    })
    this.#options = {
      ...RESOLVE_LIMITS,
      valuesMax: SCORE_DEFAULTS.groupMax,
      scored,
      similar: (one, other) => {
        this.#compared += 1
        return this.#score.isAtLeast(one, other, scored.link)
      },
    }
    this.#index = this.#filledIndex(newIndex, scored.link)
  }

  partition(): Partition {
    return fullPartition(this.#index, this.#options)
  }

  /** Who can link to nobody, however equal, has no key; nor has who is alone with it. */
  #filledIndex(newIndex: NewIndex, link: number): MatchIndex {
    const { table, rowOf } = this.#loaded
    const pidsOf = pidsByRow(rowOf, table.rows)
    const canLink = Uint8Array.from({ length: table.rows }, (_none, row) =>
      this.#score.weight(row, row) >= link ? 1 : 0,
    )
    const index = newIndex({
      rows: this.#groups.reduce((sum, { groups }) => sum + groups.rows.length, 0),
      nodes: rowOf.length,
    })
    index.setPresent(
      Int32Array.from(rowOf, (_row, pid) => pid),
      true,
    )
    for (const [rule, { groups }] of this.#groups.entries()) {
      index.add(groupRows(rule, groups, { pidsOf, canLink }))
    }
    // Equal records are one row: those with no key in common with another row are in no group.
    index.add(equalRows(this.#groups.length, { pidsOf, canLink }))
    return index
  }

  /** Writes which records share a key, for whoever evaluates. */
  async storeKeys(session: SqlSession): Promise<void> {
    await session.run(
      'create or replace temp table score_key (rule utinyint, key ubigint, pid integer)',
    )
    const rows = keyColumns(this.#index.rowCount)
    let count = 0
    this.#index.eachRow((block, pid) => {
      rows.rule[count] = this.#index.blockRule(block)
      rows.key[count] = BigInt(block)
      rows.pid[count++] = pid
    })
    await session.load('temp.score_key', [
      { name: 'rule', type: 'UTINYINT', values: rows.rule },
      { name: 'key', type: 'UBIGINT', values: rows.key },
      { name: 'pid', type: 'INTEGER', values: rows.pid },
    ])
  }

  answer(partition: Partition, model: ScoreModel): ScoredRecords {
    const label = smallestOf(partition)
    const links = new StrongestLinks(label, (one, other) => this.#weight(one, other))
    return {
      label,
      rules: [SCORED_LABEL],
      get matchedBy() {
        return links.matchedBy
      },
      get probability() {
        return links.probability
      },
      contested: this.#contested(partition, model),
      keys: 'temp.score_key',
      linkedPairs: () => directPairs(this.#index, this.#options),
      model,
      pairsCompared: this.#compared,
    }
  }

  #weight(one: number, other: number): number {
    const { rowOf } = this.#loaded
    return this.#score.weight(rowOf[one] ?? 0, rowOf[other] ?? 0)
  }

  #contested({ contested }: Partition, model: ScoreModel): readonly ContestedKey[] {
    return contested.map(({ rule, why, size }) => ({
      rule: passLabel(model.blocking[rule] ?? []),
      why,
      records: size,
    }))
  }
}

/** What scored links are called. */
export const SCORED_LABEL = 'Score'

/** A blocking pass for people: `lastName + birthDate (year)`. */
export function passLabel(pass: BlockingPass): string {
  return pass
    .map(({ field, part }) => (part === 'whole' ? field : `${field} (${part})`))
    .join(' + ')
}

/** The smallest record of each one's cluster. */
function smallestOf({ pids, component, componentCount }: Partition): Int32Array {
  const smallest = new Int32Array(componentCount).fill(-1)
  for (const [at, part] of component.entries()) {
    if ((smallest[part] ?? 0) < 0) smallest[part] = pids[at] ?? 0
  }
  return component.map(part => smallest[part] ?? 0)
}
