import { must } from '../kernel/assert.ts'
import type { Cell, SqlSession } from '../lake/index.ts'
import { utcSql } from './json-sql.ts'

/** How many people passed each step, from the segment to the target's acceptance. */
export interface AudienceFunnel {
  readonly segment: number
  readonly withContactPoint: number
  readonly consented: number
  readonly notSuppressed: number
  readonly sent: number
  readonly accepted: number
}

/** The last publish of an activation: a row of `status`. */
export interface ActivationState {
  readonly name: string
  readonly publishId: string
  readonly status: string
  readonly reason?: string | undefined
  readonly ledger: AudienceFunnel
  /** Messages sent, deletes included. */
  readonly messages: number
  readonly lastPublish: string
  readonly position: string
  readonly version: number
  /** Where a file target put it, relative to the project. */
  readonly location?: string | undefined
}

/** The last publish of every activation, by name. */
export async function activationStates(session: SqlSession): Promise<readonly ActivationState[]> {
  const rows = await session.rows(/*sql*/ `
    select activation, publish_id, status, reason, segment_count, with_contact_point, consented,
      not_suppressed, sent, accepted, messages, ${utcSql('as_of')}, cast(position as varchar), version, location
    from activation_publish
    qualify row_number() over (partition by activation order by publish desc) = 1
    order by activation`)
  return rows.map(stateOf)
}

/** The last publish of one activation. */
export async function activationState(session: SqlSession, name: string): Promise<ActivationState> {
  const states = await activationStates(session)
  return must(
    states.find(state => state.name === name),
    `${name} was published`,
  )
}

function stateOf(row: readonly Cell[]): ActivationState {
  const at = (place: number): Cell => row[place] ?? null
  const count = (place: number): number => Number(at(place))
  return {
    name: String(at(0)),
    publishId: String(at(1)),
    status: String(at(2)),
    reason: at(3) === null ? undefined : String(at(3)),
    ledger: {
      segment: count(4),
      withContactPoint: count(5),
      consented: count(6),
      notSuppressed: count(7),
      sent: count(8),
      accepted: count(9),
    },
    messages: count(10),
    lastPublish: String(at(11)),
    position: String(at(12)),
    version: count(13),
    location: at(14) === null ? undefined : String(at(14)),
  }
}
