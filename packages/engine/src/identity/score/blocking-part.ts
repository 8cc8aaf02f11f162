import { postalArea } from './field-comparison.ts'
import type { FieldKind } from './field-kind.ts'
import { soundOf } from './name-sound.ts'
import { textHash } from './text-hash.ts'

/** What of a value two records must share to be looked at as a pair. */
export type BlockingPart =
  | 'whole'
  | 'sound'
  | 'start'
  | 'mailbox'
  | 'area'
  | 'yearMonth'
  | 'monthDay'
  | 'year'

/** How each part is taken from a value; null where the value has none. */
const PARTS: Readonly<Record<BlockingPart, (value: string) => string | null>> = {
  whole: value => value,
  sound: value => soundOf(value.split(' ')[0] ?? '') || value,
  start: value => (value.length > 3 ? value.slice(0, 4) : null),
  mailbox: value => value.split('@')[0] || null,
  area: value => (value.length > 4 ? postalArea(value) : null),
  yearMonth: value => (isDate(value) ? value.slice(0, 6) : null),
  // Who does not know the day writes the first of January.
  monthDay: value => (isDate(value) && !value.endsWith('0101') ? value.slice(4) : null),
  year: value => (isDate(value) ? value.slice(0, 4) : null),
}

/** The parts of each kind that may be shared, the most telling first. */
export const PARTS_OF: Readonly<Record<FieldKind, readonly BlockingPart[]>> = {
  firstName: ['whole', 'sound'],
  lastName: ['whole', 'sound'],
  organization: ['whole', 'start'],
  birthDate: ['whole', 'yearMonth', 'monthDay', 'year'],
  email: ['whole', 'mailbox'],
  phone: ['whole'],
  identifier: ['whole'],
  street: ['whole', 'start'],
  postalCode: ['whole', 'area'],
  text: ['whole', 'start'],
  code: ['whole'],
}

/** The hash of a value's part: two halves, as one text may share 32 bits with another. */
export interface PartHash {
  readonly low: number
  readonly high: number
}

/** The hash of a part of a value; undefined where the value has none. */
export function partHash(part: BlockingPart, value: string): PartHash | undefined {
  const text = PARTS[part](value)
  if (text === null || text === '') return undefined
  return { low: textHash(text, 1), high: textHash(text, 2) }
}

function isDate(value: string): boolean {
  return value.length === 8
}

/** Whether a text names a part that values of a kind have. */
export function isPartOf(kind: FieldKind, text: string): text is BlockingPart {
  return PARTS_OF[kind].some(part => part === text)
}
