import { isRecord, type JsonSchema } from './schemas.ts'

/**
 * The schema as it applies to one value: every choice (`anyOf`) is replaced by the branch that the
 * writer most likely meant. Checked against a choice, a mistyped key is reported once per branch;
 * checked against the narrowed schema, it is one mistake with one cause.
 */
export function narrowSchema(schema: JsonSchema, value: unknown): JsonSchema {
  const definitions = isRecord(schema['definitions']) ? schema['definitions'] : {}
  const { definitions: _inner, ...top } = schema
  return narrow(top, value, new Map(Object.entries(definitions)))
}

/** The schemas that others refer to, by name. */
type Known = ReadonlyMap<string, unknown>

function narrow(given: JsonSchema, value: unknown, known: Known): JsonSchema {
  const schema = followed(given, known)
  if (Array.isArray(schema['anyOf'])) return narrowChoice(schema, value, known)
  const { properties, patternProperties, additionalProperties, items, ...rest } = schema
  const named = isRecord(properties) ? narrowKeys(properties, value, known) : {}
  const free = isRecord(additionalProperties) ? { '': additionalProperties } : patternProperties
  const freeKeys = isRecord(free) ? narrowEntries(free, without(value, named), known) : {}
  return {
    ...rest,
    ...(additionalProperties === false ? { additionalProperties } : {}),
    properties: { ...freeKeys, ...named },
    // A list of no schemas is no schema of JSON Schema; an empty list has nothing to look into.
    ...(isRecord(items) && Array.isArray(value) && value.length > 0
      ? { items: value.map((item: unknown) => narrow(items, item, known)) }
      : {}),
  }
}

/** The schema itself, or the one that it refers to. */
function followed(schema: JsonSchema, known: Known): JsonSchema {
  const { $ref: reference } = schema
  if (!isText(reference)) return schema
  const target = known.get(reference.replace('#/definitions/', ''))
  return isRecord(target) ? target : schema
}

/** The branches of a choice, choices inside it opened up. */
function branchesOf(schema: JsonSchema, known: Known): JsonSchema[] {
  const { anyOf } = schema
  if (!Array.isArray(anyOf)) return []
  return anyOf.filter(isRecord).flatMap(branch => {
    const target = followed(branch, known)
    const inner = branchesOf(target, known)
    return inner.length > 0 ? inner : [target]
  })
}

function narrowChoice(choice: JsonSchema, value: unknown, known: Known): JsonSchema {
  const branches = branchesOf(choice, known)
  const description = isText(choice['description']) ? choice['description'] : undefined
  if (Array.isArray(value)) {
    const list = branches.find(({ type }) => type === 'array')
    if (list !== undefined) return narrow(list, value, known)
  } else if (isRecord(value)) {
    const objects = branches.filter(({ type }) => type === 'object')
    if (objects.length > 0) return narrowObjects(objects, value, known)
  } else {
    const plain = branches.find(
      ({ type, const: fixed }) => fixed === undefined && type === typeof value,
    )
    if (plain !== undefined) return plain
    const allowed = branches.flatMap(({ const: fixed }) => (fixed === undefined ? [] : [fixed]))
    if (allowed.length > 0 && isText(value)) return { enum: allowed, description }
  }
  return { not: {}, words: wordsFor(branches), description }
}

/** Told apart by a key with a fixed value (`type: File`), else by the keys they share with it. */
function narrowObjects(
  objects: readonly JsonSchema[],
  value: Readonly<Record<string, unknown>>,
  known: Known,
): JsonSchema {
  const tag = Object.keys(keysOf(objects[0])).find(key =>
    objects.every(branch => fixedAt(branch, key) !== undefined),
  )
  if (tag === undefined) {
    const [best] = objects.toSorted((left, right) => shared(right, value) - shared(left, value))
    if (best !== undefined && shared(best, value) > 0) return narrow(best, value, known)
    const keys = objects.map(branch => Object.keys(keysOf(branch)).join(', '))
    return { not: {}, words: `a map with the key ${keys.join(' or ')}` }
  }
  const chosen = objects.find(branch => fixedAt(branch, tag) === value[tag])
  if (chosen !== undefined) return narrow(chosen, value, known)
  const allowed = objects.map(branch => fixedAt(branch, tag))
  return { type: 'object', required: [tag], properties: { [tag]: { enum: allowed } } }
}

function shared(branch: JsonSchema, value: Readonly<Record<string, unknown>>): number {
  return Object.keys(keysOf(branch)).filter(key => Object.hasOwn(value, key)).length
}

function fixedAt(branch: JsonSchema, key: string): unknown {
  const keys = keysOf(branch)
  const property = Object.hasOwn(keys, key) ? keys[key] : undefined
  return isRecord(property) ? property['const'] : undefined
}

function keysOf(branch: JsonSchema | undefined): JsonSchema {
  const properties = branch?.['properties']
  return isRecord(properties) ? properties : {}
}

/** Keys that the value lacks stay known, and are not looked into. */
function narrowKeys(properties: JsonSchema, value: unknown, known: Known): JsonSchema {
  return mapEntries(properties, (key, property) =>
    isRecord(property) && isRecord(value) && Object.hasOwn(value, key)
      ? narrow(property, value[key], known)
      : { description: isRecord(property) ? property['description'] : undefined },
  )
}

/** A map with free keys: what each key of the value must be. */
function narrowEntries(patterns: JsonSchema, value: unknown, known: Known): JsonSchema {
  if (!isRecord(value)) return {}
  return mapEntries(value, (key, entry) => {
    const found = Object.entries(patterns).find(([pattern]) => new RegExp(pattern).test(key))
    return isRecord(found?.[1]) ? narrow(found[1], entry, known) : { not: {}, words: 'left out' }
  })
}

/** Like `Object.fromEntries`, which also keeps a key named `__proto__` as a key. */
function mapEntries(
  record: JsonSchema,
  change: (key: string, value: unknown) => JsonSchema,
): JsonSchema {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(key, value)]))
}

function without(value: unknown, named: JsonSchema): unknown {
  if (!isRecord(value)) return value
  return Object.fromEntries(Object.entries(value).filter(([key]) => !Object.hasOwn(named, key)))
}

function wordsFor(branches: readonly JsonSchema[]): string {
  const words = branches.map(({ type, const: fixed }) => {
    if (fixed !== undefined) return JSON.stringify(fixed)
    return isText(type) ? (TYPE_WORDS.get(type) ?? type) : 'a value'
  })
  return [...new Set(words)].join(' or ')
}

/** What the types of JSON Schema are called in sentences. */
export const TYPE_WORDS: ReadonlyMap<string, string> = new Map([
  ['string', 'text'],
  ['number', 'a number'],
  ['integer', 'a whole number'],
  ['boolean', 'true or false'],
  ['array', 'a list'],
  ['object', 'a map of keys'],
])

function isText(value: unknown): value is string {
  return typeof value === 'string'
}
