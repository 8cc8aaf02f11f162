import { record, type Row, rows, text } from './document-values.ts'
import type { Paint } from './output/index.ts'

/** The lines of `explain`: step by step, with the values, and what stands in the way. */
export function explainLines(body: Row, paint: Paint): readonly string[] {
  const lines = [body['together'] === true ? paint.bold('together') : paint.bold('not together')]
  for (const step of rows(body['path'])) lines.push(...stepLines(step, paint))
  if (body['reason'] !== undefined) lines.push(`  ${text(body['reason'])}`)
  const compared = rows(body['compared']).flatMap(one => [
    `    rule "${text(one['rule'])}"`,
    ...criteriaLines(one, '      '),
  ])
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
  return step['keptOutBy'] === 'decision' && decision['number'] !== undefined
    ? `cut ${decisionText(decision)}`
    : text(step['keptOutBy'])
}

function criteriaLines(of: Row, indent: string): readonly string[] {
  return rows(of['criteria']).map(one => {
    const sign = one['holds'] === false ? '≠' : '~'
    const score =
      one['weight'] === undefined ? '' : `  ${text(one['level'])} ${text(one['weight'])}`
    return `${indent}${text(one['field'])} ${text(one['method'])}: ${value(one['left'])} ${sign} ${value(one['right'])}${score}`
  })
}

function value(of: unknown): string {
  return of === null || of === undefined ? '(nothing)' : text(of)
}
