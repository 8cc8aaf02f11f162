import type { RowSample, RowValues, TableCheck } from './report.ts'
import type { VerifyReport } from './verify-store.ts'

/** The report for people: a line a table, what differs, and last how much in all. */
export function verifyLines(report: VerifyReport): readonly string[] {
  const width = Math.max(...report.stages.map(({ object }) => object.length), 0)
  return [
    ...report.stages.flatMap(check => tableLines(check, width)),
    ...report.reasons.map(({ object, reason }) => `not compared: ${object}. ${reason}`),
    `position ${report.position}, as of ${report.asOf}`,
    `differences: ${report.differences}`,
  ]
}

function tableLines(check: TableCheck, width: number): readonly string[] {
  const broken = (check.laws ?? []).filter(({ violations }) => violations > 0)
  const what = check.kind === 'derived' ? 'compared' : 'checked'
  const head = `${check.stage.padEnd(10)} ${check.object.padEnd(width)} ${String(check.rowsCompared).padStart(9)} rows ${what}, ${check.differences} differ`
  const sides =
    check.onlyLive + check.onlyRecomputed === 0
      ? ''
      : ` (${check.onlyLive} only stored, ${check.onlyRecomputed} only recomputed)`
  return [
    head + sides,
    ...broken.map(({ law, violations }) => `    ${violations} × ${law}`),
    ...check.sample.map(sampleLine),
  ]
}

function sampleLine({ key, live, recomputed }: RowSample): string {
  return `    ${key}: stored ${shown(live)}, should be ${shown(recomputed)}`
}

function shown(values: RowValues | null): string {
  if (values === null) return 'nothing'
  const parts = Object.entries(values).map(([name, value]) => `${name} = ${value ?? 'null'}`)
  return parts
    .join(', ')
    .replaceAll(/[\p{Cc}\p{Cf}]/gu, ' ')
    .slice(0, 300)
}
