import { list, number, record, type Row, rows, text } from './document-values.ts'
import { counted, countText, type Paint, secondsText, tableLines } from './output/index.ts'

/** The lines of `plan`, and of `apply`: what changes, and what that does. */
export function planLines(body: Row, paint: Paint): readonly string[] {
  const changes = rows(body['changes'])
  const isApplied = body['applied'] === true
  if (changes.length === 0) return ['Nothing would change.', ...(isApplied ? ['applied'] : [])]
  const effects = record(body['effects'])
  const lines = changes.map(
    one =>
      `${text(one['action'])} ${text(one['kind'])} ${text(one['name'])} ${text(one['fields'])}`,
  )
  lines.push(
    ...list(body['notices']).map(one => paint.dim(text(one))),
    ...rows(effects['rulesets']).flatMap(one => rulesetLines(one, paint)),
    ...audienceLines(effects),
    '',
    [
      counted(changes.length, 'change'),
      `${counted(number(effects['rows']), 'source profile')} to resolve again`,
      `about ${secondsText(number(effects['seconds']))}`,
    ].join(', '),
  )
  return isApplied ? [...lines, 'applied'] : lines
}

function rulesetLines(effects: Row, paint: Paint): readonly string[] {
  const unified = record(effects['unifiedProfiles'])
  return [
    '',
    paint.bold(`ruleset ${text(effects['label'])}`),
    `${countText(number(unified['before']))} → ${countText(number(unified['after']))} unified profiles: ` +
      `${countText(number(effects['merged']))} merge into others, ${countText(number(effects['split']))} ` +
      `split off, ${counted(number(effects['idsRetired']), 'id')} retired`,
    ...metricLines(record(effects['metrics'])),
    ...histogramLines(record(effects['clusterSizes'])),
    ...rows(effects['samples']).flatMap(one => sampleLines(one, paint)),
  ]
}

/** The metrics that people decide by. */
const METRICS = [
  ['sourceProfiles', 'source profiles'],
  ['knownProfiles', 'known'],
  ['anonymousProfiles', 'anonymous'],
  ['consolidationRate', 'consolidation %'],
  ['unmatchedRate', 'unmatched %'],
  ['falsePositiveRate', 'false positives %'],
  ['largestCluster', 'largest'],
] as const

function metricLines(metrics: Row): readonly string[] {
  const [before, after] = [record(metrics['before']), record(metrics['after'])]
  return tableLines(
    [{ title: '' }, { title: 'before', align: 'right' }, { title: 'after', align: 'right' }],
    METRICS.map(([name, title]) => [title, number(before[name]), number(after[name])]),
  )
}

/** Cells of the longest bar. */
const BAR_MAX = 24
/** Sizes up to here have a line of their own; larger ones come together. */
const SIZES = [1, 2, 3, 4, 5, 10, 20, 50, 100, 1000, Infinity] as const

/** How many unified profiles are of how many source profiles, side by side. */
function histogramLines(sizes: Row): readonly string[] {
  const [before, after] = [grouped(rows(sizes['before'])), grouped(rows(sizes['after']))]
  const most = Math.max(1, ...before, ...after)
  const bar = (count: number): string =>
    count === 0 ? '' : '▇'.repeat(Math.max(1, Math.round((count / most) * BAR_MAX)))
  const shown = SIZES.map((_, at) => at).filter(at => before[at] || after[at])
  return tableLines(
    [
      { title: 'records', align: 'right' },
      { title: 'before', align: 'right' },
      { title: '' },
      { title: 'after', align: 'right' },
      { title: '' },
    ],
    shown.map(at => [
      sizeText(at),
      before[at] ?? 0,
      bar(before[at] ?? 0),
      after[at] ?? 0,
      bar(after[at] ?? 0),
    ]),
  )
}

function grouped(sizes: readonly Row[]): readonly number[] {
  const counts = SIZES.map(() => 0)
  for (const one of sizes) {
    const at = SIZES.findIndex(most => number(one['size']) <= most)
    counts[at] = (counts[at] ?? 0) + number(one['clusters'])
  }
  return counts
}

function sizeText(at: number): string {
  const least = (SIZES[at - 1] ?? 0) + 1
  const most = SIZES[at] ?? least
  if (most === least) return String(most)
  return most === Infinity ? `${least} or more` : `${least}–${most}`
}

function sampleLines(sample: Row, paint: Paint): readonly string[] {
  const ids = list(sample['unifiedIds']).map(text)
  const arrow = sample['kind'] === 'merged' ? '←' : '→'
  const named = rows(sample['parts']).map(part => text(part['records']))
  const rest = number(sample['size']) - list(sample['records']).length
  return [
    `${text(sample['kind'])}  ${text(ids[0])} ${arrow} ${ids.slice(1).join(', ')}`,
    paint.dim(`    ${named.join('  |  ')}${rest > 0 ? `  and ${countText(rest)} more` : ''}`),
  ]
}

function audienceLines(effects: Row): readonly string[] {
  const [segments, audiences] = [rows(effects['segments']), rows(effects['audiences'])]
  return [
    ...(segments.length + audiences.length === 0 ? [] : ['']),
    ...segments.map(one => {
      const only = record(one['onlyIds'])
      const ids = number(only['entered']) + number(only['left'])
      const moves =
        `${countText(number(one['entered']))} enter, ${countText(number(one['left']))} leave` +
        (ids > 0 ? ` (${countText(ids)} of them only by another id)` : '')
      const since = one['lastPublish'] ? '' : ', never published'
      return `segment ${text(one['name'])}: ${moves}, ${counted(number(one['members']), 'member')}${since}`
    }),
    ...audiences.map(
      one =>
        `audience ${text(one['name'])}: ${countText(number(one['added']))} added, ${countText(number(one['deleted']))} deleted`,
    ),
    ...rows(effects['notComputed']).map(
      one => `${text(one['kind'])} ${text(one['name'])}: not known. ${text(one['reason'])}`,
    ),
  ]
}
