import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Contradictions, type NamedDecision } from './contradiction.ts'

const decision = (verdict: 'together' | 'never', pair: string, name = pair): NamedDecision => ({
  one: pair[0] ?? '',
  other: pair[1] ?? '',
  verdict,
  name,
})

function after(...decisions: readonly NamedDecision[]): Contradictions {
  const all = new Contradictions()
  for (const one of decisions) all.take(one)
  return all
}

describe('a new decision', () => {
  test('never together is refused where decisions join the two, and names those', () => {
    const all = after(decision('together', 'ab', 'first'), decision('together', 'bc', 'second'))
    expect(all.against(decision('never', 'ac'))).toEqual(['first', 'second'])
  })

  test('together is refused where it would join two that are never together', () => {
    const all = after(decision('together', 'ab', 'first'), decision('never', 'bc', 'second'))
    expect(all.against(decision('together', 'ac'))).toEqual(['second', 'first'])
  })

  test('replaces what was decided of the same pair', () => {
    expect(after(decision('never', 'ab')).against(decision('together', 'ba'))).toEqual([])
    expect(after(decision('together', 'ab')).against(decision('never', 'ba'))).toEqual([])
  })

  test('has nothing against it once the other was taken back', () => {
    const all = after(decision('together', 'ab'), decision('together', 'bc'))
    all.take({ ...decision('never', 'bc'), verdict: 'none' })
    expect(all.against(decision('never', 'ac'))).toEqual([])
  })
})

const RECORDS = ['a', 'b', 'c', 'd', 'e', 'f']

/** Read aloud: relabel along what is together until nothing changes; no never may be in one group. */
function holds(decisions: readonly NamedDecision[]): boolean {
  const group = new Map<string, string>(RECORDS.map(one => [one, one]))
  for (let changed = true; changed;) {
    changed = false
    for (const { one, other, verdict } of decisions) {
      const [a = '', b = ''] = [group.get(one), group.get(other)]
      if (verdict === 'never' || a === b) continue
      for (const member of [one, other]) group.set(member, a < b ? a : b)
      changed = true
    }
  }
  return decisions.every(
    ({ one, other, verdict }) => verdict === 'together' || group.get(one) !== group.get(other),
  )
}

test('exactly what cannot hold with all others is refused, and all that is named stands against it', () => {
  const record = fc.constantFrom(...RECORDS)
  const any = fc
    .tuple(record, record, fc.constantFrom('together' as const, 'never' as const))
    .filter(([one, other]) => one !== other)
  fc.assert(
    fc.property(fc.array(any, { maxLength: 14 }), list => {
      const all = new Contradictions()
      let held: readonly NamedDecision[] = []
      for (const [at, [one, other, verdict]] of list.entries()) {
        const next = { one, other, verdict, name: String(at) }
        const others = held.filter(
          held => ![one, other].every(end => end === held.one || end === held.other),
        )
        const against = all.against(next)
        expect(against.length === 0).toBe(holds([...others, next]))
        const named = held.filter(({ name }) => against.includes(name))
        expect(named).toHaveLength(against.length)
        expect(holds([...named, next])).toBe(against.length === 0)
        if (against.length > 0) continue
        all.take(next)
        held = [...others, next]
      }
    }),
    { numRuns: 2000 },
  )
})
