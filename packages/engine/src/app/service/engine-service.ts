import { isDeepStrictEqual } from 'node:util'
import { MainstemError } from '@mainstem/contracts'
import { backupStore } from '../commands/backup.ts'
import { decide, decisionLines, revoke, undo } from '../commands/decide.ts'
import { exportDecisions, listDecisions, listLines } from '../commands/decisions.ts'
import { deleteJobs, deleteLines, deleteRows } from '../commands/delete-rows.ts'
import { doctor, doctorLines } from '../commands/doctor.ts'
import { evaluate, evaluationLines } from '../commands/evaluate.ts'
import { explain } from '../commands/explain.ts'
import { importDecisions, importLines } from '../commands/import-decisions.ts'
import { ingestFile, ingestLines } from '../commands/ingest-file.ts'
import { lastVerify } from '../commands/last-verify.ts'
import { applyPlan, planProject } from '../commands/plan.ts'
import { problemLines, problems, reprocessLines, reprocessProblems } from '../commands/problems.ts'
import { profileOf } from '../commands/profile.ts'
import { fieldsLines, reviewFields } from '../commands/review/fields.ts'
import { reviewLines } from '../commands/review/review-lines.ts'
import { review } from '../commands/review/review.ts'
import { runDocument } from '../commands/run-document.ts'
import { QueryRunner } from '../commands/run-query.ts'
import { scoreModels } from '../commands/score-models.ts'
import { statusOf, statusRow } from '../commands/status.ts'
import type { Engine } from '../engine/engine.ts'
import { loadProject, writeRulesets } from '../project/index.ts'
import { verifyLines, verifyStore } from '../verify/index.ts'

/** What a command is told while it is at work. */
export interface ServiceCall {
  readonly signal?: AbortSignal | undefined
  readonly progress?: ((update: object) => void) | undefined
}

/** Parameters of a command, as they came over a socket or from the command line. */
export type ServiceParams = Readonly<Record<string, unknown>>

/** Does what commands ask of an engine; answers are JSON text. The CLI and the edge both come here. */
export class EngineService {
  readonly engine: Engine
  readonly #queries: QueryRunner
  readonly #projectRoot: string

  constructor(engine: Engine, projectRoot: string, options: { onStuck?: () => void } = {}) {
    this.engine = engine
    this.#queries = new QueryRunner(engine, { onStuck: options.onStuck })
    this.#projectRoot = projectRoot
  }

