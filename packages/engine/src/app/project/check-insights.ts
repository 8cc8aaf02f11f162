import { at, type Definitions, nearestAdvice } from './definitions.ts'
import type { Mistake } from './mistake.ts'

/** Insights that read an insight which is not there, or that wait for each other in a circle. */
export function checkInsights(found: Definitions): readonly Mistake[] {
  const reads = new Map(
    found.insights.map(({ definition: { apiName, expression } }) => [
      apiName.toLowerCase(),
      found.hooks.insightReferences(expression).map(name => name.toLowerCase()),
    ]),
  )
  return [...unknownInsights(found), ...circles(found, reads)]
}

function unknownInsights(found: Definitions): readonly Mistake[] {
  const known = found.names.insights
  const lower = new Set(known.map(name => name.toLowerCase()))
  return found.insights.flatMap(insight =>
    found.hooks
      .insightReferences(insight.definition.expression)
      .filter(name => !lower.has(name.toLowerCase()))
      .map(name => {
        const says = `The expression reads the insight "${name}", which is not defined.`
        return at(insight, ['expression'], { says, fix: nearestAdvice(name, known, 'insights') })
      }),
  )
}

/** One mistake a circle, told at the first of its insights. */
function circles(
  found: Definitions,
  reads: ReadonlyMap<string, readonly string[]>,
): readonly Mistake[] {
  const told = new Set<string>()
  return found.insights.flatMap(insight => {
    const circle = circleFrom(insight.definition.apiName.toLowerCase(), reads)
    if (circle === undefined || circle.some(name => told.has(name))) return []
    for (const name of circle) told.add(name)
    const way = [...circle, circle[0]].join(' → ')
    const says = `Insights refer to each other in a circle: ${way}.`
    return [at(insight, ['expression'], { says, fix: 'Take one of the references out.' })]
  })
}

/** The way from an insight back to itself, if there is one. */
function circleFrom(
  start: string,
  reads: ReadonlyMap<string, readonly string[]>,
): readonly string[] | undefined {
  const seen = new Set<string>()
  const ways: (readonly string[])[] = [[start]]
  for (let way = ways.pop(); way !== undefined; way = ways.pop()) {
    for (const next of reads.get(way.at(-1) ?? '') ?? []) {
      if (next === start) return way
      if (!seen.has(next)) ways.push([...way, next])
      seen.add(next)
    }
  }
  return undefined
}
