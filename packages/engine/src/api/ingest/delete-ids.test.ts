import { expect, test } from 'vitest'
import { ASKING, edgeUnderTest, SENDING } from '../edge-setup.contract.ts'

interface Asked {
  readonly method?: 'DELETE' | 'POST'
  readonly url: string
  readonly payload?: string
  readonly headers?: Record<string, string>
}

async function ask({ method = 'DELETE', url, payload, headers = SENDING }: Asked) {
  const edge = edgeUnderTest()
  const answer = await edge.app.inject({
    method,
    url,
    headers,
    ...(payload === undefined ? {} : { payload }),
  })
  const stored = await edge.entries()
  return { status: answer.statusCode, answer: answer.json(), stored }
}

const OF = (stream: string): string => `/api/v1/ingest/${stream}`

test.each<[string, Asked]>([
  ['HTTP DELETE with ids', { url: `${OF('EngagementEvent')}?ids=1,2`, headers: ASKING }],
  ['HTTP DELETE with a body', { url: OF('EngagementEvent'), payload: '{"ids":["1"]}' }],
  [
    'operation in the body',
    {
      method: 'POST',
      url: OF('EngagementEvent'),
      payload: '{"operation":"delete","data":[{"event_id":"1"}]}',
    },
  ],
  [
    'operation in the query',
    {
      method: 'POST',
      url: `${OF('EngagementEvent')}?operation=delete`,
      payload: '{"data":[{"event_id":"1"}]}',
    },
  ],
  [
    'by source and object',
    { url: '/api/v1/ingest/sources/web/EngagementEvent?ids=1', headers: ASKING },
  ],
])('a delete is refused by default and names bulk delete: %s', async (_what, asked) => {
  const { status, answer, stored } = await ask(asked)
  expect(status).toBe(400)
  expect(answer.errorCode).toBe('DELETE_NOT_ENABLED')
  expect(answer.message).toContain('mainstem delete EngagementEvent --keys')
  expect(stored).toHaveLength(0)
})

test.each<[string, Asked]>([
  ['ids in the query', { url: `${OF('shop_orders')}?ids=1,%202,1`, headers: ASKING }],
  ['ids in the body', { url: OF('shop_orders'), payload: '{"ids":["1",2]}' }],
  [
    'records with the key',
    {
      method: 'POST',
      url: OF('shop_orders'),
      payload: '{"operation":"delete","data":[{"order_id":"1"},{"order_id":2}]}',
    },
  ],
  ['by source and object', { url: '/api/v1/ingest/sources/shop/orders?ids=1,2', headers: ASKING }],
  [
    'a key at a path',
    {
      method: 'POST',
      url: `${OF('tickets')}?operation=delete`,
      payload: '{"data":[{"ticket":{"id":"1"}},{"ticket":{"id":"2"}}]}',
    },
  ],
])('where the connector allows it, a delete becomes one entry of ids: %s', async (_what, asked) => {
  const { status, answer, stored } = await ask(asked)
  expect(status).toBe(202)
  expect(answer).toEqual({ accepted: true })
  expect(stored).toHaveLength(1)
  expect(stored[0]?.kind).toBe('delete')
  expect(JSON.parse(Buffer.from(stored[0]?.body ?? []).toString())).toEqual({ ids: ['1', '2'] })
})

test.each<[string, Asked]>([
  ['no ids', { url: OF('shop_orders'), headers: ASKING }],
  ['an empty list', { url: OF('shop_orders'), payload: '{"ids":[]}' }],
  ['an empty id', { url: `${OF('shop_orders')}?ids=1,,2`, headers: ASKING }],
  [
    'a number that lost digits',
    { url: OF('shop_orders'), payload: '{"ids":[12345678901234567890]}' },
  ],
  ['a fraction', { url: OF('shop_orders'), payload: '{"ids":[1.5]}' }],
  ['an object', { url: OF('shop_orders'), payload: '{"ids":[{}]}' }],
  ['twice told', { url: `${OF('shop_orders')}?ids=1`, payload: '{"ids":["1"]}' }],
  [
    'a record without the key',
    {
      method: 'POST',
      url: `${OF('shop_orders')}?operation=delete`,
      payload: '{"data":[{"id":"1"}]}',
    },
  ],
])(
  'a delete that does not say what to delete gets 400 and stores nothing: %s',
  async (_what, asked) => {
    const { status, stored } = await ask(asked)
    expect(status).toBe(400)
    expect(stored).toHaveLength(0)
  },
)

test('more ids than the limit are refused, and the limit is named', async () => {
  const ids = (count: number): string =>
    JSON.stringify({ ids: Array.from({ length: count }, (_, at) => `k${at}`) })
  expect((await ask({ url: OF('shop_orders'), payload: ids(200) })).status).toBe(202)
  const { status, answer } = await ask({ url: OF('shop_orders'), payload: ids(201) })
  expect(status).toBe(400)
  expect(answer.message).toContain('ingest.stream.maxDeleteIds')
})

test('an id does not tell a row of a key with several fields', async () => {
  const { status, answer } = await ask({ url: `${OF('stock')}?ids=1`, headers: ASKING })
  expect(status).toBe(400)
  expect(answer.message).toContain('--where')
})

test('two different operations are no clear order', async () => {
  const payload = '{"operation":"delete","data":[{"order_id":"1"}]}'
  const { status, stored } = await ask({
    method: 'POST',
    url: `${OF('shop_orders')}?operation=upsert`,
    payload,
  })
  expect(status).toBe(400)
  expect(stored).toHaveLength(0)
})
