import { mkdtemp } from 'node:fs/promises'
import { createConnection, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { MainstemError } from '@mainstem/contracts'
import { afterEach, expect, test } from 'vitest'
import { encodeFrame } from './rpc-frame.ts'
import type { RpcHandlers, RpcPeer } from './rpc-peer.ts'
import { connect, listen } from './socket.ts'

const cleanUps: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp()
})

async function listening(handlers: RpcHandlers) {
  const path = join(await mkdtemp(join(tmpdir(), 'rpc-')), 'engine.sock')
  let onPeer: (peer: RpcPeer) => void = () => undefined
  const firstPeer = new Promise<RpcPeer>(done => (onPeer = done))
  const server = await listen(path, { handlers }, peer => onPeer(peer))
  cleanUps.push(() => server.close())
  return { path, firstPeer }
}

const closed = (peer: RpcPeer): Promise<MainstemError | undefined> =>
  new Promise(done => peer.onClose(done))

const frame = (header: object, body?: Uint8Array): Buffer =>
  Buffer.concat(encodeFrame(header, body, 1_000_000))

function lying(total: number, headerLength: number, rest = ''): Buffer {
  const head = Buffer.alloc(8)
  head.writeUInt32LE(total, 0)
  head.writeUInt32LE(headerLength, 4)
  return Buffer.concat([head, Buffer.from(rest)])
}

test.each([
  ['a total of 4 GiB', lying(0xffff_ffff, 2, '{}')],
  ['a total of nothing', lying(0, 0)],
  ['a header longer than the whole', lying(6, 100, '{}')],
  ['a header of no bytes', lying(4, 0)],
  ['a header that is not JSON', lying(9, 5, 'hello')],
  ['a header that is a list', lying(6, 2, '[]')],
  ['a header that is null', lying(8, 4, 'null')],
  ['bytes that are not UTF-8', lying(8, 4, '\uD800\u0000')],
  ['an HTTP request', Buffer.from('GET / HTTP/1.1\r\nhost: localhost\r\n\r\n')],
  ['no kind', frame({ id: 1 })],
  ['an unknown kind', frame({ kind: 'hello' })],
  ['a call without id', frame({ kind: 'call', method: 'run', params: {} })],
  ['a call with a text id', frame({ kind: 'call', id: '1', method: 'run', params: {} })],
  ['a call without method', frame({ kind: 'call', id: 1, params: {} })],
  ['a call whose parameters are a list', frame({ kind: 'call', id: 1, method: 'run', params: [] })],
  ['an error that is a text', frame({ kind: 'error', call: 1, error: 'no' })],
  [
    'one id for two calls',
    Buffer.concat([1, 1].map(id => frame({ kind: 'call', id, method: 'wait', params: {} }))),
  ],
])('RP4: %s ends that connection, and only that', async (_what, bytes) => {
  const handlers: RpcHandlers = { run: () => undefined, wait: () => sleep(5_000, undefined) }
  const { path, firstPeer } = await listening(handlers)
  const socket = await rawSocket(path)
  const peer = await firstPeer
  socket.write(bytes)
  expect(await closed(peer)).toMatchObject({ code: 'ENGINE_AWAY' })
  const good = await connect(path, { handlers: {} })
  expect((await good?.call('run', {}))?.header).toEqual({})
  good?.close()
})

test('RP4: an answer, progress or cancel for a call that nobody made is passed over', async () => {
  const { path, firstPeer } = await listening({ run: () => undefined })
  const socket = await rawSocket(path)
  const peer = await firstPeer
  socket.write(frame({ kind: 'result', call: 9, header: {} }))
  socket.write(frame({ kind: 'error', call: 9, error: {} }))
  socket.write(frame({ kind: 'progress', call: 9, update: {} }))
  socket.write(frame({ kind: 'cancel', call: 9 }))
  socket.write(frame({ kind: 'call', id: 1, method: 'run', params: {} }))
  const answer = await new Promise<Buffer>(done => socket.once('data', done))
  expect(answer.toString('utf8', 8)).toBe('{"kind":"result","call":1,"header":{}}')
  expect(peer.isClosed).toBe(false)
})

test('RP2+RP4: an error with an unknown code or hostile details is an INTERNAL one', async () => {
  const { path, firstPeer } = await listening({})
  const socket = await rawSocket(path)
  const peer = await firstPeer
  const call = peer.call('anything', {})
  const details = { file: 7, nested: {}, list: [], rows: 1, __proto__: { x: 1 } }
  const error = { code: 'constructor', message: 5, details }
  socket.write(frame({ kind: 'error', call: 1, error }))
  await expect(call).rejects.toMatchObject({ code: 'INTERNAL', details: { rows: 1 } })
})

test.each([
  ['between frames', Buffer.alloc(0), undefined],
  ['inside a frame', lying(1_000, 10, '{'), { code: 'ENGINE_AWAY' }],
])('RP3: a side that ends its half %s is gone', async (_where, bytes, reason) => {
  const { path, firstPeer } = await listening({})
  const socket = await rawSocket(path)
  const peer = await firstPeer
  const call = peer.call('anything', {})
  socket.write(bytes)
  socket.end()
  await expect(call).rejects.toMatchObject({ code: 'ENGINE_AWAY' })
  const closedWith = await closed(peer)
  expect(closedWith === undefined ? undefined : { code: closedWith.code }).toEqual(reason)
})

test('RP3: a connection that is reset fails what is under way', async () => {
  const { path, firstPeer } = await listening({})
  const socket = await rawSocket(path)
  const peer = await firstPeer
  const call = peer.call('anything', {}, { body: Buffer.alloc(5_000_000) })
  socket.destroy()
  await expect(call).rejects.toMatchObject({ code: 'ENGINE_AWAY' })
})

async function rawSocket(path: string): Promise<Socket> {
  const socket = createConnection({ path, allowHalfOpen: true })
  socket.on('error', () => undefined)
  await new Promise(done => socket.once('connect', done))
  cleanUps.push(() => socket.destroy())
  return socket
}
