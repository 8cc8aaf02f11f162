import { isAbsolute, join } from 'node:path'
import type {
  ActivationDefinition,
  InsightDefinition,
  MappingDefinition,
  ObjectDefinition,
  ProjectDefinition,
  RulesetDefinition,
  SegmentDefinition,
  StreamDefinition,
  TargetDefinition,
} from '@mainstem/contracts'
import { limitsOf, type ProjectLimits } from './limits.ts'
import type { KeyPath } from './read-yaml.ts'

/** A definition and where it was written, so that later stages can name file and line too. */
export interface Sourced<Definition> {
  readonly definition: Definition
  /** Relative to the project, with forward slashes. */
  readonly file: string
  /** The line of the key at `path`, or of the nearest key above it that the file has. */
  readonly lineOf: (path: KeyPath) => number
}

/** `mainstem.yaml` with every default filled in. */
export interface ProjectSettings extends ProjectLimits {
  readonly name: string
  readonly dataSpace: string
  /** IANA name, of date operators and schedules. */
  readonly timeZone: string
  /** The country of phone numbers that name none. */
  readonly region: string
  readonly server: Pick<NonNullable<ProjectDefinition['server']>, 'token'> & {
    readonly host: string
    readonly port: number
  }
  readonly storage: { readonly path: string; readonly memory: string }
  readonly currency?: ProjectDefinition['currency'] | undefined
  readonly sample?: ProjectDefinition['sample'] | undefined
}

/** All that a project defines, checked; frozen, and each kind in the order of its names. */
export interface Project {
  /** The project's folder, absolute. */
  readonly root: string
  /** The store's folder, absolute. */
  readonly storePath: string
  readonly definition: ProjectSettings
  readonly streams: readonly Sourced<StreamDefinition>[]
  readonly objects: readonly Sourced<ObjectDefinition>[]
  readonly mappings: readonly Sourced<MappingDefinition>[]
  readonly rulesets: readonly Sourced<RulesetDefinition>[]
  readonly insights: readonly Sourced<InsightDefinition>[]
  readonly segments: readonly Sourced<SegmentDefinition>[]
  readonly targets: readonly Sourced<TargetDefinition>[]
  readonly activations: readonly Sourced<ActivationDefinition>[]
}

const STORAGE = { path: '.mainstem', memory: '4GB' } as const

/** Fills in the defaults of `mainstem.yaml`. */
export function settingsOf(definition: ProjectDefinition): ProjectSettings {
  const { server, storage, currency, sample } = definition
  return {
    name: definition.name,
    dataSpace: definition.dataSpace ?? 'default',
    timeZone: definition.timeZone ?? 'UTC',
    region: definition.region ?? 'US',
    ...limitsOf(definition.limits),
    server: { ...server, host: server?.host ?? '127.0.0.1', port: server?.port ?? 8080 },
    storage: { ...STORAGE, ...storage },
    ...(currency ? { currency } : {}),
    ...(sample ? { sample } : {}),
  }
}

/** The store's folder. Unlike paths of data it may lie outside: a store may need its own disk. */
export function storePathOf(root: string, settings: ProjectSettings): string {
  const { path } = settings.storage
  return isAbsolute(path) ? path : join(root, path)
}

/** Freezes a plain value and all that is in it. */
export function deepFreeze<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  Object.freeze(value)
  for (const inner of Object.values(value)) deepFreeze(inner)
  return value
}
