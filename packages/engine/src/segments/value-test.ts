import type { SegmentOperator } from '@mainstem/contracts'
import type { LocalCalendar } from './local-calendar.ts'
import type { Operand } from './operand.ts'
import type { AttributeType } from './profile-schema.ts'

/** The moment that conditions are about, in the organisation's calendar. */
export interface Moment {
  readonly nowMs: number
  readonly calendar: LocalCalendar
}

/** One test of one value. */
export interface ValueTest {
  readonly type: AttributeType
  readonly op: SegmentOperator
  readonly operand: Operand
}
