// @ts-check
import { Agent, request } from 'node:http'
import { TOKEN } from './made-project.mjs'

const agent = new Agent({ keepAlive: true, maxSockets: 256 })

/**
 * One POST of JSON; answers status, headers and body.
 * @param {string} url @param {unknown} body
 * @returns {Promise<{ status: number, position: string, text: string, atMs: number }>}
 */
export async function post(url, body) {
  const bytes = Buffer.from(JSON.stringify(body))
  return await new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${TOKEN}`,
      'content-type': 'application/json',
      'content-length': bytes.length,
    }
    const call = request(url, { method: 'POST', agent, headers }, response => {
      /** @type {Buffer[]} */
      const parts = []
      response.on('data', part => parts.push(part))
      response.on('error', reject)
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          position: String(response.headers['x-mainstem-position'] ?? ''),
          text: Buffer.concat(parts).toString(),
          atMs: performance.now(),
        }),
      )
    })
    call.on('error', reject)
    call.end(bytes)
  })
}

/** Milliseconds before a query is asked again that met a limit of queries at one time. */
const AGAIN_MS = 10

/**
 * Runs SQL once everything up to a position is applied.
 * @param {string} url @param {string} sql @param {string} [after]
 * @returns {Promise<{ rows: string[][], atMs: number }>}
 */
export async function query(url, sql, after) {
  const more = after === undefined ? '' : `?after=${after}`
  const answer = await post(`${url}/services/data/v62.0/ssot/queryv2${more}`, { sql })
  if (answer.status === 429 || answer.text.includes('statements are running')) {
    await new Promise(resolve => setTimeout(resolve, AGAIN_MS))
    return await query(url, sql, after)
  }
  if (answer.status !== 200) throw new Error(`queryv2 answered ${answer.status}: ${answer.text}`)
  return { rows: JSON.parse(answer.text).data, atMs: answer.atMs }
}

/** Lets the connections go. */
export function closeConnections() {
  agent.destroy()
}
