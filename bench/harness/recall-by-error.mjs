// @ts-check
import { DuckDBInstance } from '@duckdb/node-api'

/**
 * Of the true pairs of which a record has an error, the share that ended in one cluster, by error; `none` are pairs
 * of two records without any.
 * @param {{ resolved: string, truth: string }} files what `resolve --out` wrote, and the generator's truth file
 * @returns {Promise<{ error: string, pairs: number, recall: number }[]>}
 */
export async function recallByError({ resolved, truth }) {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  await connection.run(
    `create table rec as select entity_id as entity, unified_id as cluster,
       coalesce(string_split(t.errors, ' '), []) as errors, row_number() over () as n
     from read_csv('${truth}', all_varchar = true) t join read_csv('${resolved}', all_varchar = true) using (record_id)`,
  )
  const answer = await connection.runAndReadAll(
    `with pair as (
       select l.cluster = r.cluster as found, list_distinct(l.errors || r.errors) as errors
       from rec l join rec r on l.entity = r.entity and l.n < r.n),
     told as (select found, unnest(case when errors = [] then ['none'] else errors end) as error from pair)
     select error, count(*)::int, (count(*) filter (where found) / count(*))::double from told group by 1 order by 1`,
  )
  connection.closeSync()
  instance.closeSync()
  return answer.getRows().map(([error, pairs, recall]) => ({
    error: String(error),
    pairs: Number(pairs),
    recall: Number(recall),
  }))
}
