/** One profile, from `profile`, and what joins its records, from `explain`. */
export const profileScript = `
async function profile(key, signal) {
  byId('key').value = key
  const told = await ask('/page/profile?key=' + encodeURIComponent(key), signal)
  const links = list(told.links)
  const evidence = await evidenceOf(told, links, signal)
  byId('asof').textContent = told.position === undefined ? '' : 'Position ' + figure(told.position)
  return [
    el('a', { class: 'back', href: '#/' }, '← Overview'),
    personHead(told, links),
    el(
      'div',
      { class: 'two' },
      el('div', {}, fieldTable(told.fields), evidence, relatedList(list(told.related))),
      el(
        'div',
        {},
        contactList(list(told.contactPoints)),
        recordList(links),
        insightList(told.insights),
      ),
    ),
  ]
}

function personHead(told, links) {
  const fields = isObject(told.fields) ? told.fields : {}
  const part = name => (isObject(fields[name]) ? fields[name].value : undefined)
  const called =
    [part('FirstName'), part('LastName')].filter(Boolean).join(' ') ||
    part('Name') ||
    'Unnamed profile'
  const aliases = list(told.aliases)
  const id = (label, value) => el('span', {}, label + ' ', el('span', { class: 'mono' }, value))
  const segments = list(told.segments).map(segment =>
    isObject(segment) ? segment.name || segment.developerName : segment,
  )
  return el(
    'div',
    { class: 'person' },
    el(
      'div',
      {},
      el('h1', {}, called),
      el(
        'div',
        { class: 'ids' },
        id('Unified id', told.unifiedId),
        told.customerKey && told.customerKey !== told.unifiedId
          ? id('Customer key', told.customerKey)
          : null,
        el('span', {}, links.length + (links.length === 1 ? ' source record' : ' source records')),
        aliases.length
          ? el(
              'span',
              { title: aliases.join('\\n') },
              aliases.length + (aliases.length === 1 ? ' alias' : ' aliases'),
            )
          : null,
      ),
    ),
    el(
      'div',
      { class: 'chips', 'aria-label': 'Segments' },
      segments.length
        ? segments.map(segment => el('span', { class: 'tag', 'data-tone': 'good' }, segment))
        : el('span', { class: 'tag' }, 'in no segment'),
    ),
  )
}

function fieldTable(fields) {
  const rows = Object.entries(isObject(fields) ? fields : {}).map(([title, field]) =>
    isObject(field) ? { title, ...field } : { title, value: field },
  )
  const filled = rows.filter(
    row => row.value !== null && row.value !== undefined && row.value !== '',
  )
  if (filled.length === 0) return section('Profile', null, empty('No field has a value.'))
  return section(
    'Profile',
    'each value with the record it came from',
    table(
      'Profile',
      [
        ['Field', row => name(row.title)],
        ['Value', row => plain(row.value), 'value'],
        ['Source', row => (row.stream ? source(row.stream, row.sourceRecordId) : '–'), 'src'],
      ],
      filled,
      'fields',
    ),
  )
}

function contactList(points) {
  if (points.length === 0) return section('Contact points', null, empty('None.'))
  return section(
    'Contact points',
    figure(points.length),
    el(
      'ul',
      { class: 'list' },
      points.map(point =>
        el(
          'li',
          {},
          el(
            'div',
            { class: 'row' },
            el('span', { class: 'value' }, plain(point.value)),
            el('span', { class: 'tag' }, point.type),
          ),
          el(
            'span',
            { class: 'src' },
            list(point.sources).map((one, at) => [at ? ', ' : '', recordLink(one)]),
          ),
        ),
      ),
    ),
  )
}

function recordList(links) {
  return section(
    'Source records',
    figure(links.length),
    links.length === 0
      ? empty('None.')
      : el(
          'ul',
          { class: 'list' },
          links.map(link =>
            el(
              'li',
              {},
              el(
                'div',
                { class: 'row' },
                source(link.stream, link.sourceRecordId),
                link.system
                  ? el(
                      'span',
                      {
                        class: 'tag',
                        title: 'Made by Mainstem for the identity that events carry',
                      },
                      'from events',
                    )
                  : null,
              ),
            ),
          ),
        ),
  )
}

function insightList(insights) {
  const rows = Object.entries(isObject(insights) ? insights : {}).flatMap(([insight, value]) =>
    isObject(value)
      ? Object.entries(value).map(([measure, one]) => ({
          measure,
          of: measure === insight ? null : insight,
          value: one,
        }))
      : [{ measure: insight, value }],
  )
  if (rows.length === 0)
    return section('Insights', null, empty('No insight has a row for this profile.'))
  return section(
    'Insights',
    null,
    el(
      'ul',
      { class: 'list' },
      rows.map(row =>
        el(
          'li',
          {},
          el(
            'div',
            { class: 'row' },
            el('span', {}, name(row.measure), row.of ? el('span', { class: 'sub' }, row.of) : null),
            el(
              'b',
              { class: 'value' },
              list(row.value).length ? row.value.map(plain).join(', ') : amount(row.value),
            ),
          ),
        ),
      ),
    ),
  )
}

/** A figure as a figure, anything else as it is: an id or a date is no number. */
function amount(value) {
  if (typeof value !== 'number' && !/^-?\\d+\\.\\d+$/.test(String(value))) return plain(value)
  const read = Number(value)
  return Number.isInteger(read)
    ? figure(read)
    : read.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 4 })
}

function relatedList(related) {
  if (related.length === 0) return section('Related', null, empty('No orders, cases or events.'))
  return section(
    'Related',
    null,
    related.map(group => {
      const rows = list(group.latest)
      const columns = [...new Set(rows.flatMap(row => Object.keys(row)))].filter(field =>
        rows.some(row => row[field] !== null && row[field] !== ''),
      )
      return el(
        'details',
        {},
        el(
          'summary',
          {},
          el('span', {}, group.object),
          el(
            'span',
            { class: 'src' },
            figure(group.count) +
              (rows.length && Number(group.count) > rows.length
                ? ', the latest ' + rows.length
                : ''),
          ),
        ),
        rows.length
          ? table(
              group.object,
              columns.map(field => [field, row => plain(row[field])]),
              rows,
            )
          : null,
      )
    }),
  )
}
`
