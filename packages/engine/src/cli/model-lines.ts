import { bitsText, shareText } from '../app/cli-door.ts'
import { list, number, type Row, rows, text } from './document-values.ts'
import { type Paint, tableLines } from './output/index.ts'

/** Blocks of the longest bar. */
const BAR_CHARS = 24
/** Bits that the longest bar stands for at least. */
const BITS_MIN = 8

/** The lines of `model`: of each scored rule a chart of what its levels of agreement say. */
export function modelLines(body: Row, paint: Paint): readonly string[] {
  const models = rows(body['models'])
  const lines = models.flatMap(model => [...chartLines(model, paint), ''])
  if (models.length === 0) lines.push('No match rule is scored.')
  if (body['svg'] !== undefined) lines.push(`picture: ${text(body['svg'])}`)
  return lines
}

function chartLines(model: Row, paint: Paint): readonly string[] {
  const fields = rows(model['fields'])
  const bitsMax = fields
    .flatMap(field => rows(field['levels']).map(level => Math.abs(number(level['bits']))))
    .reduce((most, bits) => Math.max(most, bits), BITS_MIN)
  const cells = fields.flatMap(field =>
    rows(field['levels']).map((level, at) => [
      at === 0 ? text(field['field']).split('.').at(-1) : '',
      text(level['level']),
      bitsText(number(level['bits'])),
      bar(number(level['bits']) / bitsMax),
      shareText(number(level['match'])),
      shareText(number(level['random'])),
    ]),
  )
  return [
    `${paint.bold(`${text(model['ruleset'])}: ${text(model['rule'])}`)}, learned from ${text(model['records'])} records`,
    `any two records ${bitsText(number(model['priorBits']))} bits; ` +
      `a link from ${bitsText(number(model['linkBits']))} on, probability ${text(model['threshold'])}`,
    ...tableLines(
      [
        { title: 'field' },
        { title: 'agreement' },
        { title: 'bits', align: 'right' },
        { title: 'against · for' },
        { title: 'one person', align: 'right' },
        { title: 'strangers', align: 'right' },
      ],
      cells,
    ),
    `compared if they share: ${list(model['blocking']).map(text).join('; ')}`,
    ...recallLines(model['estimatedBlockingRecall']),
  ]
}

function recallLines(share: unknown): readonly string[] {
  if (typeof share !== 'number') return []
  return [`which at most about ${shareText(share)} of the pairs that score enough do`]
}

/** A bar to the right of the middle where it speaks for, to the left where it speaks against. */
function bar(share: number): string {
  const length = Math.round((Math.abs(share) * BAR_CHARS) / 2)
  const half = '█'.repeat(length)
  return share < 0 ? `${half.padStart(BAR_CHARS / 2)}│` : `${' '.repeat(BAR_CHARS / 2)}│${half}`
}
