import type { Review, ReviewRow } from './review.ts'

/** The queue for people: what there is to look at, why, and what to type next. */
export function reviewLines({ rows, counts }: Review): readonly string[] {
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0)
  const kinds = Object.entries(counts).flatMap(([kind, count]) =>
    count === 0 ? [] : `${count} ${kind}`,
  )
  if (all === 0) return ['Nothing to review.']
  return [
    ...rows.flatMap((row, at) => [...linesOf(row, at + 1), '']),
    `${rows.length} of ${all} to review are shown (${kinds.join(', ')}). Value: pairs of records that a look is expected to put right.`,
  ]
}

function linesOf(row: ReviewRow, at: number): readonly string[] {
  const percent = Math.round(row.probability * 100)
  return [
    `${at}. ${row.kind}  ${row.a} — ${row.b}: ${row.why}`,
    `   value ${row.value}, one person by ${percent} %, ${row.clusterSize} records, ruleset ${row.ruleset}`,
    ...row.values.map(
      ({ field, left, right }) => `   ${field}: ${left ?? '(none)'} ~ ${right ?? '(none)'}`,
    ),
    ...row.next.map(command => `   → ${command}`),
  ]
}
