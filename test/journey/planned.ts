import { expect } from 'vitest'
import { PEOPLE_PROJECT } from './people-project.ts'
import type { Answer, ProjectFiles, World } from './world.ts'

/** Who is called Stone; who spent something. */
export const STONES = {
  developerName: 'stones',
  segmentOn: 'UnifiedIndividual',
  refresh: 'onDemand',
  include: { all: [{ attribute: 'LastName', op: 'isEqualTo', value: 'Stone' }] },
}
const SPENDERS = {
  developerName: 'spenders',
  segmentOn: 'UnifiedIndividual',
  refresh: 'onDemand',
  include: {
    all: [
      { attribute: 'lifetime_value.lifetime_value', op: 'isGreaterThanOrEqualTo', value: 50 },
      { related: 'SalesOrder', count: { atLeast: 1 } },
    ],
  },
}
const activationOf = (segment: string) => ({
  name: `${segment}_file`,
  segment,
  target: 'files',
  contactPoint: { type: 'Email' },
  consent: { none: 'a test' },
  attributes: ['LastName', 'lifetime_value.lifetime_value'],
  refreshType: 'INCREMENTAL',
})
/** Rules, insights, segments and audiences. */
export const PLAN_PROJECT: ProjectFiles = {
  ...PEOPLE_PROJECT,
  'segments/stones.yaml': STONES,
  'segments/spenders.yaml': SPENDERS,
  'targets/files.yaml': { name: 'files', platformType: 'File', path: 'out', format: 'CSV' },
  'activations/stones.yaml': activationOf('stones'),
  'activations/spenders.yaml': activationOf('spenders'),
}

/**
 * Plans and applies the files as they are, and runs what follows. Checks that the plan changed
 * nothing, that apply says the same, and that both are what is then seen in the store.
 */
export async function changed(world: World): Promise<Answer> {
  const before = await stateOf(world)
  const plan = await world.ask('plan')
  expect(await stateOf(world)).toBe(before)
  const seen = await standing(world)
  const { applied, ...done } = await world.ask('apply')
  expect(applied).toBe(true)
  expect(timeless(done)).toEqual(timeless(plan))
  for (const stage of ['insights', 'segments', 'activation']) await world.run({ stage })
  const effects = plan['effects'] as Answer
  const after = await standing(world)
  expect({ before: seen.unified, after: after.unified }).toEqual(effects['unifiedProfiles'])
  if (seen.slots === after.slots) {
    expect(after.merged - seen.merged).toBe(effects['merged'])
    expect(after.split - seen.split).toBe(effects['split'])
    expect(after.retired - seen.retired).toBe(effects['idsRetired'])
  }
  if (plan['changes'].length > 0) {
    expect(after.segments).toEqual(
      effects['segments'].map((one: Answer) => [one['name'], one['entered'], one['left']]),
    )
    expect(after.audiences).toEqual(
      effects['audiences'].map((one: Answer) => [one['name'], one['added'], one['deleted']]),
    )
  }
  return effects
}

function timeless(document: Answer): Answer {
  return { ...document, effects: { ...document['effects'], seconds: 0 } }
}

/** What of a store a plan could change. */
async function stateOf(world: World): Promise<string> {
  const tables = await world.rows(
    `select table_name from duckdb_tables() where schema_name like 'space%' and not temporary order by 1`,
  )
  const parts: unknown[] = []
  for (const [table] of tables) {
    const rows = await world.rows(`select to_json(t)::varchar from "${String(table)}" t order by 1`)
    parts.push(table, rows.flat())
  }
  const views = `select view_name, sql from duckdb_views() where not internal order by 1, 2`
  const files = await world.rows(`select database_name from duckdb_databases() order by 1`)
  return JSON.stringify([parts, files, await world.rows(views)])
}

interface Standing {
  readonly slots: string
  readonly unified: number
  readonly merged: number
  readonly split: number
  readonly retired: number
  /** What the last publish of each did. */
  readonly segments: readonly unknown[]
  readonly audiences: readonly unknown[]
}

async function standing(world: World): Promise<Standing> {
  const tables = await world.rows(
    `select table_name from duckdb_tables() where schema_name like 'space%' and table_name like 'link\\_\\_%' escape '\\' order by 1`,
  )
  const slots = tables.map(([name]) => String(name).slice('link__'.length))
  let [unified, merged, split, retired] = [0, 0, 0, 0]
  for (const slot of slots) {
    unified += await world.count(`(select distinct uid from link__${slot})`)
    merged += await world.count(`identity_event__${slot} where kind = 'merged'`)
    split += await world.count(`identity_event__${slot} where kind = 'split'`)
    retired += await world.count(`unified_id__${slot} where retired_pos is not null`)
  }
  const segments = await world.rows(
    `select s.segment, count(*) filter (delta = 'added')::integer, count(*) filter (delta = 'removed')::integer
     from segment_state s left join segment_history h on h.segment = s.segment and h.publish = s.publish
     group by s.segment order by s.segment`,
  )
  const audiences = await world.rows(
    `select p.activation, count(*) filter (delta = 'added')::integer, count(*) filter (delta = 'deleted')::integer
     from (select activation, max_by(publish_id, publish) as id from activation_publish group by 1) p
     left join audience_history h on h.publish_id = p.id group by 1 order by 1`,
  )
  return { slots: slots.join(), unified, merged, split, retired, segments, audiences }
}
