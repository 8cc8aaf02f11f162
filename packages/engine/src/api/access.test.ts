import { expect, test } from 'vitest'
import { hashToken } from './access.ts'
import { ASKING, edgeUnderTest, TOKEN } from './edge-setup.contract.ts'

const OWN = { host: 'localhost:8080', 'sec-fetch-site': 'same-origin' }

/** Where a request comes from, and where the server listens. */
interface Between {
  readonly from?: string
  readonly host?: string
}

async function statusOf(url: string, headers: Record<string, string>, between: Between = {}) {
  const { from = '127.0.0.1', host = '127.0.0.1' } = between
  const tokenHashes = [hashToken(TOKEN)]
  const { app } = edgeUnderTest({
    settings: { project: 'river', version: '0', space: 'default', host, tokenHashes },
  })
  return (await app.inject({ url, headers, remoteAddress: from })).statusCode
}

test.each(['localhost:8080', 'localhost', '127.0.0.1:8080', '[::1]:8080', 'LOCALHOST:8080'])(
  'on this machine the page needs no token: %s',
  async host => {
    expect(await statusOf('/', { host })).toBe(200)
    expect(await statusOf('/page/summary', { ...OWN, host })).toBe(200)
  },
)

test.each([
  ['a name that was made to point here', { host: 'rebind.example:8080' }],
  ['a name that begins like ours', { host: 'localhost.example' }],
  ['an address that begins like ours', { host: '127.0.0.1.example' }],
  ['a proxy before the server', { host: 'localhost', 'x-forwarded-for': '203.0.113.7' }],
])('the page is not shown without the token to %s', async (_who, headers) => {
  expect(await statusOf('/', headers)).toBe(401)
  expect(await statusOf('/page/summary', { ...OWN, ...headers })).toBe(401)
  expect(await statusOf('/', { ...headers, ...ASKING })).toBe(200)
})

test('the page is not shown without the token to another machine, nor on a public address', async () => {
  expect(await statusOf('/', { host: 'localhost' }, { from: '192.0.2.10' })).toBe(401)
  expect(await statusOf('/', { host: 'localhost' }, { host: '0.0.0.0' })).toBe(401)
  expect(await statusOf('/page/summary', OWN, { host: '0.0.0.0' })).toBe(401)
})

test.each(['cross-site', 'same-site', ''])(
  "another page can not read the page's data: %s",
  async site => {
    const headers = { host: 'localhost:8080', ...(site === '' ? {} : { 'sec-fetch-site': site }) }
    expect(await statusOf('/page/summary', headers)).toBe(401)
    expect(await statusOf('/page/profile?key=1', headers)).toBe(401)
  },
)

test('only the page is open on this machine: the API is not', async () => {
  expect(await statusOf('/api/profile?key=1', OWN)).toBe(401)
  expect(await statusOf('/openapi.json', OWN)).toBe(401)
})

test('any of several tokens lets in, and none does where there is none', async () => {
  const of = async (tokens: readonly string[]) => {
    const settings = {
      project: 'r',
      version: '0',
      space: 'default',
      host: '127.0.0.1',
      tokenHashes: tokens.map(hashToken),
    }
    return (await edgeUnderTest({ settings }).app.inject({ url: '/api/status', headers: ASKING }))
      .statusCode
  }
  expect(await of(['old', TOKEN])).toBe(200)
  expect(await of([])).toBe(401)
  expect(await of([`${TOKEN}x`])).toBe(401)
})
