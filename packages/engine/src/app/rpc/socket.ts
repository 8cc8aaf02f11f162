import { chmod, lstat, rm } from 'node:fs/promises'
import { createConnection, createServer, type Server, type Socket } from 'node:net'
import { MainstemError } from '@mainstem/contracts'
import { RpcPeer, type RpcHandlers, type RpcPeerOptions } from './rpc-peer.ts'

/** What this side answers to, and its settings. */
export interface SocketSetup extends RpcPeerOptions {
  readonly handlers: RpcHandlers
}

/** A socket that other processes can connect to. */
export interface RpcServer {
  readonly path: string
  /** Those connected now. */
  readonly peers: ReadonlySet<RpcPeer>
  /** Closes all conversations and removes the socket. */
  close(): Promise<void>
}

/**
 * Listens on a unix socket that only this user may open. A socket file that nobody answers on is
 * replaced; the caller holds the lock of the store, so that no two replace each other's.
 */
export async function listen(
  path: string,
  setup: SocketSetup,
  onPeer: (peer: RpcPeer) => void = () => undefined,
): Promise<RpcServer> {
  const peers = new Set<RpcPeer>()
  const server = createServer(socket => {
    const peer = new RpcPeer(socket, setup.handlers, setup)
    peers.add(peer)
    peer.onClose(() => peers.delete(peer))
    onPeer(peer)
  })
  await bindAnew(server, path)
  await chmod(path, 0o600)
  return {
    path,
    peers,
    close() {
      const closed = new Promise<void>(done => {
        server.close(() => done())
      })
      for (const peer of peers) peer.close()
      return closed
    },
  }
}

/** Connects to the process that listens at `path`; undefined if none runs. */
export async function connect(path: string, setup: SocketSetup): Promise<RpcPeer | undefined> {
  const socket = await connectSocket(path)
  return socket === undefined ? undefined : new RpcPeer(socket, setup.handlers, setup)
}

async function bindAnew(server: Server, path: string): Promise<void> {
  if (await bind(server, path)) return
  const living = await connectSocket(path)
  if (living !== undefined) {
    living.destroy()
    throw new MainstemError('STORE_LOCKED', 'Another process answers for this store already.', {
      file: path,
      fix: 'Stop that process first, or use a store of its own.',
    })
  }
  await rm(path, { force: true })
  if (!(await bind(server, path))) throw notOurs(path)
}

/** Binds; false if something stands at the path. Made for this user alone from the first moment. */
function bind(server: Server, path: string): Promise<boolean> {
  return new Promise((done, fail) => {
    const onError = (error: NodeJS.ErrnoException): void => {
      if (error.code === 'EADDRINUSE') done(false)
      else fail(error)
    }
    server.once('error', onError)
    const maskBefore = process.umask(0o177)
    try {
      server.listen(path, () => {
        server.off('error', onError)
        done(true)
      })
    } finally {
      process.umask(maskBefore)
    }
  })
}

/** A temporary folder is everybody's, so who made the socket is looked at before it is trusted. */
async function connectSocket(path: string): Promise<Socket | undefined> {
  const found = await lstat(path).catch(() => undefined)
  if (found === undefined) return undefined
  const user = process.getuid?.()
  if (user !== undefined && found.uid !== user) throw notOurs(path)
  return new Promise((done, fail) => {
    const socket = createConnection(path)
    const onError = (error: NodeJS.ErrnoException): void => {
      const isNobody = ['ECONNREFUSED', 'ENOENT', 'ENOTSOCK'].includes(error.code ?? '')
      if (isNobody) done(undefined)
      else fail(error)
    }
    socket.once('error', onError)
    socket.once('connect', () => {
      socket.off('error', onError)
      done(socket)
    })
  })
}

function notOurs(path: string): MainstemError {
  return new MainstemError('STORE_LOCKED', 'The socket of this store belongs to another user.', {
    file: path,
    fix: 'Run as the user who started Mainstem, or use a store of your own.',
  })
}
