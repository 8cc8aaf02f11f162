import { MainstemError } from '@mainstem/contracts'
import type { ClusteredRecords } from '../../identity/index.ts'
import type { SqlSession } from '../../lake/index.ts'
import { numberAt } from '../commands/answer.ts'
import { type EvaluationFigures, evaluationFigures } from '../commands/evaluation-figures.ts'
import type { LoadedSource } from './load-sources.ts'

/** Where the truth stands: of each source the number of its column, if it has one. */
export interface TruthColumns {
  readonly columns: readonly (number | undefined)[]
}

/** Compares clusters with the truth that a column of the sources tells; records without it do not count. */
export async function evaluateClusters(
  session: SqlSession,
  sources: readonly LoadedSource[],
  { clusters, truth }: { readonly clusters: ClusteredRecords; readonly truth: TruthColumns },
): Promise<EvaluationFigures> {
  await session.run('create or replace temp table labelled (pid integer, label integer)')
  await session.load('temp.labelled', [
    { name: 'pid', type: 'INTEGER', values: Int32Array.from(clusters.label, (_first, pid) => pid) },
    { name: 'label', type: 'INTEGER', values: clusters.label },
  ])
  const told = sources.flatMap((source, number) => {
    const column = truth.columns[number]
    if (column === undefined) return []
    const entity = `nullif(trim(c${column}::varchar), '')`
    return [`select pid, ${entity} as entity_id from ${source.table} where ${entity} is not null`]
  })
  await session.run(
    `create or replace temp table placed as
     select t.entity_id, t.pid, false as is_missing, l.label as uid
     from (${told.join(' union all ')}) t join temp.labelled l using (pid)`,
  )
  const [row] = await session.rows('select count(*) from temp.placed')
  if (numberAt(row, 0) === 0) {
    const fix = 'Name the column that says whose each record is.'
    throw new MainstemError('USAGE', `The column of --truth is empty in every record. ${fix}`, {
      key: 'truth',
      fix,
    })
  }
  return await evaluationFigures(session, { keys: clusters.keys, pairs: clusters.linkedPairs() })
}
