import { list, number, record, type Row, rows, text } from './document-values.ts'
import { explainLines } from './explain-lines.ts'
import { modelLines } from './model-lines.ts'
import { counted, countText, type Paint, secondsText, tableLines } from './output/index.ts'
import { planLines } from './plan-lines.ts'

/** The lines that say for people what a command's document says. */
export function answerLines(command: string, document: unknown, paint: Paint): readonly string[] {
  const body = record(document)
  const lines = LINES[command]
  return lines ? lines(body, paint) : generic(body)
}

const LINES: Readonly<Record<string, (body: Row, paint: Paint) => readonly string[]>> = {
  run: runLines,
  status: statusLines,
  query: queryLines,
  profile: profileLines,
  explain: explainLines,
  model: modelLines,
  plan: planLines,
  apply: planLines,
}

function runLines(body: Row, paint: Paint): readonly string[] {
  const stages = rows(body['stages'])
  const table = tableLines(
    [
      { title: 'stage' },
      { title: 'name' },
      { title: 'status' },
      { title: 'in', align: 'right' },
      { title: 'out', align: 'right' },
      { title: 'changed', align: 'right' },
      { title: 'problems', align: 'right' },
      { title: 'seconds', align: 'right' },
    ],
    stages.map(stage => [
      text(stage['stage']),
      text(stage['name']),
      stage['status'] === 'ERROR' ? paint.red('ERROR') : text(stage['status']),
      countText(number(stage['rowsIn'])),
      countText(number(stage['rowsOut'])),
      countText(number(stage['changed'])),
      countText(number(stage['problems'])),
      secondsText(number(stage['seconds'])),
    ]),
  )
  const errors = stages
    .filter(stage => stage['error'] !== undefined)
    .map(stage =>
      paint.red(`${text(stage['stage'])} ${text(stage['name'])}: ${text(stage['error'])}`),
    )
  const notices = stages.flatMap(stage =>
    list(stage['notices']).map(one => paint.dim(`${text(stage['name'])}: ${text(one)}`)),
  )
  return [
    ...table,
    '',
    ...notices,
    ...errors,
    `${text(body['status'])} in ${secondsText(number(body['seconds']))} at position ${text(body['position'])}`,
  ]
}

function statusLines(body: Row): readonly string[] {
  const lines: string[] = []
  lines.push(
    ...tableLines(
      [
        { title: 'stream' },
        { title: 'rows', align: 'right' },
        { title: 'processed', align: 'right' },
        { title: 'problems', align: 'right' },
        { title: 'last run' },
      ],
      rows(body['streams']).map(one => [
        text(one['name']),
        countText(number(one['rows'])),
        countText(number(one['processed'])),
        countText(number(one['problems'])),
        text(one['lastRun']),
      ]),
    ),
    ...rows(body['streams'])
      .filter(one => one['status'] === 'ERROR')
      .map(one => `stream ${text(one['name'])}: the last load failed. ${text(one['error'])}`),
    '',
  )
  for (const one of rows(body['rulesets'])) {
    lines.push(
      `${text(one['label'])}: ${countText(number(one['sourceProfiles']))} source profiles → ${countText(number(one['unifiedProfiles']))} unified, ` +
        `consolidation ${text(one['consolidationRate'])} %, unmatched ${text(one['unmatchedRate'])} %, false positives ${text(one['falsePositiveRate'])} %, ` +
        `largest ${text(one['largestCluster'])}, contested keys ${text(one['contestedKeys'])}`,
    )
    const [last] = rows(one['history'])
    if (last)
      lines.push(
        `  last counted ${text(last['startedAt'])} (${text(last['cause'])}), ${text(last['status'])} in ${secondsText(number(last['seconds']))}`,
      )
  }
  for (const one of rows(body['insights']))
    lines.push(
      `insight ${text(one['apiName'])}: ${counted(number(one['rows']), 'row')}, ${text(one['status'])}, as of ${text(one['asOf'])}`,
    )
  for (const one of rows(body['segments']))
    lines.push(
      `segment ${text(one['name'])}: ${countText(number(one['members']))} members, ${text(one['status'])}${one['reason'] ? ` (${text(one['reason'])})` : ''}`,
    )
  for (const one of rows(body['activations'])) {
    const ledger = record(one['ledger'])
    lines.push(
      `activation ${text(one['name'])}: ${text(ledger['segment'])} in segment, ${text(ledger['withContactPoint'])} ` +
        `reachable, ${text(ledger['accepted'])} accepted, last ${text(one['lastPublish'])}`,
    )
  }
  return lines
}

function queryLines(body: Row): readonly string[] {
  const columns = rows(body['columns']).map(one => ({ title: text(one['name']) }))
  const values = Array.isArray(body['rows']) ? body['rows'] : []
  return [
    ...tableLines(
      columns,
      values.map(row => (Array.isArray(row) ? row.map(text) : [])),
    ),
    counted(number(body['rowCount']), 'row'),
  ]
}

function profileLines(body: Row, paint: Paint): readonly string[] {
  const lines = [paint.bold(`profile ${text(body['unifiedId'])}`)]
  for (const [name, field] of Object.entries(record(body['fields']))) {
    const one = record(field)
    lines.push(
      `  ${name}: ${text(one['value'])}  ${paint.dim(`from ${text(one['stream'])}/${text(one['sourceRecordId'])}`)}`,
    )
  }
  for (const one of rows(body['contactPoints']))
    lines.push(
      `  ${text(one['type'])}: ${text(one['value'])}  ${paint.dim(`from ${text(one['sources'])}`)}`,
    )
  for (const one of rows(body['links']))
    lines.push(
      `  link ${text(one['stream'])}/${text(one['sourceRecordId'])}${one['system'] === true ? ' (made from identity values)' : ''}`,
    )
  for (const one of rows(body['related']))
    lines.push(`  ${text(one['object'])}: ${text(one['count'])}`)
  for (const [name, values] of Object.entries(record(body['insights'])))
    lines.push(`  insight ${name}: ${JSON.stringify(values)}`)
  return [...lines, `  segments: ${text(body['segments']) || 'none'}`]
}

function generic(body: Row): readonly string[] {
  return Object.entries(body).map(([name, value]) => `${name}: ${text(value)}`)
}
