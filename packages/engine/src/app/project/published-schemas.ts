import { RulesetDefinition, ScoredLimits } from '@mainstem/contracts'
import { EDGE_LIMITS } from '../../api/index.ts'
import { LIMITS, limitsMarkdown } from '../../governance/index.ts'
import { edgeRangeWords } from './limits.ts'
import { JSON_SCHEMAS } from './schemas.ts'

/**
 * The JSON Schemas that editors read (`# yaml-language-server: $schema=…`), by file name. Made from
 * the schemas that the loader checks with; `npm run generate` writes them.
 */
export function publishedSchemas(): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(JSON_SCHEMAS).map(([kind, schema]) => [
      `${kind}.schema.json`,
      `${JSON.stringify(schema, null, 2)}\n`,
    ]),
  )
}

/** docs/reference/limits.md: the limits of the platform, then those of the edge, then of rulesets. */
export function limitsPage(): string {
  const own = Object.entries(EDGE_LIMITS).filter(([name]) => !Object.hasOwn(LIMITS, name))
  const rows = own.map(
    ([name, value]) =>
      `| \`${name}\` | ${value.toLocaleString('en-US')} | ${edgeRangeWords(name)} |`,
  )
  const rulesets = [
    ...limitRows(RulesetDefinition.properties, ''),
    ...limitRows(ScoredLimits.properties, 'matchRules[].limits.'),
  ]
  return [limitsMarkdown(), ...EDGE_HEAD, ...rows, '', ...RULESET_HEAD, ...rulesets, ''].join('\n')
}

interface Property {
  readonly type?: unknown
  readonly minimum?: unknown
  readonly default?: unknown
  readonly description?: string
}

/** The whole numbers among properties that have a default. */
function limitRows(
  properties: Readonly<Record<string, Property>>,
  path: string,
): readonly string[] {
  return Object.entries(properties).flatMap(([name, { type, minimum, ...schema }]) => {
    const byDefault = schema.default
    if (type !== 'integer' || typeof byDefault !== 'number') return []
    const shown = byDefault.toLocaleString('en-US')
    return `| \`${path}${name}\` | ${shown} | ${String(minimum)} | ${schema.description ?? ''} |`
  })
}

const EDGE_HEAD = [
  '## Of the server',
  '',
  'They protect the server, are the same in both profiles, and cannot be taken away. Times are in milliseconds.',
  '',
  '| limit | default | may be |',
  '|---|--:|---|',
]

const RULESET_HEAD = [
  '## Of a ruleset',
  '',
  'They are keys of a ruleset, and of the file of `mainstem resolve --ruleset`, because clusters follow from them: `plan` shows what a change does.',
  'Those of a scored rule stand under its `limits`; all but `membersMax` matter only where `resolve` makes a model.',
  '',
  '| key | default | least | what it limits |',
  '|---|--:|--:|---|',
]
