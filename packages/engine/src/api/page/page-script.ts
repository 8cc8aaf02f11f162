import { overviewScript } from './overview-script.ts'
import { profileScript } from './profile-script.ts'

/** Building blocks: elements, figures and times. Everything from an answer becomes a text node. */
const blocks = `
const byId = id => document.getElementById(id)
const view = byId('view')

function el(name, attributes, ...children) {
  const node = document.createElement(name)
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value !== undefined && value !== null && value !== false) node.setAttribute(key, value)
  }
  node.append(...children.flat(Infinity).filter(child => child !== null && child !== undefined && child !== false))
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
  return value === null || value === undefined || !Number.isFinite(read) ? '–' : (read * 100).toFixed(1) + ' %'
}

function plain(value) {
  if (value === null || value === undefined || value === '') return '–'
  if (typeof value === 'object') return JSON.stringify(value)
  const text = String(value)
  return /^-?\\d+\\.\\d*0$/.test(text) ? text.replace(/0+$/, '').replace(/\\.$/, '') : text
}

const runTime = run => (isObject(run) ? run.at || run.finishedAt || run.endedAt || run.startedAt : run)
const runStatus = run => (isObject(run) ? run.status : undefined)

function ago(time) {
  const at = Date.parse(time)
  if (Number.isNaN(at)) return '–'
  const seconds = Math.round((Date.now() - at) / 1000)
  const [unit, size] = [['day', 86400], ['hour', 3600], ['minute', 60]].find(step => Math.abs(seconds) >= step[1]) || ['second', 1]
  if (unit === 'second' && Math.abs(seconds) < 5) return 'just now'
  const text = new Intl.RelativeTimeFormat('en', { style: 'short' }).format(-Math.round(seconds / size), unit)
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
  return el('section', {}, el('div', { class: 'head' }, el('h2', {}, title), aside ? el('span', {}, aside) : null), el('div', { class: 'card' }, content))
}

const empty = text => el('p', { class: 'empty' }, text)

/** Columns are [title, cell of a row, class of the cell]; the first cell names the row. */
function table(title, columns, rows, look) {
  const cell = (column, row, first) => {
    const content = column[1](row)
    const kind = typeof column[2] === 'function' ? column[2](row) : column[2]
    return el(first ? 'th' : 'td', { class: kind, scope: first ? 'row' : null }, content)
  }
  return el('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': title },
    el('table', { class: look },
      el('thead', {}, el('tr', {}, columns.map(column =>
        el('th', { scope: 'col', class: typeof column[2] === 'function' ? 'n' : column[2] }, column[0])))),
      el('tbody', {}, rows.map(row => el('tr', {}, columns.map((column, at) => cell(column, row, at === 0)))))))
}

/** A name that may break after its underscores, dots and lower-case parts, and nowhere else. */
const name = text => String(text).split(/(?<=[_./])|(?<=[a-z])(?=[A-Z])/).flatMap(part => [part, el('wbr')])

const source = (stream, id) => el('span', { class: 'mono' }, name(stream + '/' + id))
const profileLink = key => '#/profile/' + encodeURIComponent(key)
`

/** Asking, moving between the two views, and what is shown when there is no answer. */
const flow = `
let asking = null
let refresh = 0

async function ask(path, signal) {
  const answer = await fetch(path, { signal, headers: { accept: 'application/json' }, cache: 'no-store' })
  const body = await answer.json().catch(() => null)
  if (answer.ok) return body
  const problem = new Error((body && body.message) || 'The server answered with status ' + answer.status + '.')
  problem.status = answer.status
  throw problem
}

function state(tone, text) {
  const node = byId('state')
  node.dataset.tone = tone
  if (node.textContent !== text) node.textContent = text
}

function note(title, text, ...more) {
  return el('div', { class: 'note' }, el('h1', {}, title), el('p', {}, text), more)
}

function show(...nodes) {
  view.replaceChildren(...nodes)
  view.setAttribute('aria-busy', 'false')
}

function failed(problem) {
  if (problem.status === 503) {
    state('bad', 'Engine away')
    return note('The engine is starting', problem.message + ' Records are still being taken. This page tries again by itself.')
  }
  if (problem.status === 404) {
    state('good', 'Ready')
    return note('Nobody answers to this key', problem.message, el('p', {}, el('a', { href: '#/' }, 'Back to the overview')))
  }
  if (problem.status === 401) {
    state('bad', 'Not allowed')
    return note('This page is for this machine', 'Open it under localhost or 127.0.0.1, in a current browser.')
  }
  if (problem.status === undefined) {
    state('bad', 'No connection')
    return note('The server does not answer', 'Is it running? Start it with npm start. This page tries again by itself.')
  }
  state('bad', 'Error')
  return note('That did not work', problem.message)
}

function loading() {
  view.setAttribute('aria-busy', 'true')
  view.replaceChildren(el('div', { class: 'skeleton', 'aria-hidden': 'true' }, el('i'), el('i'), el('i')), el('p', { class: 'hidden' }, 'Loading'))
}

function keyOfPlace() {
  const found = /^#\\/profile\\/(.+)$/.exec(location.hash)
  try {
    return found ? decodeURIComponent(found[1]) : null
  } catch {
    return null
  }
}

async function open(quiet) {
  clearTimeout(refresh)
  if (asking) asking.abort()
  const mine = (asking = new AbortController())
  const key = keyOfPlace()
  if (!quiet) loading()
  let seconds = 15
  try {
    const nodes = key === null ? await overview(mine.signal) : await profile(key, mine.signal)
    if (mine.signal.aborted) return
    show(...nodes)
    state('good', 'Ready')
    if (key !== null) seconds = 0
  } catch (problem) {
    if (mine.signal.aborted) return
    const away = failed(problem)
    if (quiet && view.querySelector('table')) keepLast(problem)
    else show(away)
    seconds = problem.status === 404 || problem.status === 400 ? 0 : 3
  }
  if (!quiet && key !== null) view.focus({ preventScroll: true })
  if (seconds > 0) refresh = setTimeout(() => open(true), seconds * 1000)
}

/** What was shown stays, and says that it is not fresh. */
function keepLast(problem) {
  if (view.querySelector('.stale')) return
  const why = problem.status === 503 ? 'The engine is starting again' : 'The server does not answer'
  view.prepend(el('p', { class: 'stale' }, why + '; these are the last figures it gave.'))
}

byId('find').addEventListener('submit', event => {
  event.preventDefault()
  const key = byId('key').value.trim()
  if (key === '') return
  if (location.hash === profileLink(key)) open(false)
  else location.hash = profileLink(key)
})
addEventListener('hashchange', () => open(false))
addEventListener('visibilitychange', () => document.visibilityState === 'visible' && keyOfPlace() === null && open(true))
byId('key').value = keyOfPlace() || ''
open(false)
`

/** The page's script: plain JavaScript for browsers, without a library, a global or a build step. */
export const pageScript: string = `'use strict';(() => {${blocks}${overviewScript}${profileScript}${flow}})()`
