import type { ProjectDefinition } from '@mainstem/contracts'
import type { EdgeLimits } from '../../api/index.ts'
import {
  AMOUNT,
  AT_LEAST_ONE,
  isWithin,
  LIMITS,
  type LimitName,
  type LimitRange,
  type Limits,
  rangeWords,
  resolveLimits,
} from '../../governance/index.ts'

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

/** A time in milliseconds: a day is more than anybody waits, and timers know no more than 24 of them. */
const WAIT: LimitRange = { ...AT_LEAST_ONE, most: 86_400_000 }

/** What the edge's limits may be. Only that: their values would bring the HTTP server with them. */
const EDGE_RANGES: Readonly<Record<keyof EdgeLimits, LimitRange>> = {
  'ingest.stream.maxRequestBytes': AT_LEAST_ONE,
  'ingest.stream.maxDeleteIds': AT_LEAST_ONE,
  'ingest.stream.maxDepth': AT_LEAST_ONE,
  'ingest.stream.maxConcurrent': AT_LEAST_ONE,
  'query.maxRequestBytes': AT_LEAST_ONE,
  'query.maxConcurrent': AT_LEAST_ONE,
  'query.timeoutMs': WAIT,
  'plan.timeoutMs': WAIT,
  'server.maxConnections': AT_LEAST_ONE,
  'server.requestTimeoutMs': WAIT,
  'server.drainMs': { ...WAIT, least: 0 },
}

/** Every name that a project may set. */
export const LIMIT_NAMES: readonly string[] = [
  ...new Set([...Object.keys(LIMITS), ...Object.keys(EDGE_RANGES)]),
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
  const range = rangeOf(name)
  if (isWithin(value, range)) return undefined
  const fix = isEdgeLimit(name) ? 'Change the value.' : 'Change the value, or write null for none.'
  return { name, says: `The limit ${name} must be ${rangeWords(range)}.`, fix }
}

function rangeOf(name: LimitName | keyof EdgeLimits): LimitRange {
  if (isEdgeLimit(name)) return EDGE_RANGES[name]
  return isLimit(name) ? LIMITS[name].range : AMOUNT
}

/** What the edge's limit may be set to, in words. */
export function edgeRangeWords(name: string): string {
  return isEdgeLimit(name) ? rangeWords(EDGE_RANGES[name]) : ''
}

function entriesOf(given: NonNullable<ProjectDefinition['limits']>): readonly [string, unknown][] {
  return Object.entries(given).filter(([name]) => name !== 'profile')
}

function isLimit(name: string): name is LimitName {
  return Object.hasOwn(LIMITS, name)
}

function isEdgeLimit(name: string): name is keyof EdgeLimits {
  return Object.hasOwn(EDGE_RANGES, name)
}
