import type { ExplainedScore } from '../../identity/index.ts'
import type { ExplainedCriterion } from './explained-criterion.ts'

/** The method of what a scored rule compared. */
export const SCORED = 'SCORED'

/** Corrections of a score are shown from so many bits on. */
const SHOWN_MIN = 0.005

/**
 * A score as criteria, one after the other as in a waterfall: the odds of any two records, what each
 * field adds, what corrects their sum, and the score. Weights are bits.
 */
export function scoredCriteria(score: ExplainedScore | undefined): readonly ExplainedCriterion[] {
  if (!score) return []
  const fields = score.fields.map(({ field, level, weight, left, right }) => ({
    ...line(field, level, weight),
    left,
    right,
  }))
  const corrections = [
    line('address', 'a move counts once', score.moved),
    line('relatives', 'relatives would agree as much', score.related),
    line('conflict', 'something contradicts', score.conflict),
  ]
  return [
    line('any two records', 'before anything is compared', score.prior),
    ...fields,
    ...corrections.filter(({ weight = 0 }) => Math.abs(weight) > SHOWN_MIN),
    line('score', probabilityText(score.probability), score.total),
  ]
}

function line(field: string, level: string, weight: number): ExplainedCriterion {
  const rounded = Math.round(weight * 100) / 100
  return {
    field,
    method: SCORED,
    left: null,
    right: null,
    holds: weight > 0,
    level,
    weight: rounded,
  }
}

/** Nothing is certain: what would be rounded to it is told as near it. */
function probabilityText(probability: number): string {
  if (probability > 0.99995) return 'probability over 0.9999'
  if (probability < 0.00005) return 'probability under 0.0001'
  return `probability ${probability.toFixed(4)}`
}
