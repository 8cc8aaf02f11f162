export type { RpcAnswer } from './incoming-calls.ts'
export type { RpcCallOptions, RpcResult } from './outgoing-calls.ts'
export {
  RpcPeer,
  type CloseListener,
  type RpcCall,
  type RpcHandler,
  type RpcHandlers,
  type RpcPeerOptions,
} from './rpc-peer.ts'
export { connect, listen, type RpcServer, type SocketSetup } from './socket.ts'
export { socketPath } from './socket-path.ts'
