import type { OnceResult } from '../app/cli-door.ts'
import { answerLines } from './answer-lines.ts'
import type { Paint } from './output/index.ts'

/** The summary of `start --once`: what each stage did, how things stand, and how good the matching is. */
export function onceLines(result: OnceResult, paint: Paint): readonly string[] {
  return [
    ...answerLines('run', result.run, paint),
    '',
    ...answerLines('status', result.status, paint),
    ...evaluationLines(result),
    ...(result.webhooks
      ? [
          `webhooks: ${result.webhooks.requests} requests with ${result.webhooks.events} events were received and verified`,
        ]
      : []),
  ]
}

function evaluationLines({ evaluation }: OnceResult): readonly string[] {
  const pairwise = evaluation?.['pairwise']
  if (typeof pairwise !== 'object' || pairwise === null) return []
  const { precision, recall, f1 } = new PairwiseReader(pairwise)
  return [`against the truth: precision ${precision}, recall ${recall}, F1 ${f1}`]
}

class PairwiseReader {
  readonly precision: string
  readonly recall: string
  readonly f1: string

  constructor(pairwise: object) {
    const values = new Map<string, unknown>(Object.entries(pairwise))
    const shown = (name: string): string => Number(values.get(name) ?? 0).toFixed(4)
    this.precision = shown('precision')
    this.recall = shown('recall')
    this.f1 = shown('f1')
  }
}
