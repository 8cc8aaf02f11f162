import type { SqlSession } from '../../lake/index.ts'
import { ident, literal, literals } from '../../query/index.ts'
import {
  type ClusterCounts,
  clusterCounts,
  type ClusterSize,
  metricsOf,
  NOBODY,
  type RulesetMetrics,
  sumOfCounts,
} from './ruleset-metrics.ts'
import type { RulesetRuntime } from './ruleset-runtime.ts'

/** Something before a change of definitions and after it. */
export interface BeforeAfter<Value> {
  readonly before: Value
  readonly after: Value
}

/** Unified profiles that become one, or one that becomes several; names are `stream/id`. */
export interface EffectSample {
  readonly kind: 'merged' | 'split'
  /** Of a merge the id that stays first; of a split the id that was there first. */
  readonly unifiedIds: readonly string[]
  readonly records: readonly string[]
  /** Which records were, or come to be, of which id. */
  readonly parts: readonly { readonly unifiedId: string; readonly records: readonly string[] }[]
  /** How many records there are; of many only the first are named. */
  readonly size: number
}

/** What a change of definitions does to the unified profiles of one ruleset, or of several. */
export interface ClusterEffects {
  readonly unifiedProfiles: BeforeAfter<number>
  /** Unified profiles that become part of another one, and whose ids become aliases. */
  readonly merged: number
  /** Unified profiles that come to be out of another one, which lives on. */
  readonly split: number
  /** Ids that are of no profile any longer: those of merged profiles, and of profiles without records. */
  readonly idsRetired: number
  readonly metrics: BeforeAfter<RulesetMetrics>
  readonly clusterSizes: BeforeAfter<readonly ClusterSize[]>
  readonly samples: readonly EffectSample[]
}

/** The effects on all rulesets together, and on each that is resolved again, comes or goes. */
export interface IdentityEffects extends ClusterEffects {
  readonly rulesets: readonly (ClusterEffects & { readonly label: string })[]
}

/** How a ruleset's unified profiles stood before a change. */
interface StateBefore {
  readonly label: string
  readonly counts: ClusterCounts
  /** The last identity event. */
  readonly seq: bigint
}

/** How all rulesets stood before a change, by slot. */
export type StatesBefore = ReadonlyMap<string, StateBefore>

/** Samples of a ruleset, of either kind. */
const SAMPLES_MAX = 5
/** Records that a sample names, and ids. */
const NAMES_MAX = 20

/** Notes how rulesets stand, with who belongs to whom; inside the transaction that then changes it. */
export async function statesBefore(
  session: SqlSession,
  rulesets: readonly RulesetRuntime[],
): Promise<StatesBefore> {
  const states = new Map<string, StateBefore>()
  for (const ruleset of rulesets) {
    const { slot, link, event } = ruleset.stage.tables
    await session.run(`create or replace temp table ${linkBefore(slot)} as from ${link}`)
    const [row] = await session.rows(`select coalesce(max(seq), 0) from ${event}`)
    states.set(slot, {
      label: ruleset.definition.label,
      counts: await clusterCounts(session, ruleset),
      seq: BigInt(row?.[0] ?? 0),
    })
  }
  return states
}

/** What became of them: `changed` are the rulesets that were resolved again and what they count now, `rulesets` all there are. */
export async function identityEffects(
  session: SqlSession,
  states: StatesBefore,
  {
    rulesets,
    changed,
  }: {
    readonly rulesets: readonly RulesetRuntime[]
    readonly changed: ReadonlyMap<RulesetRuntime, ClusterCounts>
  },
): Promise<IdentityEffects> {
  const touched: Counted[] = []
  const others: Counted[] = []
  const gone = new Map(states)
  for (const ruleset of rulesets) {
    const { slot } = ruleset.stage.tables
    const state = states.get(slot)
    gone.delete(slot)
    const after = changed.get(ruleset)
    if (after) touched.push(await effectsOf(session, ruleset, { state, after }))
    else if (state) others.push(unchanged(state, state.counts))
  }
  for (const state of gone.values()) {
    const ended = unchanged(state, NOBODY)
    touched.push({ ...ended, idsRetired: ended.unifiedProfiles.before })
  }
  for (const slot of states.keys())
    await session.run(`drop table if exists temp.${linkBefore(slot)}`)
  return {
    ...summed([...touched, ...others]),
    rulesets: touched.map(({ counts: _counts, ...effects }) => effects),
  }
}

interface Counted extends ClusterEffects {
  readonly label: string
  readonly counts: BeforeAfter<ClusterCounts>
}

async function effectsOf(
  session: SqlSession,
  ruleset: RulesetRuntime,
  { state, after }: { state: StateBefore | undefined; after: ClusterCounts },
): Promise<Counted> {
  const { event } = ruleset.stage.tables
  const since = state?.seq ?? 0n
  const kinds = await session.rows(
    `select kind, count(*) from ${event} where seq > ${since} group by kind`,
  )
  const count = (kind: string): number => Number(kinds.find(([name]) => name === kind)?.[1] ?? 0)
  const counts = { before: state?.counts ?? NOBODY, after }
  return {
    ...compared(ruleset.definition.label, counts),
    merged: count('merged'),
    split: count('split'),
    idsRetired: count('alias') + count('retired'),
    samples: state
      ? [
          ...(await samplesOf(session, ruleset, { kind: 'merged', since })),
          ...(await samplesOf(session, ruleset, { kind: 'split', since })),
        ]
      : [],
  }
}

