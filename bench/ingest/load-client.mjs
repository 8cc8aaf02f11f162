// @ts-check
/**
 * Posts one event a request over so many connections for a while, each as soon as the one before
 * was answered. Plain sockets and hand-made requests: the client shares its two cores with the
 * server, so it does as little as it can. Sends what it counted.
 */
import { connect } from 'node:net'
import { parseArgs } from 'node:util'
import { TOKEN } from '../harness/made-project.mjs'

const { values } = parseArgs({
  options: {
    url: { type: 'string', default: '' },
    connections: { type: 'string', default: '64' },
    seconds: { type: 'string', default: '5' },
    label: { type: 'string', default: 'x' },
    people: { type: 'string', default: '1' },
  },
})
const { hostname, port } = new URL(values.url)
const seconds = Number(values.seconds)
const people = Number(values.people)
const padding = 'x'.repeat(600)
const until = performance.now() + seconds * 1000
const found = { accepted: 0, others: 0, position: '0', latenciesMs: /** @type {number[]} */ ([]) }
let made = 0

const started = performance.now()
await Promise.all(Array.from({ length: Number(values.connections) }, connection))
process.send?.({ ...found, seconds: (performance.now() - started) / 1000 }, () =>
  process.disconnect(),
)

async function connection() {
  const socket = connect({ host: hostname, port: Number(port), noDelay: true })
  await new Promise((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('error', reject)
  })
  await new Promise((resolve, reject) => {
    let held = ''
    let sentAt = performance.now()
    socket.on('error', reject)
    socket.on('data', part => {
      held += part.toString('latin1')
      const end = answerEnd(held)
      if (end < 0) return
      note(held.slice(0, end), performance.now() - sentAt)
      held = held.slice(end)
      if (performance.now() >= until) {
        socket.end()
        resolve(undefined)
        return
      }
      sentAt = performance.now()
      socket.write(nextRequest())
    })
    socket.write(nextRequest())
  })
}

/** About a kilobyte, as events are. */
function nextRequest() {
  made += 1
  const event = {
    event_id: `${values.label}-${made}`,
    person_id: `p${(made * 7919) % people}`,
    kind: made % 3 === 0 ? 'Purchase' : 'Page View',
    happened_at: new Date(1_767_225_600_000 + made * 10).toISOString(),
    page: `/products/${made % 500}`,
    note: padding,
  }
  const body = JSON.stringify({ data: [event] })
  return (
    `POST /api/v1/ingest/events HTTP/1.1\r\nhost: ${hostname}:${port}\r\n` +
    `authorization: Bearer ${TOKEN}\r\ncontent-type: application/json\r\n` +
    `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
  )
}

/** Where the answer ends, -1 if it has not wholly come. @param {string} text */
function answerEnd(text) {
  const head = text.indexOf('\r\n\r\n')
  if (head < 0) return -1
  const length = Number(/\r\ncontent-length: (\d+)/iu.exec(text)?.[1] ?? 0)
  const end = head + 4 + length
  return text.length >= end ? end : -1
}

/** @param {string} answer @param {number} tookMs */
function note(answer, tookMs) {
  if (answer.startsWith('HTTP/1.1 202')) found.accepted += 1
  else found.others += 1
  found.latenciesMs.push(tookMs)
  const position = /\r\nx-mainstem-position: (\d+)/iu.exec(answer)?.[1] ?? '0'
  if (BigInt(position) > BigInt(found.position)) found.position = position
}
