import type { RulesetDefinition } from '@mainstem/contracts'
import { TypedArrayMatchIndex } from '../../identity/core/adapters/typed-array-match-index.ts'
import { IdentityStage, identityDdl, type MappedModel } from '../../identity/index.ts'
import { RESOLVE_LIMITS } from '../../identity/index.ts'
import type { SqlSession } from '../../lake/index.ts'
import { branchesOf, type ModelPlan, viewName } from '../../model/index.ts'
import {
  type FilledObjects,
  planProfiles,
  profileDdl,
  type ProfilePlan,
} from '../../profiles/index.ts'
import { ident } from '../../query/index.ts'
import { takeSnapshot } from './index-snapshots.ts'

/** A ruleset at work: its matching and its unified profiles. */
export interface RulesetRuntime {
  readonly definition: RulesetDefinition
  readonly stage: IdentityStage
  readonly profiles: ProfilePlan
  /** Whether it follows every batch; else it waits for its own time. */
  readonly isContinuous: boolean
}

/** Which objects and fields each stream fills, as rulesets want to know it. */
export function mappedModel(model: ModelPlan): MappedModel {
  return {
    streams: model.streams
      .filter(stream => stream.branches.length > 0)
      .map(stream => ({
        name: stream.schema.name,
        objects: stream.branches.map(branch => ({
          object: branch.object,
          fields: [...branch.sources.keys()],
        })),
      })),
  }
}

/** The filled fields of each object that profiles are made of, with the engine types of its view. */
export async function filledObjects(session: SqlSession, model: ModelPlan): Promise<FilledObjects> {
  const fields = new Map<string, readonly { name: string; type: string }[]>()
  for (const object of PROFILE_OBJECTS) {
    const filled = new Set(branchesOf(model, object).flatMap(branch => [...branch.sources.keys()]))
    for (const { system } of model.streams)
      for (const name of systemFields(object, system)) filled.add(name)
    if (filled.size === 0) continue
    const columns = await session.describe(`from ${ident(viewName(object))}`)
    fields.set(
      object,
      columns.filter(column => filled.has(column.name)),
    )
  }
  return { fieldsOf: object => fields.get(object) ?? [] }
}

const PROFILE_OBJECTS = [
  'Individual',
  'Account',
  'ContactPointEmail',
  'ContactPointPhone',
  'ContactPointAddress',
  'ContactPointApp',
  'PartyIdentification',
]

/** The fields that records made from identity values have. */
function systemFields(
  object: string,
  system: ModelPlan['streams'][number]['system'],
): readonly string[] {
  if (!system) return []
  if (object === 'ContactPointEmail' && system.emailSql) return ['EmailAddress']
  if (object === 'ContactPointPhone' && system.phoneSql)
    return ['TelephoneNumber', 'FormattedE164PhoneNumber']
  if (object === 'PartyIdentification' && system.number) {
    return ['IdentificationNumber', 'Name', 'PartyIdentificationTypeId']
  }
  return []
}

/** Where snapshots of indexes stand, and the position that one must have; no folder, no snapshot. */
export interface SnapshotPlace {
  readonly folder: string | undefined
  readonly position: bigint
}

/** Sets a ruleset up over its tables, made if they are missing; answers whether it must run in full. */
export async function setUpRuleset(
  session: SqlSession,
  definition: RulesetDefinition,
  { filled, storeId, place }: { filled: FilledObjects; storeId: string; place: SnapshotPlace },
): Promise<{ runtime: RulesetRuntime; isNew: boolean }> {
  const stage = new IdentityStage({
    ruleset: definition,
    storeId,
    newIndex: expected => new TypedArrayMatchIndex(expected),
    limits: RESOLVE_LIMITS,
  })
  const profiles = planProfiles(definition, withPhoneNumbers(filled))
  for (const ddl of identityDdl(stage.tables.slot)) await session.run(ddl)
  await session.run(
    `create table if not exists ${ident(`pending__${stage.tables.slot}`)} (pid integer)`,
  )
  await session.run(
    `create table if not exists ${ident(`touched_profile__${stage.tables.slot}`)} (uid integer, pos bigint)`,
  )
  const isNew = await ensureProfileTables(session, profiles)
  const slot = stage.tables.slot
  await stage.load(
    session,
    place.folder === undefined
      ? undefined
      : await takeSnapshot(place.folder, { slot, position: place.position }),
  )
  const isContinuous = (definition.refresh ?? 'continuous') === 'continuous'
  return { runtime: { definition, stage, profiles, isContinuous }, isNew }
}

/** E.164 numbers are there wherever numbers are. */
function withPhoneNumbers(filled: FilledObjects): FilledObjects {
  return {
    fieldsOf: object => {
      const fields = filled.fieldsOf(object)
      const e164 = { name: 'FormattedE164PhoneNumber', type: 'VARCHAR' }
      const number = { name: 'TelephoneNumber', type: 'VARCHAR' }
      if (object !== 'ContactPointPhone' || fields.length === 0) return fields
      return [
        ...fields,
        ...[number, e164].filter(({ name }) => !fields.some(field => field.name === name)),
      ]
    },
  }
}

/** Tables of another shape are made anew: everything in them is derived. */
async function ensureProfileTables(session: SqlSession, plan: ProfilePlan): Promise<boolean> {
  const statements = profileDdl(plan)
  const tables = [plan.unified, ...plan.contacts.map(contact => contact.table)]
  let isNew = false
  for (const [at, ddl] of statements.entries()) {
    const table = tables[at] ?? plan.unified
    await session.run(ddl)
    const have = await session.describe(`from ${table}`)
    await session.run(
      ddl
        .replace(`if not exists ${table}`, 'if not exists wanted_shape')
        .replace('create table', 'create temp table'),
    )
    const want = await session.describe('from wanted_shape')
    await session.run('drop table wanted_shape')
    if (JSON.stringify(have) === JSON.stringify(want)) continue
    await session.run(`drop table ${table}`)
    await session.run(ddl)
    isNew = true
  }
  return isNew
}
