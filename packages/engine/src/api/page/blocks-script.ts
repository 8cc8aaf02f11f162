/** Building blocks: elements, figures and times. Everything from an answer becomes a text node. */
export const blocksScript = `
const byId = id => document.getElementById(id)
const view = byId('view')

function el(name, attributes, ...children) {
  const node = document.createElement(name)
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value !== undefined && value !== null && value !== false) node.setAttribute(key, value)
  }
  node.append(
    ...children
      .flat(Infinity)
      .filter(child => child !== null && child !== undefined && child !== false),
  )
  return node
}

const isObject = value => typeof value === 'object' && value !== null && !Array.isArray(value)
const list = value => (Array.isArray(value) ? value : [])
const number = new Intl.NumberFormat('en', { maximumFractionDigits: 2 })

function figure(value) {
  if (value === null || value === undefined || value === '') return '–'
  const read = Number(value)
  return Number.isFinite(read) ? number.format(read) : String(value)
}

function percent(value) {
  const read = Number(value)
  return value === null || value === undefined || !Number.isFinite(read)
    ? '–'
    : read.toFixed(1) + ' %'
}

function plain(value) {
  if (value === null || value === undefined || value === '') return '–'
  if (typeof value === 'object') return JSON.stringify(value)
  const text = String(value)
  return /^-?\\d+\\.\\d*0$/.test(text) ? text.replace(/0+$/, '').replace(/\\.$/, '') : text
}

const runTime = run =>
  isObject(run) ? run.at || run.finishedAt || run.endedAt || run.startedAt : run
const runStatus = run => (isObject(run) ? run.status : undefined)

function ago(time) {
  const at = Date.parse(time)
  if (Number.isNaN(at)) return '–'
  const seconds = Math.round((Date.now() - at) / 1000)
  const [unit, size] = [
    ['day', 86400],
    ['hour', 3600],
    ['minute', 60],
  ].find(step => Math.abs(seconds) >= step[1]) || ['second', 1]
  if (unit === 'second' && Math.abs(seconds) < 5) return 'just now'
  const text = new Intl.RelativeTimeFormat('en', { style: 'short' }).format(
    -Math.round(seconds / size),
    unit,
  )
  return text.replace('.', '')
}

function when(run) {
  const time = runTime(run)
  if (!time) return el('span', { class: 'src' }, 'never')
  const failed = /fail|error/i.test(runStatus(run) || '')
  const shown = el('time', { datetime: time, title: new Date(time).toLocaleString() }, ago(time))
  return failed ? el('span', { class: 'bad' }, 'failed ', shown) : shown
}

function section(title, aside, ...content) {
  return el(
    'section',
    {},
    el('div', { class: 'head' }, el('h2', {}, title), aside ? el('span', {}, aside) : null),
    el('div', { class: 'card' }, content),
  )
}

const empty = text => el('p', { class: 'empty' }, text)

/** Columns are [title, cell of a row, class of the cell]; the first cell names the row. */
function table(title, columns, rows, look) {
  const cell = (column, row, first) => {
    const content = column[1](row)
    const kind = typeof column[2] === 'function' ? column[2](row) : column[2]
    return el(first ? 'th' : 'td', { class: kind, scope: first ? 'row' : null }, content)
  }
  return el(
    'div',
    { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': title },
    el(
      'table',
      { class: look },
      el(
        'thead',
        {},
        el(
          'tr',
          {},
          columns.map(column =>
            el(
              'th',
              { scope: 'col', class: typeof column[2] === 'function' ? 'n' : column[2] },
              column[0],
            ),
          ),
        ),
      ),
      el(
        'tbody',
        {},
        rows.map(row =>
          el(
            'tr',
            {},
            columns.map((column, at) => cell(column, row, at === 0)),
          ),
        ),
      ),
    ),
  )
}

/** A name that may break after its underscores, dots and lower-case parts, and nowhere else. */
const name = text =>
  String(text)
    .split(/(?<=[_./])|(?<=[a-z])(?=[A-Z])/)
    .flatMap(part => [part, el('wbr')])

const source = (stream, id) => el('span', { class: 'mono' }, name(stream + '/' + id))
const profileLink = key => '#/profile/' + encodeURIComponent(key)
`
