import type { Condition, ObjectMapping } from '@mainstem/contracts'
import { CONTACT_OBJECTS } from '../../identity/index.ts'
import { buildCatalogue, findField } from '../../model/index.ts'
import { shortObjectName } from './check-names.ts'
import { at, type Definitions, includesName, nearestAdvice } from './definitions.ts'
import type { Mistake } from './mistake.ts'
import { pathFault } from './project-path.ts'
import type { Sourced } from './project.ts'
import type { KeyPath } from './read-yaml.ts'

/** Definitions that name another one which is not there. */
export function checkReferences(found: Definitions): readonly Mistake[] {
  return [
    ...mappingReferences(found),
    ...rulesetReferences(found),
    ...segmentReferences(found),
    ...activationReferences(found),
    ...targetPaths(found),
  ]
}

interface Reference {
  readonly name: string
  readonly path: KeyPath
  readonly kind: 'streams' | 'insights' | 'segments' | 'targets'
}

const KIND_WORDS = {
  streams: 'data stream',
  insights: 'calculated insight',
  segments: 'segment',
  targets: 'target',
} as const

function missing(
  found: Definitions,
  source: Sourced<unknown>,
  { name, path, kind }: Reference,
): readonly Mistake[] {
  const known = found.names[kind]
  if (known.includes(name)) return []
  const says = `No ${KIND_WORDS[kind]} is named "${name}".`
  return [at(source, path, { says, fix: nearestAdvice(name, known, kind) })]
}

function mappingReferences(found: Definitions): readonly Mistake[] {
  return found.mappings.flatMap(mapping => {
    const { stream: name, objects } = mapping.definition
    const lost = missing(found, mapping, { name, path: ['stream'], kind: 'streams' })
    const fields = found.streams.find(it => it.definition.name === name)?.definition.fields
    const known = fields && Object.keys(fields)
    return [
      ...lost,
      ...objects.flatMap(({ object }, place) =>
        objectFault(found, mapping, { name: object, path: ['objects', place, 'object'] }),
      ),
      ...objects.flatMap((object, place) => targetFaults(found, mapping, { object, place })),
      ...objects
        .flatMap((object, place) => sourceFields(object, ['objects', place]))
        .flatMap(it => fieldFault(mapping, it, known)),
    ]
  })
}

/** The fields of the stream that one object is made from. */
function sourceFields({ fields = {}, filter }: ObjectMapping, path: KeyPath): readonly NamedAt[] {
  const mapped = Object.entries(fields).map(([target, name]) => ({
    path: [...path, 'fields', target],
    name,
  }))
  const tested = filter === undefined ? [] : [filter.field]
  return mapped.concat(tested.map(name => ({ path: [...path, 'filter', 'field'], name })))
}

/** Fields that the object of a mapping does not have; what fills them is looked at elsewhere. */
function targetFaults(
  found: Definitions,
  mapping: Sourced<unknown>,
  { object, place }: { readonly object: ObjectMapping; readonly place: number },
): readonly Mistake[] {
  const model = buildCatalogue(found.objects.map(it => it.definition)).find(object.object)
  if (!model) return []
  // The e-mail of an Individual is moved to a contact point by the model.
  const moved = model.name === 'Individual' ? ['EmailAddress'] : []
  const known = [...model.fields.keys(), ...moved]
  return (['fields', 'constants'] as const).flatMap(kind =>
    Object.keys(object[kind] ?? {})
      .filter(name => !findField(model, name) && !includesName(moved, shortFieldName(name)))
      .map(name => {
        const says = `${model.name} has no field "${name}".`
        const fix = nearestAdvice(name, known, 'model')
        return at(mapping, ['objects', place, kind, name], { says, fix })
      }),
  )
}

function shortFieldName(name: string): string {
  return name.replace(/^ssot__|__c$/g, '')
}

interface NamedAt {
  readonly path: KeyPath
  readonly name: string
}

