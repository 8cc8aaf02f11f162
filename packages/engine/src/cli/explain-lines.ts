import { record, type Row, rows, text } from './document-values.ts'
import type { Paint } from './output/index.ts'
import { isWaterfall, waterfallLines } from './waterfall-lines.ts'

/** The lines of `explain`: step by step, with the values, and what stands in the way. */
export function explainLines(body: Row, paint: Paint): readonly string[] {
  const lines = [body['together'] === true ? paint.bold('together') : paint.bold('not together')]
  for (const step of rows(body['path'])) lines.push(...stepLines(step, paint))
  if (body['reason'] !== undefined) lines.push(`  ${text(body['reason'])}`)
  const [first, ...more] = rows(body['path'])
  // A score that is the whole path is not told twice.
  const told = first && more.length === 0 && isWaterfall(rows(first['criteria'])) ? first : {}
  const compared = rows(body['compared']).flatMap(one =>
    one['rule'] === told['rule'] ? [] : [`    rule "${text(one['rule'])}"`, ...comparedLines(one)],
  )
  if (compared.length > 0) lines.push('  the two themselves, by each rule:', ...compared)
  if (body['svg'] !== undefined) lines.push(`  picture: ${text(body['svg'])}`)
  return lines
}

function stepLines(step: Row, paint: Paint): readonly string[] {
  const decision = record(step['decision'])
  const isDecided = rows(step['criteria']).length === 0 && decision['number'] !== undefined
  const by = isDecided ? decisionText(decision) : `by rule "${text(step['rule'])}"`
  const at = step['at'] === null ? '' : `, ${text(step['at'])}`
  const kept =
    step['keptOutBy'] === undefined ? '' : paint.red(` does not count: ${keptText(step)}`)
  return [
    `  ${text(step['from'])} — ${text(step['to'])}  ${paint.dim(`${by}${at}`)}${kept}`,
    ...criteriaLines(step, '    '),
  ]
}

function decisionText(decision: Row): string {
  return `by decision ${text(decision['number'])} of ${text(decision['author'])}: ${text(decision['reason'])}`
}

function keptText(step: Row): string {
  const decision = record(step['decision'])
  if (step['keptOutBy'] === 'comparison') return 'the values differ too much'
  if (step['keptOutBy'] === 'fit') return 'the two sides do not fit together on the whole'
  return step['keptOutBy'] === 'decision' && decision['number'] !== undefined
    ? `cut ${decisionText(decision)}`
    : text(step['keptOutBy'])
}

function comparedLines(of: Row): readonly string[] {
  return rows(of['criteria']).length === 0
    ? ['      not compared: too little is known of one of them to link it to anybody']
    : criteriaLines(of, '      ')
}

function criteriaLines(of: Row, indent: string): readonly string[] {
  const criteria = rows(of['criteria'])
  if (isWaterfall(criteria)) return waterfallLines(criteria, indent)
  return criteria.map(one => {
    const sign = one['holds'] === false ? '≠' : '~'
    return `${indent}${text(one['field'])} ${text(one['method'])}: ${value(one['left'])} ${sign} ${value(one['right'])}`
  })
}

function value(of: unknown): string {
  return of === null || of === undefined ? '(nothing)' : text(of)
}
