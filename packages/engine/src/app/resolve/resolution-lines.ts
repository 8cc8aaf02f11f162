import { figureLines } from '../commands/evaluation-figures.ts'
import type { Resolution } from './resolve-files.ts'

/** What `resolve` found, for people. */
export function resolutionLines(found: Resolution): readonly string[] {
  const { records, entities, consolidationRate, seconds, peakRssBytes } = found
  const stages = Object.entries(found.stages).map(
    ([name, spent]) => `${name} ${spent.toFixed(1)} s`,
  )
  return [
    ...columnLines(found),
    ...problemLines(found),
    `${whole(records)} records are ${whole(entities)} people or organisations (${(consolidationRate * 100).toFixed(1)} % fewer).`,
    ...clusterLines(found),
    ...contestedLines(found),
    ...recallLines(found),
    ...(found.evaluation ? ['Against the truth:', ...figureLines(found.evaluation)] : []),
    `${seconds.toFixed(1)} s (${stages.join(', ')}), ${whole(Math.round(peakRssBytes / 1e6))} MB at most`,
    ...(found.out === undefined ? [] : [`Written to ${found.out}`]),
    ...(found.project ? [`Wrote a project: ${found.project.join(', ')}`] : []),
  ]
}

function columnLines({ columns }: Resolution): readonly string[] {
  const files = [...new Set(columns.map(({ file }) => file))]
  return files.flatMap(file => {
    const own = columns.filter(column => column.file === file)
    const width = Math.max(...own.map(({ column }) => plain(column).length))
    return [
      `${file}:`,
      ...own.map(({ column, field, kind, why }) => {
        const meant = field === null ? kind : `${kind} (${field})`
        return `  ${plain(column).padEnd(width)}  ${meant}: ${why}`
      }),
    ]
  })
}

/** Lines of problems are counted from the first line of the file. */
function problemLines({ problems }: Resolution): readonly string[] {
  return problems.map(({ file, count, lines }) => {
    const some = lines.length < count ? ', …' : ''
    return `${file}: ${whole(count)} lines are no records and were left out (line ${lines.join(', ')}${some}).`
  })
}

function clusterLines({ largestClusters }: Resolution): readonly string[] {
  const large = largestClusters.filter(({ records }) => records > 1)
  if (large.length === 0) return []
  const sizes = large.map(
    ({ records, file, row }) => `${whole(records)} records (${file}, row ${row})`,
  )
  return [`Largest: ${sizes.join(', ')}`]
}

const CONTESTED_SHOWN_MAX = 10
const WHY: Readonly<Record<string, string>> = {
  block: 'share one key, too many to be one person: it joins nobody',
  surnames: 'last names share one key, too many to be one person: it joins nobody',
  ids: 'numbers of different people share one key: it joins nobody',
  values: 'different names share one key: only equal ones are joined',
  cluster: 'were held together by a key that made too large a cluster: it was cut',
}

function contestedLines({ contestedKeys }: Resolution): readonly string[] {
  const shown = contestedKeys
    .toSorted((one, other) => other.records - one.records)
    .slice(0, CONTESTED_SHOWN_MAX)
  const rest = contestedKeys.length - shown.length
  return [
    ...shown.map(
      ({ rule, why, records }) =>
        `Contested, rule "${rule}": ${whole(records)} ${WHY[why] ?? why}.`,
    ),
    ...(rest > 0 ? [`and ${whole(rest)} more contested keys`] : []),
  ]
}

function recallLines({ estimatedBlockingRecall: share }: Resolution): readonly string[] {
  if (share === undefined) return []
  return [
    `At most about ${(share * 100).toFixed(1)} % of the pairs that score enough were looked at, to judge by how many passes find the same ones.`,
  ]
}

function whole(count: number): string {
  return count.toLocaleString('en-US')
}

/** Names come from strangers: nothing in them may move the cursor. */
function plain(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]/gu, ' ')
}
