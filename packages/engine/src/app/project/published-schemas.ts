import { LIMITS } from './limits.ts'
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

/** docs/reference/limits.md. */
export function limitsPage(): string {
  const shown = (limit: number | null): string =>
    limit === null ? 'none' : limit.toLocaleString('en-US')
  const rows = Object.entries(LIMITS).map(
    ([name, { open, dataCloud, says }]) =>
      `| \`${name}\` | ${shown(open)} | ${shown(dataCloud)} | ${says} |`,
  )
  return `${[...LIMITS_HEAD, ...rows].join('\n')}\n`
}

const LIMITS_HEAD = [
  '# Limits',
  '',
  'A limit is set in `mainstem.yaml`, by profile or by name; `null` takes it away.',
  '',
  '```yaml',
  'limits:',
  '  profile: open            # or data-cloud: what Data Cloud itself allows',
  '  ir.maxRulesetsPerOrg: 4',
  '```',
  '',
  'What goes over a limit is refused with an error that names the limit.',
  '',
  '| limit | `open` | `data-cloud` | of what |',
  '|---|--:|--:|---|',
]
