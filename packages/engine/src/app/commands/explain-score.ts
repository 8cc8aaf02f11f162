import type { ExplainedScore } from '../../identity/index.ts'
import type { ExplainedCriterion } from './explain-values.ts'

/** The method of what a scored rule compared. */
export const SCORED = 'SCORED'

/** What being relatives takes away from a score is shown from so many bits on. */
const SHOWN_MIN = 0.005

/**
 * A score as criteria, one after the other as in a waterfall: the odds of any two records, what each
 * field adds, what the chance of being relatives takes away, and the sum. Weights are bits.
 */
export function scoredCriteria(score: ExplainedScore | undefined): readonly ExplainedCriterion[] {
  if (!score) return []
  const fields = score.fields.map(({ field, level, weight, left, right }) => ({
    ...line(field, level, weight),
    left,
    right,
  }))
  const related = line('relatives', 'relatives would agree as much', score.related)
  return [
    line('any two records', 'before anything is compared', score.prior),
    ...fields,
    ...(score.related < -SHOWN_MIN ? [related] : []),
    line('score', `probability ${score.probability.toFixed(4)}`, score.total),
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
