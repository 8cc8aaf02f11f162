import { MainstemError } from '@mainstem/contracts'
import { didYouMean } from './nearest-name.ts'
import type { ModelField, ModelObject } from './object-shape.ts'

/** The objects of a data space's model: the standard ones and the project's own. */
export class Catalogue {
  /** By short name, in reading order. */
  readonly objects: ReadonlyMap<string, ModelObject>
  readonly #byAnyName: ReadonlyMap<string, ModelObject>

  constructor(objects: Iterable<ModelObject>) {
    const list = [...objects]
    this.objects = new Map(list.map(object => [object.name, object]))
    this.#byAnyName = new Map(list.flatMap(object => namesOf(object).map(name => [name, object])))
  }

  /** The object of a short or API name, in any case. */
  find(name: string): ModelObject | undefined {
    return this.#byAnyName.get(plainName(name))
  }

  /** As `find`; throws OBJECT_NOT_FOUND with the nearest name. */
  object(name: string): ModelObject {
    const found = this.find(name)
    if (found) return found
    const hint = didYouMean(name, this.objects.keys())
    throw new MainstemError('OBJECT_NOT_FOUND', `The model has no object ${quoted(name)}.${hint}`, {
      object: name,
    })
  }

  /** The same catalogue with an object replaced. */
  with(changed: ModelObject): Catalogue {
    return new Catalogue(
      Array.from(this.objects.values(), object =>
        object.name === changed.name ? changed : object,
      ),
    )
  }
}

/** The field of a short or API name or synonym, in any case. */
export function findField(object: ModelObject, name: string): ModelField | undefined {
  const plain = plainName(name)
  for (const field of object.fields.values()) {
    if (field.name.toLowerCase() === plain) return field
  }
  const meant = object.synonyms.get(plain)
  return meant === undefined ? undefined : object.fields.get(meant)
}

/** ` Did you mean X?` for a field that the object lacks. */
export function fieldHint(object: ModelObject, name: string): string {
  return didYouMean(name, object.fields.keys())
}

/** Relationships of one field: several when it is polymorphic. */
export function targetsOf(object: ModelObject, field: string): readonly string[] {
  return object.relationships
    .filter(relationship => relationship.field === field)
    .map(relationship => relationship.object)
}

/** A name as it is compared: without prefix, suffix, spaces and case. */
export function plainName(name: string): string {
  const spaceless = name.replaceAll(/\s/g, '').toLowerCase()
  const standard = /^std__(.+?)(?:dmo)?__dlm$/.exec(spaceless)?.[1]
  return standard ?? spaceless.replace(/^ssot__/, '').replace(/__(dlm|c)$/, '')
}

/** A name inside a sentence; long ones are cut. */
export function quoted(name: string): string {
  return `"${name.length > 80 ? `${name.slice(0, 80)}…` : name}"`
}

function namesOf(object: ModelObject): readonly string[] {
  return [plainName(object.name), plainName(object.apiName)]
}
