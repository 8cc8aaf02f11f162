import type { ProjectDefinition } from '@mainstem/contracts'

interface Limit {
  /** Under `limits: { profile: open }`, the default; null means unlimited. */
  readonly open: number | null
  /** Under `limits: { profile: data-cloud }`: what Data Cloud itself allows. */
  readonly dataCloud: number | null
  readonly says: string
}

/** Every limit that a project can set by name. docs/reference/limits.md is made from this. */
export const LIMITS = {
  'ci.perOrg': { open: null, dataCloud: 300, says: 'Calculated insights of a project.' },
  'ci.sqlChars': { open: null, dataCloud: 131_021, says: 'Characters in the SQL of an insight.' },
  'dlo.nameMax': { open: 40, dataCloud: 40, says: 'Characters in the name of a data stream.' },
  'ingest.stream.maxRequestBytes': {
    open: 204_800,
    dataCloud: 204_800,
    says: 'Bytes in one request of the streaming Ingestion API.',
  },
  'ir.maxCriteria': { open: null, dataCloud: 10, says: 'Criteria of one match rule.' },
  'ir.maxRules': { open: null, dataCloud: 10, says: 'Match rules of one ruleset.' },
  'ir.maxRulesetsPerOrg': { open: 2, dataCloud: 2, says: 'Rulesets of a project.' },
  'kq.maxActive': { open: null, dataCloud: 20, says: 'Different key qualifiers of a project.' },
  'seg.filtersPerTab': {
    open: null,
    dataCloud: 50,
    says: 'Filters in the include, or the exclude, of a segment; counts and sums are filters too.',
  },
  'seg.perOrg': { open: null, dataCloud: 9950, says: 'Segments of a project.' },
  'seg.textInValues': { open: null, dataCloud: 100, says: 'Values listed in one filter.' },
  'stream.maxFields': { open: null, dataCloud: 1050, says: 'Declared fields of a data stream.' },
  'stream.sameType': {
    open: null,
    dataCloud: 800,
    says: 'Declared fields of one type in a data stream.',
  },
  'stream.streams': { open: null, dataCloud: 5000, says: 'Data streams of a project.' },
} as const satisfies Readonly<Record<string, Limit>>

/** The name of a limit, as `limits` in mainstem.yaml spells it. */
export type LimitName = keyof typeof LIMITS

/** What each limit of a project is; Infinity where there is none. */
export type Limits = Readonly<Record<LimitName, number>>

/** The limits of a project: its profile's, and over them those it sets by name. */
export function limitsOf(given: ProjectDefinition['limits']): Limits {
  const profile = given?.profile === 'data-cloud' ? 'dataCloud' : 'open'
  const limit = (name: LimitName): number => {
    const own = Object.entries(given ?? {}).find(([key]) => key === name)?.[1]
    if (typeof own === 'number') return own
    return own === null ? Infinity : (LIMITS[name][profile] ?? Infinity)
  }
  return {
    'ci.perOrg': limit('ci.perOrg'),
    'ci.sqlChars': limit('ci.sqlChars'),
    'dlo.nameMax': limit('dlo.nameMax'),
    'ingest.stream.maxRequestBytes': limit('ingest.stream.maxRequestBytes'),
    'ir.maxCriteria': limit('ir.maxCriteria'),
    'ir.maxRules': limit('ir.maxRules'),
    'ir.maxRulesetsPerOrg': limit('ir.maxRulesetsPerOrg'),
    'kq.maxActive': limit('kq.maxActive'),
    'seg.filtersPerTab': limit('seg.filtersPerTab'),
    'seg.perOrg': limit('seg.perOrg'),
    'seg.textInValues': limit('seg.textInValues'),
    'stream.maxFields': limit('stream.maxFields'),
    'stream.sameType': limit('stream.sameType'),
    'stream.streams': limit('stream.streams'),
  }
}
