import { ident } from '../../query/index.ts'
import type { RulesetRuntime } from '../engine/ruleset-runtime.ts'

/**
 * A condition that holds for source profiles that a ruleset has nothing to do for. One that is not
 * continuous is behind by the profiles that wait for its next run: those are not compared.
 */
export function isSettled({ stage }: RulesetRuntime, pid: string): string {
  return `${pid} not in (select pid from ${pendingTable(stage.tables.slot)} where pid is not null)`
}

/** A condition that holds for unified profiles of which no source profile waits. */
export function isSettledProfile({ stage }: RulesetRuntime, uid: string): string {
  const waiting = `select pid from ${pendingTable(stage.tables.slot)}`
  return `${uid} not in (select uid from ${stage.tables.link} where uid is not null and pid in (${waiting}))`
}

/** The source profiles that wait for a ruleset's next run. */
export function pendingTable(slot: string): string {
  return ident(`pending__${slot}`)
}
