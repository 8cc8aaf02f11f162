import { createHash, timingSafeEqual } from 'node:crypto'
import { MainstemError } from '@mainstem/contracts'
import type { FastifyRequest } from 'fastify'
import type { EdgeSettings } from './edge-deps.ts'

/**
 * Who may call a route: anyone (`open`), holders of the token (`token`), or also a browser on this
 * machine that asks for the page (`page`) or, from that page, for its data (`page-data`).
 */
export type Access = 'open' | 'token' | 'page' | 'page-data'

/** The hash under which a token is known; the token itself is kept nowhere. */
export function hashToken(token: string): Uint8Array {
  return createHash('sha256').update(token, 'utf8').digest()
}

/** Lets the request in, or throws UNAUTHORIZED. */
export function checkAccess(request: FastifyRequest, access: Access, settings: EdgeSettings): void {
  if (access === 'open') return
  if (access === 'page' && isOnThisMachine(request, settings)) return
  if (access === 'page-data' && isOnThisMachine(request, settings) && isFromOwnPage(request)) return
  const token = bearerOf(request.headers.authorization)
  if (token === undefined) {
    throw new MainstemError(
      'UNAUTHORIZED',
      'Authorization header verification failed: send the server token as "Authorization: Bearer <token>".',
    )
  }
  if (!isKnown(token, settings.tokenHashes)) {
    throw new MainstemError(
      'UNAUTHORIZED',
      'Authorization header verification failed: this is not the token in server.token of mainstem.yaml.',
    )
  }
}

/** The scheme comes in any case, as token_type echoes it (RFC 9110, 11.1). */
function bearerOf(header: string | undefined): string | undefined {
  return /^bearer +([^\s]+) *$/i.exec(header ?? '')?.[1]
}

/** Compares with every hash, always in the same time. */
function isKnown(token: string, hashes: readonly Uint8Array[]): boolean {
  const hash = hashToken(token)
  let known = false
  for (const one of hashes)
    if (one.length === hash.length && timingSafeEqual(one, hash)) known = true
  return known
}

/**
 * The browser runs on this machine: the server listens on loopback only, the connection is a
 * loopback one, no proxy stands between, and the page was asked for under a loopback name. The
 * last stops DNS rebinding, where a stranger's name is made to point here.
 */
function isOnThisMachine(request: FastifyRequest, settings: EdgeSettings): boolean {
  return (
    isLoopbackName(settings.host) &&
    isLoopbackAddress(request.socket.remoteAddress ?? '') &&
    FORWARDED.every(header => request.headers[header] === undefined) &&
    isLoopbackName(hostName(request.headers.host ?? ''))
  )
}

const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via']

/** Fetch Metadata (W3C): scripts of another origin, and of another port, can not set this header. */
function isFromOwnPage(request: FastifyRequest): boolean {
  const site = request.headers['sec-fetch-site']
  return site === 'same-origin' || site === 'none'
}

function hostName(host: string): string {
  return host.replace(/:\d{1,5}$/, '')
}

function isLoopbackName(name: string): boolean {
  const bare = name.toLowerCase().replace(/^\[(.*)\]$/, '$1')
  return bare === 'localhost' || bare === '::1' || /^127(?:\.\d{1,3}){3}$/.test(bare)
}

function isLoopbackAddress(address: string): boolean {
  return isLoopbackName(address.replace(/^::ffff:/, ''))
}