/** Nobody became somebody else, though all may be gone. */
function unchanged({ label, counts }: StateBefore, after: ClusterCounts): Counted {
  const figures = compared(label, { before: counts, after })
  return { ...figures, merged: 0, split: 0, idsRetired: 0, samples: [] }
}

function compared(
  label: string,
  counts: BeforeAfter<ClusterCounts>,
): Pick<Counted, 'label' | 'counts' | 'unifiedProfiles' | 'metrics' | 'clusterSizes'> {
  const metrics = { before: metricsOf(counts.before), after: metricsOf(counts.after) }
  return {
    label,
    counts,
    metrics,
    unifiedProfiles: {
      before: metrics.before.unifiedProfiles,
      after: metrics.after.unifiedProfiles,
    },
    clusterSizes: { before: counts.before.sizes, after: counts.after.sizes },
  }
}

function summed(all: readonly Counted[]): ClusterEffects {
  const sum = (of: (one: Counted) => number): number =>
    all.reduce((total, one) => total + of(one), 0)
  const {
    label: _label,
    counts: _counts,
    ...figures
  } = compared('', {
    before: sumOfCounts(all.map(one => one.counts.before)),
    after: sumOfCounts(all.map(one => one.counts.after)),
  })
  return {
    ...figures,
    merged: sum(one => one.merged),
    split: sum(one => one.split),
    idsRetired: sum(one => one.idsRetired),
    samples: all.flatMap(one => one.samples),
  }
}

interface Sampling {
  readonly kind: EffectSample['kind']
  readonly since: bigint
}

/** Those of most records first: what a looser rule joins too much is there. */
async function samplesOf(
  session: SqlSession,
  ruleset: RulesetRuntime,
  { kind, since }: Sampling,
): Promise<readonly EffectSample[]> {
  const { event, link } = ruleset.stage.tables
  const rows = await session.rows(
    `with happened as (
       select distinct uid, other from ${event} where seq > ${since} and kind = ${literal(kind)}),
     largest as (
       select h.uid, count(*) as size
       from (select uid, uid as one from happened union select uid, other from happened) h
       join ${link} l on l.uid = h.one group by h.uid order by size desc, h.uid limit ${SAMPLES_MAX})
     select l.uid, h.other, l.size from largest l
     join (select uid, other, row_number() over (partition by uid order by other) as place from happened) h
       on h.uid = l.uid and h.place < ${NAMES_MAX}
     order by l.size desc, l.uid, h.other`,
  )
  const found = new Map<number, { uids: number[]; size: number }>()
  for (const [first, other, size] of rows) {
    const uid = Number(first)
    const sample = found.get(uid) ?? { uids: [uid], size: Number(size) }
    sample.uids.push(Number(other))
    found.set(uid, sample)
  }
  const samples: EffectSample[] = []
  for (const sample of found.values())
    samples.push(await sampleOf(session, ruleset, { ...sample, kind }))
  return samples
}

/** The records of a sample, by the id that they had before a merge, or have after a split. */
async function sampleOf(
  session: SqlSession,
  { stage, profiles }: RulesetRuntime,
  { kind, uids, size }: { kind: EffectSample['kind']; uids: readonly number[]; size: number },
): Promise<EffectSample> {
  const { link, slot, unifiedId } = stage.tables
  const parted = kind === 'merged' ? linkBefore(slot) : link
  const after = `select pid from ${link} where uid in ${literals(uids)}`
  const rows = await session.rows(
    `select u.id, n.name from (select pid from (${after}) order by pid limit ${NAMES_MAX}) l
     left join ${parted} p on p.pid = l.pid left join ${unifiedId} u on u.uid = p.uid
     join (select "_p_Id" as pid, min(_stream || '/' || "Id") as name from ${profiles.sourceView}
           where "_p_Id" in (${after}) group by 1) n on n.pid = l.pid
     order by p.uid, n.name`,
  )
  const ids = await session.rows(`select uid, id from ${unifiedId} where uid in ${literals(uids)}`)
  const idOf = (uid: number): string => String(ids.find(([one]) => Number(one) === uid)?.[1] ?? '')
  const parts = new Map<string, string[]>()
  for (const [id, name] of rows) {
    const own = parts.get(String(id ?? '')) ?? []
    own.push(String(name))
    parts.set(String(id ?? ''), own)
  }
  return {
    kind,
    unifiedIds: uids.map(idOf),
    records: rows.map(([, name]) => String(name)),
    parts: Array.from(parts, ([id, records]) => ({ unifiedId: id, records })),
    size,
  }
}

function linkBefore(slot: string): string {
  return ident(`link_before__${slot}`)
}
