import type { ShownField, ShownModel } from './shown-model.ts'
import { escaped, FONT, pixels, svgTextWidth } from './svg-text.ts'
import { bitsText, shareText } from './weight-text.ts'

/** Pixels: the edge, a line, the room of a level's name, of the longest bar either way, and of the shares. */
const MARGIN = 24
const LINE = 20
const NAME_WIDTH = 210
const HALF_WIDTH = 220
const SHARES_WIDTH = 190
const BAR_HEIGHT = 12
const COLOURS = {
  for: '#2e8b57',
  against: '#c0392b',
  axis: '#8a8f98',
  text: '#1b1b1b',
  more: '#555',
}

/** Bits that a bar shows at least to its end, so that a weak model does not look like a strong one. */
const BITS_MIN = 8

/**
 * The weights of models as a picture (SVG): a bar for each level of each field, to the right where it
 * speaks for two records being one, to the left where it speaks against it.
 */
export function modelPicture(models: readonly ShownModel[]): string {
  const bitsMax = models
    .flatMap(({ fields }) =>
      fields.flatMap(({ levels }) => levels.map(({ bits }) => Math.abs(bits))),
    )
    .reduce((most, bits) => Math.max(most, bits), BITS_MIN)
  const parts: string[] = []
  let top = MARGIN
  for (const model of models) {
    const drawn = modelParts(model, { top, scale: HALF_WIDTH / bitsMax })
    parts.push(...drawn.parts)
    top = drawn.bottom + LINE
  }
  if (models.length === 0)
    parts.push(text('No match rule is scored.', { x: MARGIN, y: top + LINE }))
  const least = 2 * MARGIN + NAME_WIDTH + 2 * HALF_WIDTH + SHARES_WIDTH
  const widest = models.flatMap(headLines).map(line => svgTextWidth(line) + 2 * MARGIN)
  const width = Math.ceil(Math.max(least, ...widest))
  const height = Math.ceil(top + LINE)
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${FONT}" font-size="12">`,
    '<title>What scored rules weigh</title>',
    '<rect width="100%" height="100%" fill="#ffffff"/>',
    ...parts,
    '</svg>',
    '',
  ].join('\n')
}

interface Place {
  readonly top: number
  /** Pixels a bit. */
  readonly scale: number
}

interface Drawn {
  readonly parts: readonly string[]
  readonly bottom: number
}

function headLines({
  ruleset,
  rule,
  threshold,
  linkBits,
  priorBits,
}: ShownModel): readonly string[] {
  return [
    `${ruleset}: ${rule}`,
    `any two records ${bitsText(priorBits)} bits, a link from ${bitsText(linkBits)} (probability ${threshold}): ` +
      `what agrees must give ${bitsText(linkBits - priorBits)}`,
  ]
}

function modelParts(model: ShownModel, { top, scale }: Place): Drawn {
  const [title = '', odds = ''] = headLines(model)
  const parts = [
    text(title, { x: MARGIN, y: top, size: 15, isBold: true }),
    text(odds, { x: MARGIN, y: top + LINE, colour: 'more' }),
  ]
  let at = top + 2 * LINE
  for (const field of model.fields) {
    const drawn = fieldParts(field, { top: at, scale })
    parts.push(...drawn.parts)
    at = drawn.bottom
  }
  return { parts, bottom: at }
}

function fieldParts({ field, frequentValues, levels }: ShownField, { top, scale }: Place): Drawn {
  const often = frequentValues === 0 ? '' : `  (${frequentValues} values by their frequency)`
  const parts = [
    text(field + often, { x: MARGIN, y: top + LINE, isBold: true }),
    text(`${'one'.padStart(7)} ${'strangers'.padStart(10)}`, {
      x: SHARES_AT,
      y: top + LINE,
      colour: 'more',
    }),
  ]
  const zero = MARGIN + NAME_WIDTH + HALF_WIDTH
  let at = top + 2 * LINE
  for (const { level, bits, match, random } of levels) {
    const width = Math.max(1, Math.abs(bits) * scale)
    const left = bits < 0 ? zero - width : zero
    const colour = bits < 0 ? COLOURS.against : COLOURS.for
    const label = bitsText(bits)
    const labelAt = bits < 0 ? left - 6 - svgTextWidth(label) : left + width + 6
    parts.push(
      text(level, { x: MARGIN + 12, y: at }),
      `<rect x="${pixels(left)}" y="${pixels(at - BAR_HEIGHT + 2)}" width="${pixels(width)}" height="${BAR_HEIGHT}" fill="${colour}"/>`,
      text(label, { x: labelAt, y: at, colour: 'more' }),
      text(`${shareText(match).padStart(7)} ${shareText(random).padStart(10)}`, {
        x: SHARES_AT,
        y: at,
        colour: 'more',
      }),
    )
    at += LINE
  }
  parts.push(
    `<line x1="${zero}" y1="${top + LINE + 6}" x2="${zero}" y2="${at - LINE + 6}" stroke="${COLOURS.axis}" stroke-width="1"/>`,
  )
  return { parts, bottom: at - LINE / 2 }
}

const SHARES_AT = MARGIN + NAME_WIDTH + 2 * HALF_WIDTH + 50

interface Text {
  readonly x: number
  readonly y: number
  readonly colour?: 'text' | 'more'
  readonly size?: number
  readonly isBold?: boolean
}

function text(content: string, { x, y, colour = 'text', size = 12, isBold = false }: Text): string {
  const weight = isBold ? ' font-weight="bold"' : ''
  return (
    `<text x="${pixels(x)}" y="${pixels(y)}" fill="${COLOURS[colour]}" font-size="${size}"${weight}` +
    ` xml:space="preserve">${escaped(content)}</text>`
  )
}
