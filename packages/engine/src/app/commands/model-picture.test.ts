import { describe, expect, test } from 'vitest'
import { modelPicture } from './model-picture.ts'
import type { ShownModel } from './shown-model.ts'

const model = (bits: readonly number[], label = 'People'): ShownModel => ({
  ruleset: label,
  rule: 'Score',
  threshold: 0.8,
  linkBits: 2,
  priorBits: -8,
  relatedBits: null,
  records: 100,
  fields: [
    {
      field: 'Individual.FirstName',
      kind: 'firstName',
      frequentValues: 3,
      levels: bits.map((each, at) => ({
        level: `level ${at}`,
        bits: each,
        match: 0.5,
        related: 0.01,
        random: 0.01,
      })),
    },
  ],
  blocking: [],
})

/** The left edge and the width of each bar, and the place of the line that they start from. */
function barsOf(svg: string): {
  readonly bars: readonly (readonly [number, number])[]
  zero: number
} {
  const bars = [...svg.matchAll(/<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)"/g)]
  const [, zero] = /<line x1="([\d.]+)"/.exec(svg) ?? []
  return { bars: bars.map(([, x, width]) => [Number(x), Number(width)]), zero: Number(zero) }
}

describe('the picture of a model', () => {
  test('has a bar for each level, right of the line for and left of it against, as long as it says', () => {
    const { bars, zero } = barsOf(modelPicture([model([10, 5, -2.5])]))
    const [strong = [0, 0], half = [0, 0], against = [0, 0]] = bars
    expect(bars).toHaveLength(3)
    expect([strong[0], half[0], against[0] + against[1]]).toEqual([zero, zero, zero])
    expect(half[1]).toBeCloseTo(strong[1] / 2, 1)
    expect(against[1]).toBeCloseTo(strong[1] / 4, 1)
  })

  test('does not make weak levels look strong', () => {
    const [weak = [0, 0]] = barsOf(modelPicture([model([1])])).bars
    const [strong = [0, 0]] = barsOf(modelPicture([model([10])])).bars
    expect(weak[1]).toBeLessThan(strong[1] / 4)
  })

  test('has all models, nothing that a name brings along, and a word where there is none', () => {
    const svg = modelPicture([model([1]), model([2], '<b>&"\u0000')])
    expect(svg).toContain('People: Score')
    expect(svg).toContain('&lt;b&gt;&amp;&quot;\uFFFD: Score')
    expect(modelPicture([])).toContain('No match rule is scored.')
  })
})
