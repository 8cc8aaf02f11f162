import { type NodePairs, SURNAME_RULE } from '../../identity/index.ts'
import type { SqlSession } from '../../lake/index.ts'
import { numberAt } from './answer.ts'

/** How much of what was found is right, how much of what is right was found, and both in one. */
export interface Quality {
  readonly precision: number
  readonly recall: number
  readonly f1: number
}

/** How good clusters are, against a truth. */
export interface EvaluationFigures {
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

/** What clusters were made from. */
export interface EvaluatedMatching {
  /** The relation of `rule, key, pid` by which pairs were looked at. */
  readonly keys: string
  /** The pairs that some rule links by itself. */
  readonly pairs: NodePairs
}

/**
 * Compares clusters with a truth: the temporary table `placed` has, for each record of the truth,
 * `pid` (null where nobody has it), `entity_id`, `uid` (its cluster) and `is_missing`. Pairs are
 * counted from group sizes, never made.
 */
export async function evaluationFigures(
  session: SqlSession,
  { keys, pairs }: EvaluatedMatching,
): Promise<EvaluationFigures> {
  await session.run(GROUPED_SQL)
  const [proposed] = await session.rows(proposedSql(keys))
  await loadPairs(session, pairs)
  const [edges] = await session.rows(EDGES_SQL)
  const [row] = await session.rows(SCORES_SQL)
  const at = (place: number): number => numberAt(row, place)
  return {
    records: at(0),
    missing: at(1),
    entities: at(2),
    clusters: at(3),
    edge: quality(ratio(numberAt(edges, 0), numberAt(edges, 1)), ratio(numberAt(edges, 0), at(6))),
    pairwise: quality(ratio(at(4), at(5)), ratio(at(4), at(6))),
    bcubed: quality(ratio(at(7), at(0)), ratio(at(8), at(0))),
    blockingRecall: ratio(numberAt(proposed, 0), at(6)),
    exactClusterRate: ratio(at(9), at(2)),
  }
}

/** The same for people. */
export function figureLines(found: EvaluationFigures): readonly string[] {
  const line = (name: string, { precision, recall, f1 }: Quality): string =>
    `${name.padEnd(10)}precision ${share(precision)}   recall ${share(recall)}   F1 ${share(f1)}`
  return [
    line('links', found.edge),
    line('pairs', found.pairwise),
    line('B-cubed', found.bcubed),
    `${share(found.blockingRecall)} of the pairs that are one person have a match key in common.`,
    `${share(found.exactClusterRate)} of the people have exactly their own records.`,
  ]
}

const GROUPED_SQL = `
  create or replace temp table grouped as
  select entity_id, uid, count(*) as n, count(*) filter (is_missing) as missing from placed group by all`

/** How many pairs of records of one person have a key of one rule in common. */
function proposedSql(keys: string): string {
  return `
    with keyed as (select distinct entity_id, rule, key, pid from placed join ${keys} using (pid) where rule <> ${SURNAME_RULE})
    select count(*) from (
      select distinct a.pid, b.pid from keyed a
      join keyed b on b.entity_id = a.entity_id and b.rule = a.rule and b.key = a.key and b.pid > a.pid)`
}

/** Puts the pairs that rules link by themselves into the temporary table `edge`. */
async function loadPairs(session: SqlSession, { first, second }: NodePairs): Promise<void> {
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
