import { ChangeSet, dloTable, type SqlSession, touchOf } from '../../lake/index.ts'
import { isMapped, viewName } from '../../model/index.ts'
import { ident, literal } from '../../query/index.ts'
import { runDownstream } from '../engine/downstream.ts'
import type { Engine } from '../engine/engine.ts'
import type { RulesetRuntime } from '../engine/ruleset-runtime.ts'
import type { StreamRuntime } from '../engine/stream-runtime.ts'
import { numberAt } from './answer.ts'

/** What a delete does, by object. */
export interface DeletionEffects {
  readonly deleted: Readonly<Record<string, number>>
  readonly changed: Readonly<Record<string, number>>
}

/**
 * Deletes the rows whose key hashes are in the temporary table `doomed`, measures what follows, and
 * takes it all back. Needs the writer to itself.
 */
export async function deletionTrial(
  engine: Engine,
  stream: StreamRuntime,
): Promise<DeletionEffects> {
  const { writer } = engine.parts
  const { rulesets } = engine.applied
  const { name } = stream.schema
  const table = ident(dloTable(name))
  const doomed = '_kh in (select kh from doomed)'
  await writer.run('begin transaction')
  try {
    const before = await objectRows(writer, engine, name)
    for (const ruleset of rulesets) await keepProfiles(writer, ruleset)
    const rows = await countOf(writer, `from ${table} where ${doomed}`)
    const changes = new ChangeSet()
    await touchOf(writer, stream, { where: doomed, changes })
    await writer.run(`delete from ${table} where ${doomed}`)
    const at = { position: engine.applier.position, atMs: engine.clock.nowMs() }
    const downstream = await runDownstream(writer, rulesets, {
      changes,
      at,
      isForced: true,
    })
    try {
      const deleted = new Map([[`${name}__dll`, rows]])
      const after = await objectRows(writer, engine, name)
      for (const [object, count] of before) deleted.set(object, count - (after.get(object) ?? 0))
      const changed = new Map<string, number>()
      for (const ruleset of rulesets) {
        const { configurationType, rulesetId = '' } = ruleset.definition
        const found = await profileEffects(writer, ruleset)
        deleted.set(`Unified${configurationType}${rulesetId}`, found.vanished)
        changed.set(`Unified${configurationType}${rulesetId}`, found.changed)
      }
      return { deleted: Object.fromEntries(deleted), changed: Object.fromEntries(changed) }
    } finally {
      downstream.undo()
    }
  } finally {
    await writer.run('rollback').catch(() => undefined)
  }
}

/** Rows of each object that come from the stream, those that the platform made of it included. */
async function objectRows(
  session: SqlSession,
  engine: Engine,
  stream: string,
): Promise<ReadonlyMap<string, number>> {
  const { model } = engine.applied
  const counts = new Map<string, number>()
  for (const object of model.catalogue.objects.values()) {
    if (!isMapped(model, object.name)) continue
    const count = await countOf(
      session,
      `from ${ident(viewName(object.name))} where _stream = ${literal(stream)}`,
    )
    if (count > 0) counts.set(object.name, count)
  }
  return counts
}

function keptTable({ stage }: RulesetRuntime): string {
  return ident(`kept_${stage.tables.slot}`)
}

/** Each profile's values, records and contact points, to be compared with what is there afterwards. */
async function keepProfiles(session: SqlSession, ruleset: RulesetRuntime): Promise<void> {
  const table = keptTable(ruleset)
  await session.run(`create or replace temp table ${table} as ${profilesSql(ruleset)}`)
}

function profilesSql({ stage, profiles }: RulesetRuntime): string {
  const contacts = profiles.contacts.map(({ table }) => `select uid, _hash as part from ${table}`)
  const links = `select uid, hash(pid) as part from ${stage.tables.link}`
  return `
    select u.uid, u._hash as whole, p.parts from ${profiles.unified} u
    left join (select uid, bit_xor(part) as parts from (${[links, ...contacts].join(' union all ')}) group by uid) p using (uid)`
}

async function profileEffects(
  session: SqlSession,
  ruleset: RulesetRuntime,
): Promise<{ readonly vanished: number; readonly changed: number }> {
  const [row] = await session.rows(
    `select count(*) filter (n.uid is null),
       count(*) filter (n.uid is not null and (n.whole is distinct from o.whole or n.parts is distinct from o.parts))
     from ${keptTable(ruleset)} o left join (${profilesSql(ruleset)}) n on n.uid = o.uid`,
  )
  return { vanished: numberAt(row, 0), changed: numberAt(row, 1) }
}

async function countOf(session: SqlSession, from: string): Promise<number> {
  const [row] = await session.rows(`select count(*) ${from}`)
  return numberAt(row, 0)
}
