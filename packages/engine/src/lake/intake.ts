import { MainstemError } from '@mainstem/contracts'
import { must } from '../kernel/assert.ts'
import { ident, literal } from '../query/index.ts'
import type { ChangeSet } from './change-set.ts'
import { dloTable, partyHash } from './dlo-table.ts'
import type { Intake, IntakeCounts } from './intake-request.ts'
import type { SqlSession } from './sql-session.ts'
import { hasPartyHashes, stageSql } from './stage-sql.ts'

/** Rows up to which keys are named in the statement, so that the engine skips what it need not read. */
const KEY_LIST_MAX = 2000

/**
 * Takes staged rows into their data lake object: reduces them to the last row a key, keeps what is
 * newer, and adds the parties whose rows changed to the change set. Runs inside the caller's transaction, on the temporary table `stage` that `stageRows` made.
 */
export async function takeIn(
  session: SqlSession,
  intake: Intake,
  changes: ChangeSet,
): Promise<IntakeCounts> {
  const staged = await stagedCounts(session)
  if (staged.bad > 0) await insertProblems(session, intake)
  const keys = staged.keys ?? '_kh in (select _kh from stage where _code is null)'
  await classify(session, intake, { keys, repeats: staged.distinct < staged.good })
  const classes = await classCounts(session)
  const changed = classes.added === staged.good ? 'true' : CHANGED
  const removed = intake.mode === 'FULL_REFRESH' ? await removeMissing(session, intake, changes) : 0
  await replaceRows(session, intake, { keys, updated: classes.updated, changes })
  await insertParties(session, intake)
  await touchFirst(session, intake, changes)
  await insertRows(session, intake, { changed, areFew: staged.keys !== undefined, changes })
  return {
    processed: staged.good + staged.bad + (intake.mode === 'PARTIAL_UPDATE' ? staged.folded : 0),
    added: classes.added,
    updated: classes.updated,
    unchanged: classes.unchanged,
    stale: classes.stale + (intake.mode === 'PARTIAL_UPDATE' ? staged.folded : 0),
    problems: staged.bad,
    removed,
  }
}

/** Reads the source into the temporary table `stage`, typed, with what is wrong with each row. */
export async function stageRows(session: SqlSession, intake: Intake): Promise<void> {
  const [read, ...fold] = stageSql(intake)
  await session.run(read, intake.values)
  for (const statement of fold) await session.run(statement)
}

interface StagedCounts {
  readonly good: number
  readonly bad: number
  readonly distinct: number
  readonly folded: number
  /** A condition on `_kh` that names the staged keys, where they are few. */
  readonly keys: string | undefined
}

async function stagedCounts(session: SqlSession): Promise<StagedCounts> {
  const rows = await session.rows(
    `select count(*) filter (where _code is null), count(*) filter (where _code is not null),
            count(distinct _kh) filter (where _code is null), coalesce(sum(_folded), 0)::bigint,
            case when count(*) <= ${KEY_LIST_MAX}
                 then array_to_string(list(distinct _kh) filter (where _code is null), ', ') end
     from stage`,
  )
  const [row] = rows
  const [good = 0, bad = 0, distinct = 0, folded = 0] = (row ?? []).slice(0, 4).map(Number)
  const list = row?.[4]
  const keys =
    good <= KEY_LIST_MAX && good + bad <= KEY_LIST_MAX
      ? `_kh in (${list === null ? 'null' : String(list)})`
      : undefined
  return { good, bad, distinct, folded, keys }
}

async function insertProblems(session: SqlSession, intake: Intake): Promise<void> {
  await session.run(
    `insert into problem
     select (select coalesce(max(id), 0) from problem) + row_number() over (order by _pos, _row),
            ${literal(intake.schema.name)}, _code, _field, encode(_payload), _pos, _row, _origin,
            ${intake.runId}, _at, 'open'
     from stage where _code is not null`,
  )
}

async function classify(
  session: SqlSession,
  intake: Intake,
  { keys, repeats }: { keys: string; repeats: boolean },
): Promise<void> {
  const table = ident(dloTable(intake.schema.name))
  const place = repeats
    ? 'row_number() over (partition by _kh order by _mod desc nulls last, _pos desc, _row desc)'
    : '1'
  await session.run(
    `create or replace temp table classed as
     select s._kh, s._pos, s._row,
            case when s.place > 1 then 'stale' when e._kh is null then 'added'
                 when e._mod > s._mod then 'stale' when e._hash = s._hash then 'unchanged'
                 else 'updated' end as class
     from (select _kh, _pos, _row, _mod, _hash, ${place} as place from stage where _code is null) s
     left join (select _kh, _mod, _hash from ${table} where ${keys}) e on e._kh = s._kh`,
  )
}

async function classCounts(
  session: SqlSession,
): Promise<{ added: number; updated: number; unchanged: number; stale: number }> {
  const rows = await session.rows('select class, count(*) from classed group by class')
  const count = (name: string): number => Number(rows.find(([of]) => of === name)?.[1] ?? 0)
  return {
    added: count('added'),
    updated: count('updated'),
    unchanged: count('unchanged'),
    stale: count('stale'),
  }
}

