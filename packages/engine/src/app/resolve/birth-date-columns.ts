import { BIRTH_DATE_PARTS } from '../../model/index.ts'
import { type ColumnUse, fieldOfKind } from './column-use.ts'
import { firstOf, type RecordSlot } from './record-relation.ts'

/** A year, month or day of birth to which the others are missing is compared as it stands. */
export function withLoneParts(uses: readonly ColumnUse[]): readonly ColumnUse[] {
  return uses.map(use => {
    const isLone = isPart(use) && partsOf(uses, use.source)?.includes(use) !== true
    return isLone ? { ...use, kind: 'attribute' } : use
  })
}

/** Slots with one for birth dates whose year, month and day stand in columns of their own. */
export function withJoinedDates(slots: readonly RecordSlot[]): readonly RecordSlot[] {
  const inParts = slots.filter(({ uses }) => uses.some(isPart))
  const parts = inParts.flatMap(({ uses }) => uses)
  const sources = [...new Set(parts.map(({ source }) => source))]
  const joined = sources.flatMap(source => [partsOf(parts, source) ?? []])
  if (joined.length === 0) return slots
  const own = firstOf(slots, 'birthDate')
  const made = joined.flatMap(([year]): ColumnUse[] => {
    const hasOwn = own?.uses.some(({ source }) => source === year?.source) === true
    return hasOwn || !year ? [] : [{ ...year, kind: 'birthDate', field: fieldOfKind('birthDate') }]
  })
  const uses = [...(own?.uses ?? []), ...made]
  const date: RecordSlot = { name: 'birthDate', ordinal: 0, ...own, uses, joined }
  return [...slots.filter(slot => slot !== own && !inParts.includes(slot)), date]
}

function isPart({ kind }: ColumnUse): boolean {
  return BIRTH_DATE_PARTS.some(part => part === kind)
}

/** The columns of a source that are a birth date together; undefined where one is missing. */
function partsOf(uses: readonly ColumnUse[], source: number): readonly ColumnUse[] | undefined {
  const own = uses.filter(use => use.source === source)
  const parts = BIRTH_DATE_PARTS.flatMap(part => own.find(({ kind }) => kind === part) ?? [])
  return parts.length === BIRTH_DATE_PARTS.length ? parts : undefined
}
