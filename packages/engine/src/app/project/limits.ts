import type { ProjectDefinition } from '@mainstem/contracts'
import type { EdgeLimits } from '../../api/index.ts'
import { LIMITS, type LimitName, type Limits, resolveLimits } from '../../governance/index.ts'

/** The limits of a project: those of the platform, and those of the edge that it sets itself. */
export interface ProjectLimits {
  /** Null where there is none. */
  readonly limits: Limits
  /** To be laid over the edge's own defaults. */
  readonly edgeLimits: Partial<EdgeLimits>
}

/** What is wrong with one entry of `limits` in mainstem.yaml. */
export interface LimitFault {
  readonly name: string
  readonly says: string
  readonly fix?: string
}

/** Names of the edge's limits. Only names: their values would bring the HTTP server with them. */
const EDGE_NAMES: Readonly<Record<keyof EdgeLimits, true>> = {
  'ingest.stream.maxRequestBytes': true,
  'ingest.stream.maxDeleteIds': true,
  'ingest.stream.maxDepth': true,
  'ingest.stream.maxConcurrent': true,
  'query.maxRequestBytes': true,
  'query.maxConcurrent': true,
  'query.timeoutMs': true,
  'server.maxConnections': true,
  'server.requestTimeoutMs': true,
  'server.drainMs': true,
}

/** Every name that a project may set. */
export const LIMIT_NAMES: readonly string[] = [
  ...new Set([...Object.keys(LIMITS), ...Object.keys(EDGE_NAMES)]),
].toSorted()

/** The limits of a project: its profile's, and over them those that it sets by name. */
export function limitsOf(given: ProjectDefinition['limits'] = {}): ProjectLimits {
  const { profile = 'open' } = given
  const sound = entriesOf(given).filter(([name, value]) => faultOf(name, value) === undefined)
  return {
    limits: resolveLimits(profile, Object.fromEntries(sound.filter(([name]) => isLimit(name)))),
    edgeLimits: Object.fromEntries(sound.filter(([name]) => isEdgeLimit(name))),
  }
}

/** Entries that are no limit, or no value for one. */
export function limitFaults(given: ProjectDefinition['limits'] = {}): readonly LimitFault[] {
  return entriesOf(given).flatMap(([name, value]) => faultOf(name, value) ?? [])
}

function faultOf(name: string, value: unknown): LimitFault | undefined {
  if (!isLimit(name) && !isEdgeLimit(name)) {
    return { name, says: `There is no limit named "${name}".` }
  }
  if (value === null) {
    if (!isEdgeLimit(name)) return undefined
    const says = `The limit ${name} protects the server and cannot be taken away.`
    return { name, says, fix: 'Set a higher number.' }
  }
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return undefined
  return { name, says: `The limit ${name} must be 0 or more.`, fix: 'Change the value.' }
}

function entriesOf(given: NonNullable<ProjectDefinition['limits']>): readonly [string, unknown][] {
  return Object.entries(given).filter(([name]) => name !== 'profile')
}

function isLimit(name: string): name is LimitName {
  return Object.hasOwn(LIMITS, name)
}

function isEdgeLimit(name: string): name is keyof EdgeLimits {
  return Object.hasOwn(EDGE_NAMES, name)
}
