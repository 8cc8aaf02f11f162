import { criteriaOf, type Criterion, type ObjectMapping } from '@mainstem/contracts'
import { fieldOf, type KeyQuestion, questionOf, type StreamKeys } from './init-project-keys.ts'
import type { SourcePlan } from './init-project-plan.ts'
import type { RulesetPlan } from './init-project-ruleset.ts'

/** `mainstem.yaml` of a new project. */
export function projectYaml(name: string): string {
  return lines(
    '# A Mainstem project. `mainstem run` brings it up to date; `mainstem doctor` checks it.',
    `name: ${scalar(name)}`,
    'timeZone: UTC    # of dates without one, and of "the last 30 days"',
    'region: US       # the country of phone numbers that name none',
  )
}

/** What git is to leave alone: the store, and the files of activations. */
export const GIT_IGNORE = lines('.mainstem/', 'out/')

/** `streams/NAME.yaml`, each guess with its reason. */
export function streamYaml(plan: SourcePlan, keys: StreamKeys | undefined): string {
  const { identity } = plan
  const [first] = plan.primaryKey
  const key =
    plan.primaryKey.length === 1 && first !== undefined ? scalar(first) : list(plan.primaryKey)
  const columns = new Map(plan.source.inspection.columns.map(column => [column.name, column]))
  const fields = plan.source.fields.map(field => {
    const type =
      field.path === field.name
        ? field.type
        : `{ type: ${field.type}, path: ${scalar(field.path)} }`
    const column = columns.get(field.name)
    const why = column?.meaning === null ? '' : `${column?.meaning ?? ''}: ${column?.why ?? ''}`
    return commented(`  ${scalar(field.name)}: ${type}`, why)
  })
  return lines(
    ...plan.why.map(sentence => comment(sentence)),
    `name: ${scalar(plan.name)}`,
    `connector: { type: File, path: ${scalar(plan.dataPath)} }`,
    `category: ${plan.category}    # fixed once the stream has run`,
    `primaryKey: ${key}`,
    ...(plan.eventTime === undefined
      ? []
      : [`eventTime: ${scalar(plan.eventTime)}    # when it happened`]),
    ...(plan.recordModified === undefined
      ? []
      : [
          `recordModified: ${scalar(plan.recordModified)}    # an older version never replaces a newer one`,
        ]),
    ...(keys ? [commented(`keyQualifier: ${scalar(keys.keyQualifier)}`, keys.why)] : []),
    ...(identity ? [`identity: ${flow(identity)}    # who did it`] : []),
    'fields:',
    ...fields,
  )
}

/** `mappings/NAME.yaml`. */
export function mappingYaml(plan: SourcePlan, keys: StreamKeys | undefined): string {
  return lines(
    `stream: ${scalar(plan.name)}`,
    'objects:',
    ...plan.objects.flatMap(mapping => {
      const whole = withQualifiers(mapping, keys)
      const open = keys?.questions.filter(one => one.object === mapping.object) ?? []
      return [...objectYaml(whole), ...questionYaml(plan.name, whole, open)]
    }),
  )
}

/** A mapping with the qualifiers of keys that are not the stream's own. */
export function withQualifiers(
  mapping: ObjectMapping,
  keys: StreamKeys | undefined,
): ObjectMapping {
  const fields = Object.keys(mapping.fields ?? {})
  const pairs = fields.flatMap(field => {
    const qualifier = keys?.others.get(fieldOf(mapping.object, field))
    return qualifier === undefined ? [] : [[field, qualifier] as const]
  })
  return pairs.length === 0 ? mapping : { ...mapping, keyQualifiers: Object.fromEntries(pairs) }
}

function objectYaml(mapping: ObjectMapping): readonly string[] {
  const { object, as, fields = {}, constants, keyQualifiers } = mapping
  return [
    `  - object: ${object}`,
    ...(as === undefined ? [] : [`    as: ${scalar(as)}`]),
    ...block('fields', fields),
    ...(constants ? [`    constants: ${flow(constants)}`] : []),
    ...(keyQualifiers
      ? [`    keyQualifiers: ${flow(keyQualifiers)}    # these are keys of another source`]
      : []),
  ]
}