function fieldFault(
  source: Sourced<unknown>,
  { path, name }: NamedAt,
  known: readonly string[] | undefined,
): readonly Mistake[] {
  if (known === undefined || known.includes(name)) return []
  const says = `The stream declares no field "${name}".`
  return [at(source, path, { says, fix: nearestAdvice(name, known, 'streams') })]
}

/** Only where the model's names were given: see `ProjectHooks.objectNames`. */
function objectFault(
  found: Definitions,
  source: Sourced<unknown>,
  { name, path }: NamedAt,
): readonly Mistake[] {
  const standard = found.hooks.objectNames
  if (standard === undefined) return []
  const known = [...standard, ...found.objects.map(it => it.definition.object)].map(shortObjectName)
  if (includesName(known, shortObjectName(name))) return []
  const says = `The model has no object "${name}".`
  return [at(source, path, { says, fix: nearestAdvice(shortObjectName(name), known, 'model') })]
}

function rulesetReferences(found: Definitions): readonly Mistake[] {
  return found.rulesets.flatMap(ruleset =>
    (ruleset.definition.reconciliationRules ?? []).flatMap((rule, place) => {
      const path: KeyPath = ['reconciliationRules', place]
      const lists = [
        { at: path, ruleType: rule.ruleType, sources: rule.sources },
        ...(rule.fields ?? []).map((field, index) => ({
          at: [...path, 'fields', index],
          ruleType: field.ruleType,
          sources: field.sources,
        })),
      ]
      return [
        ...entityFaults(found, ruleset, place),
        ...lists.flatMap(list => sequenceFaults(found, ruleset, list)),
      ]
    }),
  )
}

/** A rule of an object that no profile has would be read by nobody. */
function entityFaults(
  found: Definitions,
  ruleset: Definitions['rulesets'][number],
  place: number,
): readonly Mistake[] {
  const { configurationType, reconciliationRules = [] } = ruleset.definition
  const { entityName = '', fields = [] } = reconciliationRules[place] ?? {}
  const known: readonly string[] = [configurationType, ...CONTACT_OBJECTS]
  const path: KeyPath = ['reconciliationRules', place]
  if (!known.includes(entityName)) {
    const says = `Profiles of ${configurationType} have no object "${entityName}".`
    const fix = nearestAdvice(entityName, known, 'model')
    return [at(ruleset, [...path, 'entityName'], { says, fix })]
  }
  const object = buildCatalogue(found.objects.map(it => it.definition)).find(entityName)
  const names = [...(object?.fields.keys() ?? [])]
  return fields.flatMap(({ fieldName }, index) => {
    if (names.includes(fieldName)) return []
    const says = `${entityName} has no field "${fieldName}".`
    const fix = nearestAdvice(fieldName, names, 'model')
    return [at(ruleset, [...path, 'fields', index, 'fieldName'], { says, fix })]
  })
}

function sequenceFaults(
  found: Definitions,
  ruleset: Sourced<unknown>,
  list: { at: KeyPath; ruleType: string; sources: readonly string[] | undefined },
): readonly Mistake[] {
  const path: KeyPath = [...list.at, 'sources']
  if (list.ruleType === 'SOURCE_SEQUENCE' && (list.sources ?? []).length === 0) {
    const fix = 'List data streams in "sources", first choice first.'
    return [at(ruleset, path, { says: 'SOURCE_SEQUENCE needs "sources".', fix })]
  }
  return (list.sources ?? []).flatMap((name, place) =>
    missing(found, ruleset, { name, path: [...path, place], kind: 'streams' }),
  )
}

function segmentReferences(found: Definitions): readonly Mistake[] {
  return found.segments.flatMap(segment => {
    const { segmentOn, include, exclude } = segment.definition
    return [
      ...segmentOnFault(found, segment, segmentOn),
      ...attributesIn(include, ['include']).flatMap(it => insightFault(found, segment, it)),
      ...(exclude
        ? attributesIn(exclude, ['exclude']).flatMap(it => insightFault(found, segment, it))
        : []),
    ]
  })
}

