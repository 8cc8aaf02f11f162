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

/** docs/reference/limits.md: the limits of the platform, then those of the edge. */
export function limitsPage(): string {
  const own = Object.entries(EDGE_LIMITS).filter(([name]) => !Object.hasOwn(LIMITS, name))
  const rows = own.map(
    ([name, value]) =>
      `| \`${name}\` | ${value.toLocaleString('en-US')} | ${edgeRangeWords(name)} |`,
  )
  return [limitsMarkdown(), ...EDGE_HEAD, ...rows, ''].join('\n')
}

const EDGE_HEAD = [
  '## Of the server',
  '',
  'They protect the server, are the same in both profiles, and cannot be taken away. Times are in milliseconds.',
  '',
  '| limit | default | may be |',
  '|---|--:|---|',
]
