import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { chown, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { socketPath } from './socket-path.ts'
import { connect, listen, type RpcServer } from './socket.ts'

const setup = { handlers: { ping: () => ({ header: { pong: true } }) } }
const servers: RpcServer[] = []

afterEach(async () => {
  await Promise.all(servers.splice(0).map(server => server.close()))
})

const freshFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'socket-'))

async function listenAt(path: string): Promise<RpcServer> {
  const server = await listen(path, setup)
  servers.push(server)
  return server
}

async function pings(path: string): Promise<boolean> {
  const peer = await connect(path, { handlers: {} })
  const answer = await peer?.call('ping', {})
  peer?.close()
  return answer?.header['pong'] === true
}

test('where nobody listens, connect says so', async () => {
  const folder = await freshFolder()
  expect(await connect(join(folder, 'engine.sock'), setup)).toBeUndefined()
  await writeFile(join(folder, 'plain.sock'), '')
  expect(await connect(join(folder, 'plain.sock'), setup)).toBeUndefined()
})

test('the socket is for its user alone, and goes when the server closes', async () => {
  const path = join(await freshFolder(), 'engine.sock')
  const maskBefore = process.umask()
  const server = await listenAt(path)
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(process.umask()).toBe(maskBefore)
  expect(await pings(path)).toBe(true)
  await server.close()
  expect(existsSync(path)).toBe(false)
  expect(await connect(path, setup)).toBeUndefined()
})

test('the socket file of a killed process is replaced', async () => {
  const path = join(await freshFolder(), 'engine.sock')
  const script = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`
  spawnSync(process.execPath, ['-e', script])
  expect(existsSync(path)).toBe(true)
  expect(await connect(path, setup)).toBeUndefined()
  await listenAt(path)
  expect(await pings(path)).toBe(true)
})

test('a socket that answers is left alone', async () => {
  const path = join(await freshFolder(), 'engine.sock')
  await listenAt(path)
  await expect(listen(path, setup)).rejects.toMatchObject({ code: 'STORE_LOCKED' })
  expect(await pings(path)).toBe(true)
})

test('closing the server closes its conversations', async () => {
  const path = join(await freshFolder(), 'engine.sock')
  const server = await listen(path, setup)
  const peers = await Promise.all([1, 2, 3].map(() => connect(path, setup)))
  for (const peer of peers) await peer?.call('ping', {})
  expect(server.peers.size).toBe(3)
  const call = peers[0]?.call('nothing', {}).catch((error: unknown) => error)
  await server.close()
  expect(await call).toMatchObject({ name: 'MainstemError' })
  expect(server.peers.size).toBe(0)
})

test('a path that is too long for a socket becomes a short one, the same for all', async () => {
  const base = await freshFolder()
  const long = join(base, 'a'.repeat(60), 'b'.repeat(60))
  await mkdir(long, { recursive: true })
  const path = socketPath(long, 'engine')
  expect(Buffer.byteLength(path)).toBeLessThanOrEqual(100)
  expect(path).not.toBe(socketPath(long, 'edge'))
  await symlink(long, join(base, 'short'))
  expect(socketPath(join(base, 'short'), 'engine')).toBe(path)
  await listenAt(path)
  expect(await pings(socketPath(long, 'engine'))).toBe(true)
})

test('a short path stays in the folder of the store', async () => {
  const base = await freshFolder()
  expect(socketPath(base, 'engine')).toBe(join(base, 'engine.sock'))
  await rm(base, { recursive: true })
})

const canChown = process.getuid?.() === 0
if (!canChown)
  console.log('SKIPPED: a socket of another user, for only root can give a file to somebody else.')

test.skipIf(!canChown)('a socket that another user made is not trusted', async () => {
  const path = join(await freshFolder(), 'engine.sock')
  await listenAt(path)
  await chown(path, 12_345, 12_345)
  await expect(connect(path, setup)).rejects.toMatchObject({ code: 'STORE_LOCKED' })
  await expect(listen(path, setup)).rejects.toMatchObject({ code: 'STORE_LOCKED' })
})
