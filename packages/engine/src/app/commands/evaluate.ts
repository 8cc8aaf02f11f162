import { existsSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { MainstemError } from '@mainstem/contracts'
import { directPairs, SURNAME_RULE } from '../../identity/index.ts'
import { openFile, type SqlSession } from '../../lake/index.ts'
import { ident } from '../../query/index.ts'
import type { Engine } from '../engine/engine.ts'
import { mainRuleset } from '../engine/public-relations.ts'
import type { RulesetRuntime } from '../engine/ruleset-runtime.ts'
import { type AnswerPlace, numberAt, placeOf, textAt } from './answer.ts'

/** How much of what was found is right, how much of what is right was found, and both in one. */
export interface Quality {
  readonly precision: number
  readonly recall: number
  readonly f1: number
}

/** The answer of `evaluate`. */
export interface Evaluation extends AnswerPlace {
  readonly ruleset: string
  /** Records of the truth; others do not count. */
  readonly records: number
  /** Of these, records that the store does not have: each stands alone. */
  readonly missing: number
  readonly entities: number
  readonly clusters: number
  /** Over the pairs of records that a rule links by itself, before links make profiles. */
  readonly edge: Quality
  /** Over all pairs of records: in one profile, and of one person. */
  readonly pairwise: Quality
  /** Over records: the mean of how pure and how complete each one's profile is. */
  readonly bcubed: Quality
  /** Of the pairs of records of one person, the share that some rule looks at: they have a match key in common. */
  readonly blockingRecall: number
  /** Share of the people whose profile has all of their records and no others. */
  readonly exactClusterRate: number
}

/** What is evaluated against what. */
export interface EvaluateRequest {
  readonly truthPath: string
  readonly ruleset?: string | undefined
}

/**
 * Compares unified profiles with a truth: a CSV with `record_id` (`stream/id`) and `entity_id`.
 * The only place that reads a truth. Pairs are counted from group sizes, never made.
 */
export async function evaluate(engine: Engine, request: EvaluateRequest): Promise<Evaluation> {
  const ruleset = rulesetFor(engine, request.ruleset)
  return await engine.reading(async session => {
    await readTruth(session, request.truthPath)
    await session.run(placedSql(ruleset))
    await session.run(GROUPED_SQL)
    const [proposed] = await session.rows(proposedSql(ruleset))
    await loadPairs(session, ruleset)
    const [edges] = await session.rows(EDGES_SQL)
    const [row] = await session.rows(SCORES_SQL)
    const at = (place: number): number => numberAt(row, place)
    return {
      ...placeOf(engine),
      ruleset: ruleset.definition.label,
      records: at(0),
      missing: at(1),
      entities: at(2),
      clusters: at(3),
      edge: quality(
        ratio(numberAt(edges, 0), numberAt(edges, 1)),
        ratio(numberAt(edges, 0), at(6)),
      ),
      pairwise: quality(ratio(at(4), at(5)), ratio(at(4), at(6))),
      bcubed: quality(ratio(at(7), at(0)), ratio(at(8), at(0))),
      blockingRecall: ratio(numberAt(proposed, 0), at(6)),
      exactClusterRate: ratio(at(9), at(2)),
    }
  })
}

/** The same for people. */
export function evaluationLines(found: Evaluation): readonly string[] {
  const line = (name: string, { precision, recall, f1 }: Quality): string =>
    `${name.padEnd(10)}precision ${share(precision)}   recall ${share(recall)}   F1 ${share(f1)}`
  const missing = found.missing === 0 ? '' : `, ${found.missing} of them not in the store`
  return [
    `Ruleset ${found.ruleset}: ${found.records} records of ${found.entities} people in ${found.clusters} profiles${missing}`,
    line('links', found.edge),
    line('pairs', found.pairwise),
    line('B-cubed', found.bcubed),
    `${share(found.blockingRecall)} of the pairs that are one person have a match key in common.`,
    `${share(found.exactClusterRate)} of the people have exactly their own records.`,
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
  const opened = await openFile(session, { path, label, format: 'CSV', compression })
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

const GROUPED_SQL = `
  create or replace temp table grouped as
  select entity_id, uid, count(*) as n, count(*) filter (is_missing) as missing from placed group by all`

/** How many pairs of records of one person have a key of one rule in common. */
function proposedSql({ stage }: RulesetRuntime): string {
  return `
    with keyed as (select distinct entity_id, rule, key, pid from placed join ${stage.tables.matchKey} using (pid) where rule <> ${SURNAME_RULE})
    select count(*) from (
      select distinct a.pid, b.pid from keyed a
      join keyed b on b.entity_id = a.entity_id and b.rule = a.rule and b.key = a.key and b.pid > a.pid)`
}

/** Puts the pairs that rules link by themselves into the temporary table `edge`. */
async function loadPairs(session: SqlSession, { stage }: RulesetRuntime): Promise<void> {
  const { first, second } = directPairs(stage.index, stage.resolveOptions)
  await session.run('create or replace temp table edge (a integer, b integer)')
  await session.load('temp.edge', [
    { name: 'a', type: 'INTEGER', values: first },
    { name: 'b', type: 'INTEGER', values: second },
  ])
}

/** Of the pairs between records of the truth: those of one person, and all. */
const EDGES_SQL = `
  select count(*) filter (one.entity_id = other.entity_id), count(*)
  from edge join placed one on one.pid = edge.a join placed other on other.pid = edge.b`

const SCORES_SQL = `
  with entity as (select entity_id, sum(n) as n from grouped group by all),
  cluster as (select uid, sum(n) as n from grouped group by all),
  cell as (
    select g.n::double as n, e.n::double as of_entity, c.n::double as of_cluster
    from grouped g join entity e using (entity_id) join cluster c using (uid))
  select (select coalesce(sum(n), 0) from grouped), (select coalesce(sum(missing), 0) from grouped),
    (select count(*) from entity), (select count(*) from cluster),
    (select coalesce(sum(n * (n - 1) / 2), 0) from cell),
    (select coalesce(sum(n::double * (n - 1) / 2), 0) from cluster),
    (select coalesce(sum(n::double * (n - 1) / 2), 0) from entity),
    (select coalesce(sum(n * n / of_cluster), 0) from cell),
    (select coalesce(sum(n * n / of_entity), 0) from cell),
    (select count(*) from cell where n = of_entity and n = of_cluster)`

/** Nothing asserted is nothing wrong, and nothing to find is nothing missed. */
function ratio(part: number, whole: number): number {
  return whole === 0 ? 1 : part / whole
}

function quality(precision: number, recall: number): Quality {
  const sum = precision + recall
  return { precision, recall, f1: sum === 0 ? 0 : (2 * precision * recall) / sum }
}

function share(value: number): string {
  return `${(value * 100).toFixed(2)} %`
}
