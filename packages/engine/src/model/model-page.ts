import { type FieldKind, type ModelObject, STANDARD_OBJECTS } from './catalogue/index.ts'
import { COMMON_FIELDS } from './catalogue/object-shape.ts'

/** `docs/reference/model.md`: every standard object, from the catalogue itself. */
export function modelPage(): string {
  const common = COMMON_FIELDS.map(([name, kind, says]) => `| \`${name}\` | ${kind} | ${says} |`)
  return `${[
    '# The model',
    '<!-- Generated from the catalogue (packages/engine/src/model/catalogue). Do not edit. -->',
    INTRODUCTION,
    '## Fields of every object',
    ['| field | type | |', '|---|---|---|', ...common].join('\n'),
    '## Objects',
    ...STANDARD_OBJECTS.map(objectSection),
  ].join('\n\n')}\n`
}

const INTRODUCTION = `The records of a stream become rows of these objects by a mapping (\`mappings/NAME.yaml\`). Short names stand for API
names: \`Individual\` for \`ssot__Individual__dlm\`, \`FirstName\` for \`ssot__FirstName__c\`; case does not matter. A key field
has a key qualifier beside it, \`KQ_<Field>__c\`. Objects are views: nothing is stored twice, and fields that no mapping
fills are null. Custom objects and fields are declared in \`model/\`.

A stream of category Profile or Other may map to objects of category Profile and Other, a stream of category Engagement to
Engagement. Types have to match; a number may become text, and a date the beginning of its day.`

function objectSection(object: ModelObject): string {
  const notes = [
    object.description,
    object.eventTime === undefined ? undefined : `Event time: \`${object.eventTime}\`.`,
    object.anyCategory ? 'Streams of every category may map to it.' : undefined,
    object.valueFields.length === 0
      ? undefined
      : `A row needs one of ${object.valueFields.map(name => `\`${name}\``).join(', ')}.`,
    object.derivesKey ? '`Id` may be left out: it is made.' : undefined,
  ].filter(note => note !== undefined)
  const synonyms = Array.from(object.synonyms, ([other, field]) => `\`${other}\` → \`${field}\``)
  return [
    `### ${object.name}`,
    `\`${object.apiName}\` · ${object.category ?? 'Other'}`,
    ...(notes.length === 0 ? [] : [notes.join(' ')]),
    ...(object.relationships.length === 0 ? [] : [relationshipLines(object)]),
    fieldLines(object),
    ...(synonyms.length === 0 ? [] : [`Also known as: ${synonyms.join(', ')}.`]),
  ].join('\n\n')
}

function relationshipLines(object: ModelObject): string {
  const targets = new Map<string, string[]>()
  for (const link of object.relationships) {
    targets.set(link.field, [...(targets.get(link.field) ?? []), link.object])
  }
  return Array.from(targets, ([field, names]) => `- \`${field}\` → ${names.join(' or ')}`).join(
    '\n',
  )
}

function fieldLines(object: ModelObject): string {
  const common = new Set(COMMON_FIELDS.map(([name]) => name))
  const own = [...object.fields.values()].filter(field => !common.has(field.name))
  const kinds: readonly FieldKind[] = ['text', 'number', 'dateTime']
  return kinds
    .flatMap(kind => {
      const names = own.filter(field => field.kind === kind).map(field => field.name)
      return names.length === 0 ? [] : [`- ${kind}: ${names.join(', ')}`]
    })
    .join('\n')
}
