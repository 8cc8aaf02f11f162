import { existsSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { MainstemError } from '@mainstem/contracts'
import { directPairs } from '../../identity/index.ts'
import { openFile, type SourceFile, type SqlSession } from '../../lake/index.ts'
import { ident } from '../../query/index.ts'
import { checkBytes } from '../engine/check-bytes.ts'
import type { Engine } from '../engine/engine.ts'
import { mainRuleset } from '../engine/public-relations.ts'
import type { RulesetRuntime } from '../engine/ruleset-runtime.ts'
import { type AnswerPlace, numberAt, placeOf, textAt } from './answer.ts'
import { type EvaluationFigures, evaluationFigures, figureLines } from './evaluation-figures.ts'

/** The answer of `evaluate`. */
export interface Evaluation extends AnswerPlace, EvaluationFigures {
  readonly ruleset: string
}

/** What is evaluated against what. */
export interface EvaluateRequest {
  readonly truthPath: string
  readonly ruleset?: string | undefined
}

/**
 * Compares unified profiles with a truth: a CSV with `record_id` (`stream/id`) and `entity_id`.
 */
export async function evaluate(engine: Engine, request: EvaluateRequest): Promise<Evaluation> {
  const ruleset = rulesetFor(engine, request.ruleset)
  return await engine.reading(async session => {
    await readTruth(session, request.truthPath)
    await session.run(placedSql(ruleset))
    const { stage } = ruleset
    const figures = await evaluationFigures(session, {
      keys: await stage.keysRelation(session),
      pairs: directPairs(stage.index, stage.resolveOptions),
    })
    return { ...placeOf(engine), ruleset: ruleset.definition.label, ...figures }
  })
}

/** The same for people. */
export function evaluationLines(found: Evaluation): readonly string[] {
  const hint = found.missing === found.records ? ' (a record_id is stream/id)' : ''
  const missing = found.missing === 0 ? '' : `, ${found.missing} of them not in the store${hint}`
  return [
    `Ruleset ${found.ruleset}: ${found.records} records of ${found.entities} people in ${found.clusters} profiles${missing}`,
    ...figureLines(found),
  ]
}

function rulesetFor(engine: Engine, label: string | undefined): RulesetRuntime {
  const { rulesets } = engine.applied
  const found =
    label === undefined
      ? (mainRuleset(engine.applied, 'Individual') ?? rulesets[0])
      : rulesets.find(one => one.definition.label === label)
  if (found) return found
  const labels = rulesets.map(one => `"${one.definition.label}"`).join(', ')
  throw new MainstemError(
    'DEFINITION_NOT_FOUND',
    label === undefined
      ? 'The project has no ruleset, so there are no profiles to evaluate. Write rulesets/people.yaml.'
      : `No ruleset is labelled "${label}". There ${rulesets.length === 1 ? 'is' : 'are'} ${labels || 'none'}.`,
    { key: 'ruleset' },
  )
}

/** Reads the truth into the temporary table `truth`. */
async function readTruth(session: SqlSession, truthPath: string): Promise<void> {
  const path = resolve(truthPath)
  const label = basename(path)
  if (!existsSync(path)) {
    const fix = 'Name a CSV file with the columns record_id and entity_id.'
    throw new MainstemError('SOURCE_MISSING', `There is no file ${label}. ${fix}`, { file: label })
  }
  const compression = /\.gz$/i.test(path) ? 'gzip' : /\.zst$/i.test(path) ? 'zstd' : 'none'
  const file: SourceFile = { path, label, format: 'CSV', compression }
  await checkBytes(file)
  const opened = await openFile(session, file)
  const [record, entity] = ['record_id', 'entity_id'].map(name => {
    const column = opened.columns.find(one => one.toLowerCase() === name)
    if (column !== undefined) return ident(column)
    const says = `The truth ${label} has no column ${name}. Its columns are to be record_id (stream/id) and entity_id.`
    throw new MainstemError('COLUMN_MISSING', says, { file: label, key: name })
  })
  await session.run(
    `create or replace temp table truth as
     select distinct ${record} as record_id, ${entity} as entity_id
     from (${opened.sample(Number.MAX_SAFE_INTEGER)}) where ${record} is not null and ${entity} is not null`,
  )
  const [twice] = await session.rows(
    'select count(*) from (select record_id from truth group by record_id having count(*) > 1)',
  )
  if (numberAt(twice, 0) === 0) return
  const says = `The truth ${label} gives ${textAt(twice, 0)} records to two entities. Each record_id belongs to one.`
  throw new MainstemError('SOURCE_UNREADABLE', says, { file: label })
}

/** A record that the store does not have is a profile of its own, told apart by a negative number. */
function placedSql(ruleset: RulesetRuntime): string {
  const view = ident(`m_${ruleset.definition.configurationType}`)
  return `
    create or replace temp table placed as
    with record as (
      select _stream || '/' || "Id" as record_id, any_value("_p_Id") as pid from ${view} where not _system group by 1)
    select t.entity_id, l.pid, l.uid is null as is_missing, coalesce(l.uid, -row_number() over (order by t.record_id)) as uid
    from truth t left join record r using (record_id) left join ${ruleset.stage.tables.link} l on l.pid = r.pid`
}