/** What is not known of whose keys fields hold: lines to choose from. */
function questionYaml(
  stream: string,
  { keyQualifiers = {} }: ObjectMapping,
  questions: readonly KeyQuestion[],
): readonly string[] {
  const answers = questions.flatMap(one => one.answers.map(({ qualifier }) => qualifier))
  if (answers.length === 0) return []
  const place =
    Object.keys(keyQualifiers).length === 0 ? '' : ', in place of the keyQualifiers above'
  return [
    ...questions.map(question => `    ${comment(questionOf(stream, question))}`),
    `    # Take the # away from the line that is right${place}:`,
    ...Array.from(new Set(answers), qualifier => {
      const asked = questions.map(({ field }) => [field, qualifier] as const)
      return `    # keyQualifiers: ${flow({ ...keyQualifiers, ...Object.fromEntries(asked) })}`
    }),
  ]
}

/** Few fields stand on one line, many one a line. */
function block(name: string, fields: Readonly<Record<string, string>>): readonly string[] {
  const short = `    ${name}: ${flow(fields)}`
  if (short.length <= 100) return [short]
  return [
    `    ${name}:`,
    ...Object.entries(fields).map(([to, from]) => `      ${to}: ${scalar(from)}`),
  ]
}

/** `rulesets/people.yaml`. */
export function rulesetYaml({ definition, why }: RulesetPlan): string | undefined {
  if (!definition) return undefined
  const rules = definition.matchRules.flatMap((rule, at) => [
    ...(why[at] === undefined ? [] : [`  ${comment(why[at])}`]),
    `  - label: ${scalar(rule.label)}`,
    '    criteria:',
    ...criteriaOf(rule).map(criterion => `      - ${criterionFlow(criterion)}`),
  ])
  return lines(
    comment('Which records are one person. Any rule may hold; all criteria of a rule must.'),
    `label: ${scalar(definition.label)}`,
    `configurationType: ${definition.configurationType}`,
    'refresh: continuous',
    'matchRules:',
    ...rules,
    comment('Which of several values a profile shows.'),
    'reconciliationRules:',
    ...(definition.reconciliationRules ?? []).map(rule => `  - ${flow(rule)}`),
  )
}

function criterionFlow({ partyIdentificationInfo, ...criterion }: Criterion): string {
  if (!partyIdentificationInfo) return flow(criterion)
  return `${flow(criterion).slice(0, -2)}, partyIdentificationInfo: ${flow(partyIdentificationInfo)} }`
}

/** An object on one line. */
function flow(value: object): string {
  const members = Object.entries(value).flatMap(([name, inner]: [string, unknown]) =>
    inner === undefined ? [] : [`${scalar(name)}: ${flowValue(inner)}`],
  )
  return `{ ${members.join(', ')} }`
}

function flowValue(value: unknown): string {
  if (typeof value === 'boolean' || typeof value === 'number') return String(value)
  if (typeof value === 'object' && value !== null) return flow(value)
  return scalar(String(value))
}

function list(values: readonly string[]): string {
  return `[${values.map(scalar).join(', ')}]`
}

/** Text that YAML reads as this very text: plain where that is sure, else in double quotes. */
export function scalar(text: string): string {
  const isPlain = /^[A-Za-z][\w./-]*( [\w./()-]+)*$/.test(text)
  const isWord = /^(true|false|yes|no|on|off|null|y|n)$/i.test(text)
  return isPlain && !isWord ? text : JSON.stringify(text).replaceAll('\u007f', '\\u007f')
}

/** A comment never ends its line: it may quote names of a file. */
function comment(text: string): string {
  return `# ${text.replaceAll(/\p{Cc}|[\u2028\u2029]/gu, ' ')}`
}

function commented(line: string, why: string): string {
  return why === '' ? line : `${line}    ${comment(why)}`
}

function lines(...texts: readonly string[]): string {
  return `${texts.join('\n')}\n`
}
