/** Asking, moving between the two views, and what is shown when there is no answer. */
export const flowScript = `
let asking = null
let refresh = 0

async function ask(path, signal) {
  const answer = await fetch(path, {
    signal,
    headers: { accept: 'application/json' },
    cache: 'no-store',
  })
  const body = await answer.json().catch(() => null)
  if (answer.ok) return body
  const problem = new Error(
    (body && body.message) || 'The server answered with status ' + answer.status + '.',
  )
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
    return note(
      'The engine is starting',
      problem.message + ' Records are still being taken. This page tries again by itself.',
    )
  }
  if (problem.status === 404) {
    state('good', 'Ready')
    return note(
      'Nobody answers to this key',
      problem.message,
      el('p', {}, el('a', { href: '#/' }, 'Back to the overview')),
    )
  }
  if (problem.status === 401) {
    state('bad', 'Not allowed')
    return note(
      'This page is for this machine',
      'Open it under localhost or 127.0.0.1, in a current browser.',
    )
  }
  if (problem.status === undefined) {
    state('bad', 'No connection')
    return note(
      'The server does not answer',
      'Is it running? Start it with npm start. This page tries again by itself.',
    )
  }
  state('bad', 'Error')
  return note('That did not work', problem.message)
}

function loading() {
  view.setAttribute('aria-busy', 'true')
  view.replaceChildren(
    el('div', { class: 'skeleton', 'aria-hidden': 'true' }, el('i'), el('i'), el('i')),
    el('p', { class: 'hidden' }, 'Loading'),
  )
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
addEventListener(
  'visibilitychange',
  () => document.visibilityState === 'visible' && keyOfPlace() === null && open(true),
)
byId('key').value = keyOfPlace() || ''
open(false)
`
