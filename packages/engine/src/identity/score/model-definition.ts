import { MainstemError, type ScoredField, type ScoreModelDefinition } from '@mainstem/contracts'
import { type BlockingPart, isPartOf } from './blocking-part.ts'
import { COMPARISONS } from './field-comparison.ts'
import type { BlockingPass, ScoreModel } from './score-model.ts'

/** The field that formatted phone numbers are made from, which is the one that is compared. */
const PHONE_FIELDS: Readonly<Record<string, string>> = {
  'ContactPointPhone.FormattedE164PhoneNumber': 'ContactPointPhone.TelephoneNumber',
}

/** What a field is called in a model: a number is called by who gives it, and of what type it is. */
export function scoredFieldName({
  field,
  name,
  type,
}: Pick<ScoredField, 'field' | 'name' | 'type'>): string {
  if (name === undefined) return PHONE_FIELDS[field] ?? field
  const said = type === undefined ? name : `${name} ${type}`
  return `${field.split('.')[0]}.${said.replaceAll(/[^A-Za-z0-9]+/g, '_')}`
}

/** Refuses fields of which a model could not tell one from the other. */
export function checkFieldNames(fields: readonly ScoredField[]): void {
  const names = new Set<string>()
  for (const one of fields) {
    const name = scoredFieldName(one)
    if (names.has(name)) {
      throw new MainstemError(
        'RULESET_INVALID',
        `${name} is compared twice. Take one away; numbers need names or types that differ in letters or digits.`,
      )
    }
    names.add(name)
  }
}

/** A model as its file has it, ready to score with; every mistake that its schema cannot see is an error. */
export function modelOf(definition: ScoreModelDefinition): ScoreModel {
  checkFieldNames(definition.fields)
  const fields = definition.fields.map(one => {
    const levels = COMPARISONS[one.kind].levels
    if (one.levels.length !== levels.length) {
      throw new MainstemError(
        'RULESET_INVALID',
        `The model gives ${one.field} ${one.levels.length} levels; kind ${one.kind} has ${levels.length}: ${levels.join(', ')}.`,
      )
    }
    const { kind, frequent, rare } = one
    return { name: scoredFieldName(one), kind, levels: one.levels, frequent, rare }
  })
  return { ...definition, fields, blocking: blockingPasses(definition.blocking, fields) }
}

/** Blocking passes as they are written, `Individual.BirthDate:year`; an unknown field or part is an error. */
export function blockingPasses(
  written: readonly (readonly string[])[],
  fields: readonly { readonly name: string; readonly kind: ScoredField['kind'] }[],
): readonly BlockingPass[] {
  return written.map(pass =>
    pass.map(text => {
      const [field = '', part = 'whole'] = text.split(':')
      const found = fields.find(one => one.name === scoredFieldName({ field }))
      if (found && isPartOf(found.kind, part)) return { field: found.name, part }
      const known = fields.map(({ name }) => name).join(', ')
      throw new MainstemError(
        'RULESET_INVALID',
        `Blocking names "${text}", which is no ${found ? `part of a field of kind ${found.kind}` : `field that is compared. Compared are ${known}`}.`,
      )
    }),
  )
}

/** A model as its file has it. */
export function definitionOf(
  model: ScoreModel,
  fields: readonly ScoredField[],
): ScoreModelDefinition {
  const given = new Map(fields.map(one => [scoredFieldName(one), one]))
  return {
    version: 1,
    records: model.records,
    match: model.match,
    related: model.related,
    fields: model.fields.map(({ name, kind, levels, frequent, rare }) => ({
      ...(given.get(name) ?? { field: name, kind }),
      levels: levels.map(one => ({ ...one })),
      frequent: { ...frequent },
      rare,
    })),
    blocking: model.blocking.map(pass => pass.map(writtenPart)),
  }
}

function writtenPart({ field, part }: { field: string; part: BlockingPart }): string {
  return part === 'whole' ? field : `${field}:${part}`
}