/** A full refresh takes away what its source no longer has, unless that is suspiciously much. */
async function removeMissing(
  session: SqlSession,
  intake: Intake,
  changes: ChangeSet,
): Promise<number> {
  const table = ident(dloTable(intake.schema.name))
  const rows = await session.rows(
    `select count(*), count(*) filter (where _kh not in (select _kh from stage where _kh is not null)) from ${table}`,
  )
  const [before, gone] = (rows[0] ?? []).map(Number)
  if (!before || !gone) return 0
  if (gone / before > intake.shrinkMax) {
    throw new MainstemError(
      'REFRESH_SHRINK',
      `The full refresh of stream "${intake.schema.name}" would remove ${gone} of ${before} rows, more than ` +
        `${Math.round(intake.shrinkMax * 100)} %. Nothing was changed. If this is right, set shrinkMax: 1 ` +
        `in the stream's file, or run with --allow-shrink.`,
      { key: 'shrinkMax' },
    )
  }
  const missing = '_kh not in (select _kh from stage where _kh is not null)'
  await touchOf(session, intake, { where: missing, changes })
  await session.run(`delete from ${table} where ${missing}`)
  return gone
}

async function replaceRows(
  session: SqlSession,
  intake: Intake,
  { keys, updated, changes }: { keys: string; updated: number; changes: ChangeSet },
): Promise<void> {
  if (updated === 0) return
  const { schema, refs } = intake
  const table = ident(dloTable(schema.name))
  const replaced = `${keys} and _kh in (select _kh from classed where class = 'updated')`
  if (refs.length > 0 && updated <= KEY_LIST_MAX) {
    await changes.addColumns(session, {
      kind: intake.changes.removed,
      objects: refs.map(ref => ref.object),
      sql: `delete from ${table} where ${replaced} returning ${refs.map(ref => ref.column).join(', ')}`,
    })
    return
  }
  await touchOf(session, intake, { where: replaced, changes })
  await session.run(`delete from ${table} where ${replaced}`)
}

/** Adds the parties that the rows refer to, before they go, to the change set. */
export async function touchOf(
  session: SqlSession,
  { schema, refs, changes: kinds }: Pick<Intake, 'schema' | 'refs' | 'changes'>,
  { where, changes }: { where: string; changes: ChangeSet },
): Promise<void> {
  if (refs.length === 0) return
  const table = ident(dloTable(schema.name))
  const reads = refs.map(
    ref => `select ${ref.column} as pid, ${ref.object} as object from ${table} where ${where}`,
  )
  await changes.add(session, kinds.removed, reads.join(' union all '))
}

const CHANGED = `(_pos, _row) in (select (_pos, _row) from classed where class in ('added', 'updated'))`

/** SQL of the hash of a party that a staged row refers to. */
function hashOf({ refs, mode }: Intake, at: number): string {
  const ref = must(refs[at], 'a reference has its place')
  return hasPartyHashes(mode) ? `_h${at}` : partyHash(ref)
}

/** New parties get the next dense ids. */
async function insertParties(session: SqlSession, intake: Intake): Promise<void> {
  if (intake.refs.length === 0) return
  const reads = intake.refs.map(
    (ref, at) =>
      `select ${ref.object} as object, ${ref.idSql} as id, ${literal(ref.qualifier)}::varchar as kq, ` +
      `${hashOf(intake, at)} as h from stage where _code is null`,
  )
  await session.run(
    `insert into party
     select (select coalesce(max(pid), -1) from party) + row_number() over (order by h), object, id, kq, h
     from (select h, any_value(object) as object, min(id) as id, any_value(kq) as kq
           from (${reads.join(' union all ')}) where id is not null group by h) n
     where not exists (select 1 from party p where p.h = n.h)`,
  )
}

/** The first row that a stream has of identity values adds it to the sources of their record. */
async function touchFirst(session: SqlSession, intake: Intake, changes: ChangeSet): Promise<void> {
  const { schema, refs } = intake
  if (intake.changes.added === 'touched') return
  const table = ident(dloTable(schema.name))
  const reads = refs.flatMap((ref, at) =>
    ref.isSystem === true
      ? [
          `select pid, ${ref.object} as object from party p
           where h in (select ${hashOf(intake, at)} from stage where _code is null)
             and not exists (select 1 from ${table} d where d.${ref.column} = p.pid)`,
        ]
      : [],
  )
  if (reads.length > 0) await changes.add(session, 'touched', reads.join(' union all '))
}

async function insertRows(
  session: SqlSession,
  intake: Intake,
  { changed, areFew, changes }: { changed: string; areFew: boolean; changes: ChangeSet },
): Promise<void> {
  const { schema, refs } = intake
  const fields = schema.fields.map(field => ident(field.name))
  const columns = ['_kh', '_pos', '_row', '_at', '_origin', '_hash', '_mod', '_overflow']
  const hashes = refs.map((_, at) => `, ${hashOf(intake, at)} as _ref${at}`).join('')
  const joins = refs.map((_, at) => `left join party p${at} on p${at}.h = s._ref${at}`)
  const insert = `insert into ${ident(dloTable(schema.name))} (${[...columns, ...refs.map(ref => ref.column), ...fields].join(', ')})
     select ${[...columns.map(name => `s.${name}`), ...refs.map((_, at) => `p${at}.pid`), ...fields.map(name => `s.${name}`)].join(', ')}
     from (select * ${hashes} from stage where _code is null and ${changed}) s ${joins.join(' ')}`
  if (areFew && refs.length > 0) {
    await changes.addColumns(session, {
      kind: intake.changes.added,
      objects: refs.map(ref => ref.object),
      sql: `${insert} returning ${refs.map(ref => ref.column).join(', ')}`,
    })
    return
  }
  // Many rows are written by all processors, which a statement that returns them is not.
  await session.run(insert)
  if (refs.length === 0) return
  const touched = refs.map(
    (ref, at) =>
      `select pid, ${ref.object} as object from party ` +
      `where h in (select ${hashOf(intake, at)} from stage where _code is null and ${changed})`,
  )
  await changes.add(session, intake.changes.added, touched.join(' union all '))
}