  /** Whether a method is known. */
  has(method: string): boolean {
    return Object.hasOwn(this.#methods, method)
  }

  /**
   * Runs a command and answers its JSON document as text; with the parameter `wantsLines` the document
   * and, where the command has them, the lines that say it for people.
   */
  async handle(method: string, params: ServiceParams, call: ServiceCall = {}): Promise<string> {
    const does = Object.hasOwn(this.#methods, method) ? this.#methods[method] : undefined
    if (!does) throw new MainstemError('USAGE', `There is no command "${method}".`)
    const answer = await does(params, call)
    const { document, lines } = answer instanceof Told ? answer : new Told(answer, undefined)
    if (params['wantsLines'] !== true)
      return typeof document === 'string' ? document : JSON.stringify(document)
    return JSON.stringify({
      document: typeof document === 'string' ? JSON.parse(document) : document,
      lines,
    })
  }

  readonly #methods: Readonly<
    Record<string, (params: ServiceParams, call: ServiceCall) => Promise<unknown>>
  > = {
    queryv2: async (params, { signal }) => {
      const after = optional(params, 'after')
      if (after !== undefined && !(await this.engine.waitFor(BigInt(after), AFTER_TIMEOUT_MS))) {
        throw new MainstemError(
          'SQL_LIMIT',
          `Position ${after} was not applied within ${AFTER_TIMEOUT_MS / 1000} s. Try again.`,
        )
      }
      return await this.#queries.queryv2(text(params, 'sql'), signal)
    },
    'queryv2.next': async params =>
      await Promise.resolve(this.#queries.nextPage(text(params, 'nextBatchId'))),
    query: async params => await this.#queries.plain(text(params, 'sql')),
    profile: async params => await profileOf(this.engine, text(params, 'key')),
    explain: async params =>
      await explain(this.engine, {
        a: text(params, 'a'),
        b: optional(params, 'b'),
        wantsSvg: optional(params, 'svg') !== undefined,
      }),
    model: async params =>
      await Promise.resolve(
        scoreModels(this.engine, {
          ruleset: optional(params, 'ruleset'),
          wantsSvg: optional(params, 'svg') !== undefined,
        }),
      ),
    review: async params => {
      const queue = await review(this.engine, {
        kind: optional(params, 'kind'),
        ruleset: optional(params, 'ruleset'),
        limit: optional(params, 'limit'),
      })
      return new Told(queue, reviewLines(queue))
    },
    'review.fields': async () => {
      const found = await reviewFields(this.engine)
      return new Told(found, fieldsLines(found))
    },
    status: async () => await statusOf(this.engine),
    'verify.last': async () => await lastVerify(this.engine),
    'page.summary': async () => ({
      ...(await statusOf(this.engine)),
      verify: await lastVerify(this.engine),
    }),
    verify: async params => {
      const report = await verifyStore(this.engine, { stage: optional(params, 'stage') })
      return new Told(report, verifyLines(report))
    },
    run: async (params, { progress }) => {
      await this.#refreshDefinitions()
      return await runDocument(this.engine, {
        stage: optional(params, 'stage'),
        name: optional(params, 'name'),
        allowShrink: params['allowShrink'] === true,
        asOfMs: optional(params, 'now') === undefined ? undefined : Date.parse(text(params, 'now')),
        onStage: result =>
          progress?.({
            stage: result.stage,
            name: result.name,
            status: result.status,
            rowsOut: result.rowsOut,
            changed: result.changed,
            seconds: result.seconds,
          }),
      })
    },
    plan: async (params, { signal }) => {
      const rulesets = givenRulesets(params)
      return await planProject(
        this.engine,
        await loadProject(this.#projectRoot, { rulesets }),
        signal,
      )
    },
    apply: async params => {
      const rulesets = givenRulesets(params)
      const project = await loadProject(this.#projectRoot, { rulesets })
      const done = await applyPlan(this.engine, project)
      await writeRulesets(project, rulesets)
      return done
    },
    doctor: async () => {
      const diagnosis = await doctor(this.engine)
      return new Told(diagnosis, doctorLines(diagnosis))
    },
    problems: async params => {
      const found = await problems(this.engine, { stream: optional(params, 'stream') })
      return new Told(found, problemLines(found))
    },
    'problems.reprocess': async params => {
      const done = await reprocessProblems(this.engine, { stream: optional(params, 'stream') })
      return new Told(done, reprocessLines(done))
    },
    delete: async params => {
      const done = await deleteRows(this.engine, {
        stream: text(params, 'stream'),
        keys: list(params, 'keys'),
        where: optional(params, 'where'),
        dryRun: params['dryRun'] === true,
      })
      return new Told(done, deleteLines(done))
    },
    'delete.history': async () => await deleteJobs(this.engine),
    ingest: async params => {
      const done = await ingestFile(this.engine, text(params, 'stream'), text(params, 'file'))
      return new Told(done, ingestLines(done))
    },
    decide: async params => {
      const verdict = verdictOf(params)
      const done = await decide(this.engine, { ...pairOf(params), verdict })
      return new Told(done, decisionLines(done))
    },
    undo: async params => {
      const done = await undo(this.engine, pairOf(params))
      return new Told(done, decisionLines(done))
    },
    'decisions.list': async params => {
      const found = await listDecisions(this.engine, { all: params['all'] === true })
      return new Told(found, listLines(found))
    },
    'decisions.revoke': async params => {
      const number = text(params, 'number')
      const done = await revoke(this.engine, { number, ...deciderOf(params) })
      return new Told(done, decisionLines(done))
    },
    'decisions.import': async params => {
      const done = await importDecisions(this.engine, text(params, 'file'))
      return new Told(done, importLines(done))
    },
    'decisions.export': async params => await exportDecisions(this.engine, text(params, 'file')),
    evaluate: async params => {
      const request = { truthPath: text(params, 'truth'), ruleset: optional(params, 'ruleset') }
      const evaluation = await evaluate(this.engine, request)
      return new Told(evaluation, evaluationLines(evaluation))
    },
    backup: async params => await backupStore(this.engine, text(params, 'directory')),
    'segments.publish': async params => await this.#publish('segments', text(params, 'name')),
    'activations.publish': async params => await this.#publish('activations', text(params, 'name')),
  }

  /** Runs by the project's files as they are now: people edit a file, then run. */
  async #refreshDefinitions(): Promise<void> {
    const project = await loadProject(this.#projectRoot)
    if (!isDeepStrictEqual(definitions(project), definitions(this.engine.applied.project))) {
      await this.engine.apply(project)
    }
  }

  async #publish(kind: 'segments' | 'activations', name: string): Promise<Record<string, unknown>> {
    const { project } = this.engine.applied
    const known =
      kind === 'segments'
        ? project.segments.map(one => one.definition.developerName)
        : project.activations.map(one => one.definition.name)
    if (!known.includes(name)) {
      throw new MainstemError(
        'DEFINITION_NOT_FOUND',
        `No ${kind === 'segments' ? 'segment' : 'activation'} is named "${name}". There are ${known.join(', ') || 'none'}.`,
      )
    }
    const stage = kind === 'segments' ? 'segments' : 'activation'
    const { stages } = await runDocument(this.engine, { stage, name })
    const failed = stages.find(one => one.status === 'ERROR')
    if (failed)
      throw new MainstemError(
        kind === 'segments' ? 'SEGMENT_INVALID' : 'ACTIVATION_INVALID',
        failed.error ?? 'It failed.',
      )
    return await statusRow(this.engine, kind, name)
  }
}

/** An answer that its command also says in lines for people. */
class Told {
  readonly document: unknown
  readonly lines: readonly string[] | undefined

  constructor(document: unknown, lines: readonly string[] | undefined) {
    this.document = document
    this.lines = lines
  }
}

/** How long `?after=` waits. */
const AFTER_TIMEOUT_MS = 30_000

function definitions(project: Awaited<ReturnType<typeof loadProject>>): unknown {
  const {
    definition,
    streams,
    objects,
    mappings,
    rulesets,
    insights,
    segments,
    targets,
    activations,
  } = project
  const plain = (list: readonly { readonly definition: unknown }[]): readonly unknown[] =>
    list.map(one => one.definition)
  return [
    definition,
    ...[streams, objects, mappings, rulesets, insights, segments, targets, activations].map(plain),
  ]
}

/** Rulesets that came over the API, as JSON; none where the files are meant as they are. */
function givenRulesets(params: ServiceParams): readonly unknown[] {
  const given = optional(params, 'rulesets')
  const value: unknown = given === undefined ? [] : JSON.parse(given)
  return Array.isArray(value) ? value : []
}

function text(params: ServiceParams, name: string): string {
  const value = params[name]
  if (typeof value === 'string' && value !== '') return value
  throw new MainstemError('USAGE', `The parameter "${name}" is missing.`, { key: name })
}

function optional(params: ServiceParams, name: string): string | undefined {
  const value = params[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}

function pairOf(params: ServiceParams): { a: string; b: string; author: string; reason: string } {
  return { a: text(params, 'a'), b: text(params, 'b'), ...deciderOf(params) }
}

function deciderOf(params: ServiceParams): { author: string; reason: string } {
  return { author: optional(params, 'author') ?? '', reason: optional(params, 'reason') ?? '' }
}

function verdictOf(params: ServiceParams): 'together' | 'never' {
  const [isTogether, isNever] = [params['together'] === true, params['never'] === true]
  if (isTogether !== isNever) return isTogether ? 'together' : 'never'
  throw new MainstemError('USAGE', 'Say what you decide: --together, or --never. One of the two.')
}

function list(params: ServiceParams, name: string): readonly string[] | undefined {
  const value = params[name]
  return Array.isArray(value) ? value.map(String) : undefined
}
