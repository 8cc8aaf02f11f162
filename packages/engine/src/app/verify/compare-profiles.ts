import { contactSql, unifiedSql } from '../../profiles/index.ts'
import { ident } from '../../query/index.ts'
import type { RulesetRuntime } from '../engine/ruleset-runtime.ts'
import { checkLaws, positionLaw, uniqueLaw, violating } from './check-laws.ts'
import { compareRows } from './compare-rows.ts'
import { isSettledProfile } from './pending-scope.ts'
import type { Verification } from './verification.ts'

/**
 * Derived: unified contact points and unified profiles, from the lake and the stored links. Contact
 * points come first: profiles take their e-mail and phone from them.
 */
export async function compareProfiles(
  verification: Verification,
  ruleset: RulesetRuntime,
): Promise<void> {
  const { profiles } = ruleset
  const scope = isSettledProfile(ruleset, 'uid')
  for (const contact of profiles.contacts) {
    await compareRows(verification, {
      stage: 'profiles',
      object: `unified_${contact.object}__${profiles.slot}`,
      kind: 'derived',
      key: ['uid', '_value'],
      scope,
      freshSql: contactSql(profiles, contact, {}),
    })
  }
  await compareRows(verification, {
    stage: 'profiles',
    object: `unified__${profiles.slot}`,
    kind: 'derived',
    key: ['uid'],
    scope,
    freshSql: unifiedSql(profiles, {}),
  })
  await checkTouched(verification, ruleset)
}

/** Recorded: at which positions profiles, or rows that belong to them, changed. */
async function checkTouched(
  verification: Verification,
  { stage, profiles }: RulesetRuntime,
): Promise<void> {
  const object = `touched_profile__${profiles.slot}`
  const { link, unifiedId } = stage.tables
  await checkLaws(verification, { stage: 'profiles', object, kind: 'recorded' }, [
    {
      law: 'TP1: it is noted when a profile that lives changed last',
      sql: violating({
        from: `(select distinct uid from ${link})`,
        where: `uid not in (select uid from ${ident(object)} where uid is not null)`,
        key: 'uid',
        field: 'uid',
        live: 'null',
        recomputed: 'uid',
      }),
    },
    {
      law: 'TP2: what is noted is of a unified id that was given',
      sql: violating({
        from: ident(object),
        where: `uid is null or uid not in (select uid from ${unifiedId})`,
        key: 'uid',
        field: 'uid',
      }),
    },
    positionLaw('TP3: a profile changed at a position that is applied', {
      object,
      key: 'uid',
      field: 'pos',
      position: verification.position,
    }),
    uniqueLaw('TP4: a change is noted once', object, ['uid', 'pos']),
  ])
}
