import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MainstemError, type ResolveDefinition, type RulesetDefinition } from '@mainstem/contracts'
import { checkMatchRules, type ContestedKey, type MappedModel } from '../../identity/index.ts'
import { openDuckDb } from '../../lake/adapters/duckdb-engine.ts'
import type { SqlSession } from '../../lake/index.ts'
import type { RecognisedColumn } from '../../model/index.ts'
import type { EvaluationFigures } from '../commands/evaluation-figures.ts'
import { mistakesOfError, ProjectError, type Sourced } from '../project/index.ts'
import { clusterByRules, NOBODY, type RuleClusters } from './cluster-by-rules.ts'
import { type ClusterSize, largestClusters } from './cluster-sizes.ts'
import type { ColumnUse } from './column-use.ts'
import { evaluateClusters } from './evaluate-clusters.ts'
import { type BadLines, type LoadedSource, loadSources } from './load-sources.ts'
import { makeModelRelations, mappedModelOf, type ModelRow, modelRowsOf } from './model-relations.ts'
import { columnNamed } from './name-list.ts'
import { ruledColumns } from './named-columns.ts'
import { overriddenColumns } from './overridden-columns.ts'
import { proposedRules } from './proposed-rules.ts'
import { readRules } from './read-rules.ts'
import { recognisedUses } from './recognised-uses.ts'
import { makeRecordRelation, slotsOf } from './record-relation.ts'
import { withFields, withModel, withOtherForms, withScoredFields } from './scored-fields.ts'
import { outputFile, storeClusters, writeClusters } from './write-clusters.ts'
import { refuseFolder, writeProject } from './write-project.ts'

/** What is to be resolved, and how. */
export interface ResolveRequest {
  readonly files: readonly string[]
  /** A YAML file with columns and match rules. */
  readonly ruleset?: string | undefined
  /** `COLUMN=FIELD,…`: what columns hold, whatever they look like. */
  readonly columns?: string | undefined
  /** `COLUMN,…`: not used for matching. */
  readonly ignore?: string | undefined
  /** The column that tells whose a record truly is; used for evaluation only. */
  readonly truth?: string | undefined
  /** Where each row goes with its unified id. */
  readonly out?: string | undefined
  /** A new folder for a project that gives the same clusters. */
  readonly into?: string | undefined
  /** The country of phone numbers that name none. */
  readonly region?: string | undefined
  /** What the SQL engine may use before it spills to disk, such as `2GB`. */
  readonly memory?: string | undefined
}

/** The answer of `resolve`. */
export interface Resolution {
  readonly records: number
  readonly entities: number
  /** Share of the records that are gone when each entity is one, 0 to 1. */
  readonly consolidationRate: number
  readonly seconds: number
  readonly stages: Readonly<Record<string, number>>
  readonly peakRssBytes: number
  readonly largestCluster: number
  readonly largestClusters: readonly ClusterSize[]
  readonly contestedKeys: readonly ContestedKey[]
  /** Pairs of records that a scored rule compared. */
  readonly pairs?: number | undefined
  /** With a truth: pairs of records that blocking proposed. Those that others made one already were not compared. */
  readonly pairsProposed?: number | undefined
  /** Of the pairs that score enough, the share that blocking proposed, 0 to 1: at most, and estimated without a truth. */
  readonly estimatedBlockingRecall?: number | undefined
  readonly columns: readonly RecognisedColumn[]
  /** Lines that were no records, by file. */
  readonly problems: readonly (BadLines & { readonly file: string })[]
  readonly evaluation?: EvaluationFigures | undefined
  readonly out?: string | undefined
  /** The files of the project that was written. */
  readonly project?: readonly string[] | undefined
}

/** What the SQL engine may use unless more or less is asked for. */
export const MEMORY = '2GB'

