/**
 * The overview, from `page.summary`: the `status` document with, beside it, `verify`
 * (`{at, position, differences, notCompared}` or null).
 */
export const overviewScript = `
async function overview(signal) {
  const told = await ask('/page/summary', signal)
  byId('asof').textContent =
    told.position === undefined
      ? ''
      : 'Position ' +
        figure(told.position) +
        (told.asOf ? ', as of ' + new Date(told.asOf).toLocaleString() : '')
  const streams = list(told.streams)
  if (streams.length === 0) {
    return [
      note(
        'No data streams yet',
        'Write one in streams/, or let mainstem init --from FILE propose them.',
      ),
    ]
  }
  return [
    el('h1', { class: 'hidden' }, 'Overview'),
    river(told, streams),
    streamTable(streams),
    rulesetTable(list(told.rulesets)),
    el(
      'div',
      { class: 'three' },
      insightTable(list(told.insights)),
      segmentTable(list(told.segments)),
      activationTable(list(told.activations)),
    ),
  ]
}

const sum = (rows, field) => rows.reduce((total, row) => total + (Number(row[field]) || 0), 0)

/** The whole path in four figures. */
function river(told, streams) {
  const people = list(told.rulesets).reduce((most, one) => (one.sourceProfiles > (most.sourceProfiles || 0) ? one : most), {})
  const problems = sum(streams, 'problems')
  const box = (title, value, sub, kind) =>
    el(
      'div',
      {},
      el('dt', {}, title),
      el('dd', { class: kind }, value, el('span', { class: 'sub' }, sub)),
    )
  return el(
    'dl',
    { class: 'river' },
    box(
      'Records',
      figure(sum(streams, 'rows')),
      'in ' +
        streams.length +
        (streams.length === 1 ? ' stream, ' : ' streams, ') +
        (problems === 0
          ? 'no problems'
          : figure(problems) + (problems === 1 ? ' problem' : ' problems')),
    ),
    box(
      'Source profiles',
      figure(people.sourceProfiles),
      people.label ? 'ruleset ' + people.label : 'no ruleset',
    ),
    box(
      'Unified profiles',
      figure(people.unifiedProfiles),
      percent(people.consolidationRate) + ' consolidated',
    ),
    verified(told.verify, box),
  )
}

function verified(verify, box) {
  if (!verify) return box('Last verify', 'never', 'run mainstem verify')
  const missed = list(verify.notCompared).length
  const differences = Number(verify.differences)
  const good = differences === 0 && missed === 0
  const sub = [
    differences === 1 ? 'difference' : 'differences',
    missed ? ', ' + missed + ' not compared' : '',
    verify.at ? ', ' : '',
    verify.at ? when(verify.at) : '',
  ]
  return box('Last verify', figure(differences), sub, good ? 'good' : 'bad')
}

const count = field => [row => figure(row[field]), row => (Number(row[field]) ? 'n' : 'n zero')]

function streamTable(streams) {
  return section(
    'Data streams',
    null,
    table(
      'Data streams',
      [
        ['Stream', row => name(row.name)],
        ['Last run', row => when(row.lastRun), 'when n'],
        ['Rows', ...count('rows')],
        [
          'Problems',
          row =>
            Number(row.problems)
              ? el('span', { class: 'tag', 'data-tone': 'warn' }, figure(row.problems))
              : '0',
          row => (Number(row.problems) ? 'n' : 'n zero'),
        ],
        ['Processed', ...count('processed')],
        ['Added', ...count('added')],
        ['Updated', ...count('updated')],
        ['Unchanged', ...count('unchanged')],
        ['Removed', ...count('removed')],
        ['Stale', ...count('stale')],
      ],
      streams,
    ),
  )
}

function rulesetTable(rulesets) {
  if (rulesets.length === 0)
    return section('Identity', null, empty('No ruleset yet. Without one, nobody is unified.'))
  return section(
    'Identity',
    null,
    table(
      'Identity',
      [
        ['Ruleset', row => name(row.label)],
        ['Source profiles', ...count('sourceProfiles')],
        ['Unified', ...count('unifiedProfiles')],
        ['Consolidated', row => percent(row.consolidationRate), 'n'],
        ['Unmatched', row => percent(row.unmatchedRate), 'n'],
        ['False positives', row => percent(row.falsePositiveRate), 'n'],
        ['Largest cluster', row => figure(row.largestCluster), 'n'],
        ['Last run', row => when(row.history && row.history[0] ? row.history[0].startedAt : null), 'when n'],
      ],
      rulesets,
    ),
  )
}

function insightTable(insights) {
  return section(
    'Insights',
    null,
    insights.length === 0
      ? empty('No insights yet.')
      : table(
          'Insights',
          [
            ['Insight', row => [name(row.apiName), problemOf(row)]],
            ['Rows', ...count('rows')],
            ['Last run', row => when(row.lastRun), 'when n'],
          ],
          insights,
        ),
  )
}

function segmentTable(segments) {
  return section(
    'Segments',
    null,
    segments.length === 0
      ? empty('No segments yet.')
      : table(
          'Segments',
          [
            ['Segment', row => [name(row.name), problemOf(row)]],
            ['Members', ...count('members')],
            ['Published', row => when(row.lastPublish), 'when n'],
          ],
          segments,
        ),
  )
}

function activationTable(activations) {
  return section(
    'Activations',
    null,
    activations.length === 0
      ? empty('No activations yet.')
      : table(
          'Activations',
          [
            ['Activation', row => [name(row.name), ledgerOf(row.ledger)]],
            ['Accepted', row => figure((row.ledger || {}).accepted), 'n'],
            ['Published', row => when(row.lastPublish), 'when n'],
          ],
          activations,
        ),
  )
}

/** The steps in which an audience grows smaller, so that a small number explains itself. */
function ledgerOf(ledger) {
  if (!ledger) return null
  return el(
    'span',
    { class: 'sub' },
    figure(ledger.segment) + ' in segment, ' + figure(ledger.withContactPoint) + ' reachable',
  )
}

function problemOf(row) {
  const failed = /fail|error/i.test(row.status || '')
  if (!failed && !row.reason) return null
  return el('span', { class: failed ? 'sub bad' : 'sub' }, row.reason || row.status)
}
`