/** Objects of the standard model whose rows are people or organisations (semantics 5.2). */
const PROFILE_OBJECTS = ['Individual', 'Account', 'AccountContact', 'Lead', 'User']

function segmentOnFault(
  found: Definitions,
  segment: Sourced<unknown>,
  name: string,
): readonly Mistake[] {
  const unified = found.rulesets.flatMap(
    ({ definition: { configurationType, rulesetId = '' } }) => [
      `Unified${configurationType}${rulesetId}`,
      `Unifiedssot${configurationType}${rulesetId}`,
    ],
  )
  const custom = found.objects.filter(it => it.definition.category === 'Profile')
  const known = [...PROFILE_OBJECTS, ...custom.map(it => shortObjectName(it.definition.object))]
  if (includesName([...unified, ...known], shortObjectName(name))) return []
  if (/^unified/i.test(name)) {
    const says = `No ruleset makes the object "${name}".`
    return [at(segment, ['segmentOn'], { says, fix: nearestAdvice(name, unified, 'rulesets') })]
  }
  const says = `Segments are of profiles, and "${name}" is no profile object of this project.`
  const fix = nearestAdvice(name, [...unified, ...known], 'model')
  return [at(segment, ['segmentOn'], { says, fix })]
}

/** Attributes of the profile itself; inside `related`, names belong to the related object. */
function attributesIn(condition: Condition, path: KeyPath): readonly NamedAt[] {
  if ('all' in condition) {
    return condition.all.flatMap((inner, place) => attributesIn(inner, [...path, 'all', place]))
  }
  if ('any' in condition) {
    return condition.any.flatMap((inner, place) => attributesIn(inner, [...path, 'any', place]))
  }
  return 'attribute' in condition
    ? [{ name: condition.attribute, path: [...path, 'attribute'] }]
    : []
}

/**
 * `lifetime_valu.total` where the insight is `lifetime_value`. A prefix that is near no insight may
 * be an object of the model, which the stage itself looks up.
 */
function insightFault(
  found: Definitions,
  source: Sourced<unknown>,
  { name, path }: NamedAt,
): readonly Mistake[] {
  const [prefix = '', ...rest] = name.split('.')
  const insight = prefix.replace(/__cio$/, '')
  const known = found.names.insights
  if (rest.length === 0 || includesName(known, insight)) return []
  const fix = nearestAdvice(insight, known, 'insights')
  const near = insight !== prefix || fix.startsWith('Did you')
  const says = `No calculated insight is named "${insight}".`
  return near ? [at(source, path, { says, fix })] : []
}

function activationReferences(found: Definitions): readonly Mistake[] {
  return found.activations.flatMap(activation => {
    const { segment, target, contactPoint, attributes = [] } = activation.definition
    return [
      ...missing(found, activation, { name: segment, path: ['segment'], kind: 'segments' }),
      ...missing(found, activation, { name: target, path: ['target'], kind: 'targets' }),
      ...(contactPoint?.sources ?? []).flatMap((name, place) => {
        const path = ['contactPoint', 'sources', place]
        return missing(found, activation, { name, path, kind: 'streams' })
      }),
      ...attributes.flatMap((name, place) =>
        insightFault(found, activation, { name, path: ['attributes', place] }),
      ),
    ]
  })
}

function targetPaths(found: Definitions): readonly Mistake[] {
  return found.targets.flatMap(target => {
    const { definition } = target
    if (definition.platformType === 'Webhook') {
      if (/^https?:\/\//i.test(definition.url)) return []
      const says = 'A webhook needs a URL that starts with http:// or https://.'
      return [at(target, ['url'], { says, fix: 'Write the address of the receiver.' })]
    }
    const fault = pathFault(definition.path)
    const fix = 'Write a folder of the project; link to one that is kept elsewhere.'
    return fault === undefined ? [] : [at(target, ['path'], { says: `The path ${fault}.`, fix })]
  })
}
