import type { CheckedCondition } from './check-condition.ts'
import { OPERATORS } from './operator-catalogue.ts'

/** How much must be recomputed when time passes, and why. */
export interface Freshness {
  /**
   * `keyed`: only profiles whose rows changed. `keyed within a day`: everybody at the
   * organisation's midnight too. `whole`: everybody, each time.
   */
  readonly kind: 'keyed' | 'keyed within a day' | 'whole'
  readonly because: readonly string[]
}

/** Classifies a segment by the operators that read the clock. */
export function freshnessOf(tabs: readonly CheckedCondition[]): Freshness {
  const reasons = tabs.flatMap(reasonsIn)
  const whole = reasons.some(reason => reason.whole)
  const because = reasons.filter(reason => reason.whole === whole).map(reason => reason.because)
  if (reasons.length === 0) return { kind: 'keyed', because: ['no condition depends on the date'] }
  return { kind: whole ? 'whole' : 'keyed within a day', because: [...new Set(because)] }
}

interface Reason {
  readonly whole: boolean
  readonly because: string
}

function reasonsIn(condition: CheckedCondition): readonly Reason[] {
  if ('of' in condition) return condition.of.flatMap(reasonsIn)
  if (condition.kind !== 'related') {
    const { standing } = OPERATORS[condition.op]
    if (standing === 'keyed') return []
    // A date without a time does not see the time of day pass.
    const whole = standing === 'moment' && condition.type === 'dateTime'
    const what = whole ? 'the time of day' : 'today'
    return [{ whole, because: `${condition.op} on ${condition.attribute} depends on ${what}` }]
  }
  const { where, lookbackDays, object } = condition
  const inner = where ? reasonsIn(where) : []
  if (lookbackDays === undefined) return inner
  return [
    ...inner,
    { whole: false, because: `the lookback of ${lookbackDays} days on ${object} depends on today` },
  ]
}
