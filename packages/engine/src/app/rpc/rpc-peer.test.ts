import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { MainstemError } from '@mainstem/contracts'
import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import type { RpcHandlers, RpcPeer, RpcPeerOptions } from './rpc-peer.ts'
import { connect, listen } from './socket.ts'

const cleanUps: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp()
})

interface Pair {
  readonly near: RpcPeer
  readonly far: RpcPeer
}

/** Two peers over a real socket. */
async function pair(
  farHandlers: RpcHandlers,
  nearHandlers: RpcHandlers = {},
  options: RpcPeerOptions = {},
): Promise<Pair> {
  const path = join(await mkdtemp(join(tmpdir(), 'rpc-')), 'engine.sock')
  let onPeer: (peer: RpcPeer) => void = () => undefined
  const firstPeer = new Promise<RpcPeer>(done => (onPeer = done))
  const server = await listen(path, { ...options, handlers: farHandlers }, peer => onPeer(peer))
  cleanUps.push(() => server.close())
  const near = await connect(path, { ...options, handlers: nearHandlers })
  if (near === undefined) throw new Error('nobody listens')
  cleanUps.push(() => near.close())
  return { near, far: await firstPeer }
}

const closed = (peer: RpcPeer): Promise<MainstemError | undefined> =>
  new Promise(done => peer.onClose(done))

test('RP1: parameters, header and bytes cross as they are', async () => {
  const { near } = await pair({
    echo: ({ params, body }) => ({ header: { params }, body }),
  })
  const anyParams = fc.dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: true })
  await fc.assert(
    fc.asyncProperty(anyParams, fc.uint8Array({ maxLength: 5_000 }), async (params, body) => {
      const answer = await near.call('echo', params, { body })
      expect(answer.header['params']).toEqual(JSON.parse(JSON.stringify(params)))
      expect([...answer.body]).toEqual([...body])
    }),
    { numRuns: 60 },
  )
})

test('RP1: a body of many megabytes crosses whole', async () => {
  const { near } = await pair({ echo: ({ body }) => ({ body }) })
  const body = Buffer.alloc(40_000_000, 'mainstem')
  const answer = await near.call('echo', {}, { body })
  expect(answer.body.equals(body)).toBe(true)
})

test('RP1: many calls are under way in both directions and each gets its own answer', async () => {
  const handlers: RpcHandlers = {
    async double({ params }) {
      await sleep(Number(params['delayMs']))
      return { header: { result: Number(params['value']) * 2 } }
    },
  }
  const { near, far } = await pair(handlers, handlers)
  const asks = [near, far].flatMap(peer =>
    Array.from({ length: 200 }, async (_, value) => {
      const answer = await peer.call('double', { value, delayMs: (value * 7) % 30 })
      return answer.header['result'] === value * 2
    }),
  )
  expect((await Promise.all(asks)).every(Boolean)).toBe(true)
})

test('RP1: a handler may call back the side that called it', async () => {
  const { near } = await pair(
    {
      async ask({ peer }) {
        const answer = await peer.call('name', {})
        return { header: { said: answer.header['name'] } }
      },
    },
    { name: () => ({ header: { name: 'edge' } }) },
  )
  expect((await near.call('ask', {})).header).toEqual({ said: 'edge' })
})

test('a notification arrives and is not answered; an unknown one is only reported', async () => {
  const heard: unknown[] = []
  const faults: string[] = []
  const { near } = await pair(
    {
      advance({ params }) {
        heard.push(params['end'])
        return undefined
      },
      sync: () => undefined,
    },
    {},
    { onFault: method => faults.push(method) },
  )
  near.notify('advance', { end: '12' })
  near.notify('nothing', {})
  await near.call('sync', {})
  expect(heard).toEqual(['12'])
  expect(faults).toEqual(['nothing'])
})

test('RP2: an error of the catalogue is rebuilt with code, sentence and details', async () => {
  const { near } = await pair({
    run() {
      throw new MainstemError('STREAM_NOT_FOUND', 'No stream is named "ordrs".', {
        file: 'a.yaml',
        line: 3,
        key: 'streams',
        fix: 'Correct the name.',
        rows: 5,
      })
    },
  })
  const error: unknown = await near.call('run', {}).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(MainstemError)
  expect(error).toMatchObject({
    code: 'STREAM_NOT_FOUND',
    status: 404,
    message: 'No stream is named "ordrs".',
    details: { file: 'a.yaml', line: 3, key: 'streams', fix: 'Correct the name.', rows: 5 },
  })
})

test('RP2: the text of any other fault stays on its side', async () => {
  const faults: unknown[] = []
  const options = { onFault: (_method: string, fault: unknown) => faults.push(fault) }
  const { near } = await pair(
    { run: () => Promise.reject(new Error('duplicate key "jane@example.com"')) },
    {},
    options,
  )
  const error: unknown = await near.call('run', {}).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'INTERNAL' })
  expect(String(error)).not.toContain('jane')
  expect(faults).toHaveLength(1)
})