/** Tells which records of files are one; on an engine of its own that leaves nothing behind. */
export async function resolveFiles(request: ResolveRequest): Promise<Resolution> {
  if (request.files.length === 0) throw noFiles()
  const folder = await mkdtemp(join(tmpdir(), 'mainstem-resolve-'))
  try {
    const engine = await openDuckDb({
      path: ':memory:',
      memoryMax: request.memory ?? MEMORY,
      spillPath: folder,
    })
    try {
      const session = await engine.session()
      try {
        return await new Run(session, request).resolve()
      } finally {
        session.close()
      }
    } finally {
      await engine.close()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** One run of the command: its stages in order, each timed. */
class Run {
  readonly #session: SqlSession
  readonly #request: ResolveRequest
  readonly #stages = new Map<string, number>()
  readonly #startMs = performance.now()
  #written: readonly string[] | undefined
  #proposed: number | undefined

  constructor(session: SqlSession, request: ResolveRequest) {
    this.#session = session
    this.#request = request
  }

  async resolve(): Promise<Resolution> {
    const { files, out, ruleset: rulesPath } = this.#request
    const output = out === undefined ? undefined : outputFile(out, files)
    if (this.#request.into !== undefined) refuseFolder(this.#request.into)
    const rules = rulesPath === undefined ? undefined : await readRules(rulesPath)
    const sources = await this.#timed('read', () => loadSources(this.#session, files))
    const told = rules?.definition.columns ?? rules?.definition.files
    const uses = overriddenColumns(
      rules && told
        ? ruledColumns(rules, sources)
        : await this.#timed('recognise', () => recognisedUses(this.#session, sources)),
      sources,
      this.#request,
    )
    const clusters = await this.#cluster(sources, uses, rules)
    const evaluation = await this.#evaluate(sources, clusters)
    if (output) {
      await this.#timed('write', async () => {
        await storeClusters(this.#session, sources, { clusters, uses })
        await writeClusters(this.#session, sources, output)
      })
    }
    return this.#answer({ sources, uses, clusters, evaluation, out: output?.path })
  }

  async #cluster(
    sources: readonly LoadedSource[],
    uses: readonly ColumnUse[],
    rules: Sourced<ResolveDefinition> | undefined,
  ): Promise<RuleClusters> {
    const slots = withOtherForms(slotsOf(withFields(uses)))
    await makeRecordRelation(this.#session, sources, slots)
    const rows = modelRowsOf(slots)
    const count = recordsOf(sources)
    if (count === 0 && !rules && this.#request.into === undefined) return NOBODY
    const definition = withScoredFields(
      rules?.definition ?? { matchRules: [...proposedRules(slots, rows, count)] },
      slots,
    )
    const ruleset = rulesetOf(definition, rows)
    if (rules) checkRules(rules, ruleset, mappedModelOf(sources, rows))
    const region = this.#request.region ?? rules?.definition.region ?? 'US'
    const relations = await this.#timed('prepare', () =>
      makeModelRelations(this.#session, { rows, ruleset, region }),
    )
    const clusters = await this.#timed('match', () =>
      clusterByRules(this.#session, {
        ruleset,
        relations,
        rows: count,
        evaluated: this.#request.truth !== undefined,
        explained: this.#request.out !== undefined,
      }),
    )
    const { into } = this.#request
    if (into !== undefined) {
      const plan = { sources, rows, ruleset: withModel(ruleset, clusters.scored), region }
      this.#written = await this.#timed('project', () => writeProject(this.#session, into, plan))
    }
    return clusters
  }

  async #evaluate(
    sources: readonly LoadedSource[],
    clusters: RuleClusters,
  ): Promise<EvaluationFigures | undefined> {
    if (this.#request.truth === undefined || recordsOf(sources) === 0) return undefined
    const columns = columnNamed(this.#request.truth, sources, 'truth')
    return await this.#timed('evaluate', async () => {
      if (clusters.scored) this.#proposed = clusters.countProposed()
      return await evaluateClusters(this.#session, sources, { clusters, truth: { columns } })
    })
  }

  async #timed<Result>(stage: string, work: () => Promise<Result>): Promise<Result> {
    const startMs = performance.now()
    const result = await work()
    this.#stages.set(stage, (performance.now() - startMs) / 1000)
    return result
  }

  #answer(found: Found): Resolution {
    const { sources, uses, clusters, evaluation, out } = found
    const sizes = largestClusters(clusters.label, sources)
    const records = clusters.label.length
    return {
      records,
      entities: sizes.count,
      consolidationRate: records === 0 ? 0 : 1 - sizes.count / records,
      seconds: (performance.now() - this.#startMs) / 1000,
      stages: Object.fromEntries(this.#stages),
      peakRssBytes: process.resourceUsage().maxRSS * 1024,
      largestCluster: sizes.largest[0]?.records ?? 0,
      largestClusters: sizes.largest,
      contestedKeys: clusters.contested,
      ...(clusters.scored ? { pairs: clusters.pairsCompared } : {}),
      ...(this.#proposed === undefined ? {} : { pairsProposed: this.#proposed }),
      ...(clusters.estimatedRecall === undefined
        ? {}
        : { estimatedBlockingRecall: clusters.estimatedRecall }),
      columns: uses.map(({ column, file, field, kind, identifier, why }) => ({
        column,
        file,
        field,
        kind,
        ...(identifier ? { identifier } : {}),
        why,
      })),
      problems: sources.flatMap(({ label, problems }) =>
        problems.count === 0 ? [] : [{ file: label, ...problems }],
      ),
      ...(evaluation ? { evaluation } : {}),
      ...(out === undefined ? {} : { out }),
      ...(this.#written ? { project: this.#written } : {}),
    }
  }
}

interface Found {
  readonly sources: readonly LoadedSource[]
  readonly uses: readonly ColumnUse[]
  readonly clusters: RuleClusters
  readonly evaluation: EvaluationFigures | undefined
  readonly out: string | undefined
}

function recordsOf(sources: readonly LoadedSource[]): number {
  return sources.reduce((sum, source) => sum + source.rows, 0)
}

/** What is wrong with rules is told with the line of their file. */
function checkRules(
  rules: Sourced<ResolveDefinition>,
  ruleset: RulesetDefinition,
  model: MappedModel,
): void {
  try {
    checkMatchRules(ruleset, model)
  } catch (error) {
    if (!(error instanceof MainstemError)) throw error
    throw new ProjectError(mistakesOfError(rules, error), `The file ${rules.file}`)
  }
}

/** The ruleset of a file of rules: about accounts where only they are mapped. */
function rulesetOf(rules: ResolveDefinition, rows: readonly ModelRow[]): RulesetDefinition {
  const { columns: _columns, files: _files, region: _region, ...ruleset } = rules
  const isOf = (object: string): boolean =>
    rows.some(row => row.object === object && [...row.fields.keys()].some(field => field !== 'Id'))
  return {
    label: 'People',
    configurationType: isOf('Account') && !isOf('Individual') ? 'Account' : 'Individual',
    ...ruleset,
  }
}

function noFiles(): MainstemError {
  const fix = 'Write mainstem resolve people.csv.'
  return new MainstemError('USAGE', `"mainstem resolve" needs a file. ${fix}`, { fix })
}