test.each(['nothing', 'constructor', '__proto__', 'toString', ''])(
  'a method that is not there is refused by name: "%s"',
  async method => {
    const { near } = await pair({ run: () => undefined })
    await expect(near.call(method, {})).rejects.toMatchObject({
      code: 'USAGE',
      details: { method },
    })
    expect((await near.call('run', {})).header).toEqual({})
  },
)

test('RP3: all that is under way fails when the other side goes, and its handlers are told', async () => {
  let isAborted = false
  const { near, far } = await pair({
    wait: ({ signal }) =>
      new Promise(done => {
        signal.addEventListener('abort', () => {
          isAborted = true
          done(undefined)
        })
      }),
  })
  const calls = Array.from({ length: 5 }, () => near.call('wait', {}))
  await sleep(20)
  const farClosed = closed(far)
  far.close()
  for (const outcome of await Promise.allSettled(calls)) {
    expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'ENGINE_AWAY' } })
  }
  await farClosed
  expect(isAborted).toBe(true)
  expect(near.isClosed).toBe(true)
  await expect(near.call('wait', {})).rejects.toMatchObject({ code: 'ENGINE_AWAY' })
  near.notify('wait', {})
})

test('RP3: onClose is told once, also when the connection is closed already', async () => {
  const { near, far } = await pair({})
  const reasons: unknown[] = []
  near.onClose(reason => reasons.push(reason))
  far.close()
  await closed(near)
  expect(await closed(near)).toBeUndefined()
  expect(reasons).toEqual([undefined])
})

test('what was said before close still arrives', async () => {
  const heard: unknown[] = []
  const { near, far } = await pair({
    note({ params }) {
      heard.push(params['n'])
      return undefined
    },
  })
  for (let n = 0; n < 100; n += 1) near.notify('note', { n })
  near.close()
  await closed(far)
  expect(heard).toHaveLength(100)
})

test('RP5: an abort gives the call up here and aborts the handler there', async () => {
  const abortedThere: unknown[] = []
  const { near } = await pair({
    async work({ signal, progress }) {
      await new Promise(done => signal.addEventListener('abort', done))
      abortedThere.push(signal.reason)
      progress({ late: true })
      return { header: { late: true } }
    },
    ping: () => undefined,
  })
  const control = new AbortController()
  const work = near.call('work', {}, { signal: control.signal })
  await sleep(10)
  control.abort(new Error('enough'))
  await expect(work).rejects.toThrow('enough')
  await near.call('ping', {})
  expect(abortedThere).toMatchObject([{ code: 'ENGINE_AWAY' }])
})

test('RP5: a signal that was aborted before sends nothing', async () => {
  let isCalled = false
  const { near } = await pair({
    work() {
      isCalled = true
      return undefined
    },
    ping: () => undefined,
  })
  await expect(near.call('work', {}, { signal: AbortSignal.abort() })).rejects.toThrow('abort')
  await near.call('ping', {})
  expect(isCalled).toBe(false)
})

test('RP5: a call that takes too long fails in time, by name, and is cancelled', async () => {
  let isAborted = false
  const { near } = await pair({
    async work({ signal }) {
      await new Promise(done => signal.addEventListener('abort', done))
      isAborted = true
      return undefined
    },
    ping: () => undefined,
  })
  const startedMs = performance.now()
  await expect(near.call('work', {}, { timeoutMs: 30 })).rejects.toThrow('"work" within 30 ms')
  expect(performance.now() - startedMs).toBeLessThan(2_000)
  await near.call('ping', {})
  expect(isAborted).toBe(true)
})

test('RP6: progress arrives in order, before the answer', async () => {
  const { near } = await pair({
    load({ progress }) {
      for (let rows = 1; rows <= 50; rows += 1) progress({ rows })
      return { header: { rows: 50 } }
    },
  })
  const updates: unknown[] = []
  await near.call('load', {}, { onProgress: update => updates.push(update['rows']) })
  expect(updates).toEqual(Array.from({ length: 50 }, (_, index) => index + 1))
})

test('a message over the limit is refused here, and an answer over it there; both go on', async () => {
  const big = Buffer.alloc(2_000)
  const { near } = await pair(
    { big: () => ({ body: big }), small: () => undefined },
    {},
    { frameBytesMax: 1_000 },
  )
  const tooLarge = { code: 'BODY_TOO_LARGE', details: { limit: 'rpc.frameBytesMax' } }
  await expect(near.call('small', {}, { body: big })).rejects.toMatchObject(tooLarge)
  await expect(near.call('big', {})).rejects.toMatchObject(tooLarge)
  expect((await near.call('small', {})).header).toEqual({})
})

test('calls over the limit are refused, and taken again when there is room', async () => {
  let release: () => void = () => undefined
  const gate = new Promise<void>(done => (release = done))
  const { near } = await pair({ wait: () => gate.then(() => undefined) }, {}, { callsMax: 3 })
  const calls = Array.from({ length: 5 }, () => near.call('wait', {}))
  await expect(calls[3]).rejects.toThrow('rpc.callsMax (3)')
  await expect(calls[4]).rejects.toMatchObject({ code: 'ENGINE_AWAY' })
  release()
  await Promise.all(calls.slice(0, 3))
  await near.call('wait', {})
})
