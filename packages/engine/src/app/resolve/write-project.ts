import { accessSync, constants, existsSync, readdirSync, statSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import {
  criteriaOf,
  MainstemError,
  type MatchRule,
  type ObjectMapping,
  type RulesetDefinition,
  type ScoreModelDefinition,
} from '@mainstem/contracts'
import { stringify } from 'yaml'
import type { SqlSession } from '../../lake/index.ts'
import { buildCatalogue } from '../../model/index.ts'
import { ident, literal } from '../../query/index.ts'
import { fieldName } from '../../streams/index.ts'
import { PROJECT_FILE } from '../project/index.ts'
import type { LoadedSource } from './load-sources.ts'
import type { ModelRow } from './model-relations.ts'
import { isMade, type RecordSlot, slotValueSql } from './record-relation.ts'

/** What a project is made of. */
export interface ProjectPlan {
  readonly sources: readonly LoadedSource[]
  readonly rows: readonly ModelRow[]
  readonly ruleset: RulesetDefinition
  readonly region: string
}

/** Refuses a folder that holds something, before anything is done. */
export function refuseFolder(given: string): void {
  const path = resolve(given)
  const fix = 'Name a new or an empty folder with --into.'
  if (existsSync(path)) {
    if (statSync(path).isDirectory() && readdirSync(path).length === 0) return
    const says = `${basename(path)} holds something already. ${fix}`
    throw new MainstemError('USAGE', says, { key: 'into', fix })
  }
  let above = dirname(path)
  while (!existsSync(above)) above = dirname(above)
  if (statSync(above).isDirectory() && mayWrite(above)) return
  const says = `${basename(path)} cannot be made in ${basename(above)}. ${fix}`
  throw new MainstemError('USAGE', says, { key: 'into', fix })
}

function mayWrite(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK)
    return true
  } catch {
    return false
  }
}

/**
 * Writes a project whose run gives the same clusters: a copy of each source with a number for each
 * record and what is made of its columns, read as text, mapped as the columns were taken, and the ruleset.
 */
export async function writeProject(
  session: SqlSession,
  given: string,
  plan: ProjectPlan,
): Promise<readonly string[]> {
  refuseMinimum(plan)
  const root = resolve(given)
  const files = new Map<string, object>([
    ['model/identity.yaml', textFields(plan)],
    ...plan.sources.flatMap((source, number) => [
      [`streams/${source.name}.yaml`, streamOf(source, plan)] as const,
      [`mappings/${source.name}.yaml`, mappingOf(source, number, plan)] as const,
    ]),
    ['rulesets/people.yaml', rulesetOf(plan)],
    [PROJECT_FILE, { name: basename(root), region: plan.region }],
  ])
  if (Object.keys(textFields(plan).fields).length === 0) files.delete('model/identity.yaml')
  await mkdir(join(root, 'data'), { recursive: true })
  await session.run('set preserve_insertion_order = true')
  for (const source of plan.sources) await writeData(session, source, { root, plan })
  for (const [name, definition] of files) {
    await mkdir(dirname(join(root, name)), { recursive: true })
    await writeFile(join(root, name), stringify(definition, { lineWidth: 100 }), { flag: 'wx' })
  }
  const model = modelOf(plan)
  if (model) {
    const text = `${JSON.stringify(model, null, 2)}\n`
    await writeFile(join(root, 'rulesets', MODEL_FILE), text, { flag: 'wx' })
  }
  await writeFile(join(root, '.gitignore'), '.mainstem/\nout/\n', { flag: 'wx' })
  return [...plan.sources.map(dataPath), ...files.keys()]
}

/** The platform wants a person's names; what lacks them is told before anything is written. */
function refuseMinimum({ rows, ruleset }: ProjectPlan): void {
  if (ruleset.configurationType !== 'Individual') return
  const fields = rows.find(row => row.object === 'Individual')?.fields
  const missing = ['FirstName', 'LastName'].filter(field => !fields?.has(field))
  if (missing.length === 0) return
  const names = missing.map(field => `Individual.${field}`).join(' and ')
  const fix = `Say with --columns which column holds ${names}.`
  throw new MainstemError('USAGE', `A project needs ${names}, and no column fills it. ${fix}`, {
    key: 'into',
    fix,
  })
}

function dataPath({ name }: LoadedSource): string {
  return `data/${name}.csv`
}

/** The names of the columns that are added to a source. */
interface AddedColumns {
  readonly record: string
  readonly party: string
  /** Of what is made of several columns, or of a part of one: names out of full names, whole addresses. */
  readonly made: ReadonlyMap<RecordSlot, string>
}

function addedTo(source: LoadedSource, { sources, rows }: ProjectPlan): AddedColumns {
  const taken = new Set(source.columns.map(name => name.toLowerCase()))
  const free = (name: string): string => {
    let found = name
    for (let next = 2; taken.has(found); next++) found = `${name}_${next}`
    taken.add(found)
    return found
  }
  const number = sources.indexOf(source)
  const slots = new Set(rows.flatMap(row => [...row.fields.values()]))
  const made = [...slots].filter(slot => isMade(slot, number))
  return {
    record: free('record_number'),
    party: free('person_id'),
    made: new Map(made.map(slot => [slot, free(`${snakeCase(slot.name)}_made`)])),
  }
}

function snakeCase(name: string): string {
  return name
    .replaceAll(/(?<=[a-z])(?=[A-Z])/g, '_')
    .replaceAll(/\W+/g, '_')
    .toLowerCase()
}

/** The name of a source's field for each of its columns. */
function fieldNames(
  source: LoadedSource,
  { record, party, made }: AddedColumns,
): readonly string[] {
  const taken = new Set<string>([record, party, ...made.values()])
  return source.columns.map(column => {
    const name = fieldName(column)
    let free = name
    for (let next = 2; taken.has(free.toLowerCase()); next++) free = `${name}_${next}`
    taken.add(free.toLowerCase())
    return free
  })
}

function streamOf(source: LoadedSource, plan: ProjectPlan): object {
  const added = addedTo(source, plan)
  const names = fieldNames(source, added)
  const fields = source.columns.map((column, at) => {
    const name = names[at] ?? column
    return [name, name === column ? 'Text' : { type: 'Text', path: column }] as const
  })
  return {
    name: source.name,
    connector: { type: 'File', path: dataPath(source), format: 'CSV', delimiter: ',' },
    category: 'Profile',
    primaryKey: added.record,
    keyQualifier: `${source.name}_${plan.ruleset.configurationType.toLowerCase()}`.slice(0, 40),
    fields: Object.fromEntries([
      ...[added.record, added.party, ...added.made.values()].map(name => [name, 'Text'] as const),
      ...fields,
    ]),
  }
}

/** Text is compared as it stands: a field of another kind gets one for text beside it. */
function textFieldOf(object: string, field: string): string {
  const kind = kindOf(object, field)
  return kind === undefined || kind === 'text' ? field : `${field}Text`
}

/** What a field of the standard model is; undefined of one that the model has to be given. */
function kindOf(object: string, field: string): string | undefined {
  return buildCatalogue([]).find(object)?.fields.get(field)?.kind
}

function textFields({ rows, ruleset }: ProjectPlan): { object: string; fields: object } {
  const object = ruleset.configurationType
  const own = rows.find(row => row.object === object)
  const made = [...(own?.fields.keys() ?? [])].filter(field => kindOf(object, field) !== 'text')
  return {
    object,
    fields: Object.fromEntries(made.map(field => [textFieldOf(object, field), 'Text'])),
  }
}

function mappingOf(source: LoadedSource, number: number, plan: ProjectPlan): object {
  const { configurationType: profile } = plan.ruleset
  const added = addedTo(source, plan)
  const names = fieldNames(source, added)
  const taken = new Set<string>()
  const objects = plan.rows.flatMap((row): readonly ObjectMapping[] => {
    const pairs = [...row.fields].flatMap(([field, slot]) => {
      const use = slot.uses.find(one => one.source === number)
      const from = added.made.get(slot) ?? (use && (names[use.at] ?? use.column))
      const isKey = row.object === profile && field === 'Id'
      return from === undefined || isKey ? [] : [[textFieldOf(row.object, field), from] as const]
    })
    if (row.object === profile) return [partyMapping(added, profile, pairs)]
    if (pairs.length === 0) return []
    const as = freeAs(row, taken)
    return [
      {
        object: row.object,
        ...(as === '' ? {} : { as }),
        fields: Object.fromEntries(pairs),
        ...(row.constants.size === 0 ? {} : { constants: Object.fromEntries(row.constants) }),
      },
    ]
  })
  const hasParty = objects.some(one => one.object === profile)
  return {
    stream: source.name,
    objects: hasParty ? objects : [partyMapping(added, profile, []), ...objects],
  }
}

/** What tells a row from others of its object: what it is called by, or its number, or what it is. */
function freeAs({ object, as, constants }: ModelRow, taken: Set<string>): string {
  const own = as === '' ? '' : `n${as.replaceAll(/[^A-Za-z0-9]+/g, '_')}`
  const said = [...constants.values()].join('_').replaceAll(/[^A-Za-z0-9]+/g, '_')
  const isTaken = (name: string): boolean => taken.has(`${object} ${name}`.toLowerCase())
  let free = isTaken(own) ? `n${said}` : own
  for (let next = 2; isTaken(free); next++) free = `n${said}_${next}`
  taken.add(`${object} ${free}`.toLowerCase())
  return free
}

function partyMapping(
  { party }: AddedColumns,
  object: string,
  pairs: readonly (readonly [string, string])[],
): ObjectMapping {
  return { object, fields: { Id: party, ...Object.fromEntries(pairs) } }
}

function rulesetOf({ ruleset }: ProjectPlan): object {
  const profile = ruleset.configurationType
  return {
    ...ruleset,
    refresh: 'continuous',
    matchRules: ruleset.matchRules.map(rule =>
      rule.kind === 'Scored' ? { ...rule, model: MODEL_FILE } : textRule(rule),
    ),
    reconciliationRules: [
      { entityName: profile, ruleType: 'MOST_FREQUENT', shouldIgnoreEmptyValue: true },
    ],
  }
}

/** The file of a scored rule's model, beside its ruleset. */
const MODEL_FILE = 'people.score.json'

function textRule(rule: MatchRule): MatchRule {
  const criteria = criteriaOf(rule).map(one => ({
    ...one,
    fieldName: textFieldOf(one.entityName, one.fieldName),
  }))
  return { ...rule, criteria }
}

/** The model of the scored rule, if there is one; its fields are those that the project fills. */
function modelOf({ ruleset }: ProjectPlan): ScoreModelDefinition | undefined {
  const rule = ruleset.matchRules.find(one => one.kind === 'Scored')
  if (typeof rule?.model !== 'object') return undefined
  const renamed = (path: string): string => {
    const [name = '', part] = path.split(':')
    const [object = '', field = ''] = name.split('.')
    const text = `${object}.${textFieldOf(object, field)}`
    return part === undefined ? text : `${text}:${part}`
  }
  return {
    ...rule.model,
    fields: rule.model.fields.map(one => ({ ...one, field: renamed(one.field) })),
    blocking: rule.model.blocking.map(pass => pass.map(renamed)),
  }
}

/** A copy of a source, with the number of each record and the id of whom it is about: its own, else its number. */
async function writeData(
  session: SqlSession,
  source: LoadedSource,
  { root, plan }: { readonly root: string; readonly plan: ProjectPlan },
): Promise<void> {
  const { record, party, made } = addedTo(source, plan)
  const number = plan.sources.indexOf(source)
  const profile = plan.rows.find(row => row.object === plan.ruleset.configurationType)
  const id = profile?.fields.get('Id')?.uses.find(use => use.source === number)
  const row = `(pid - ${source.first} + 1)::varchar`
  const key = id ? `coalesce(nullif(trim(c${id.at}::varchar), ''), 'row ' || ${row})` : row
  const columns = source.columns.map((name, at) => `c${at}::varchar as ${ident(name)}`)
  const values = Array.from(
    made,
    ([slot, name]) => `${slotValueSql(slot, number)} as ${ident(name)}`,
  )
  const own = [`${row} as ${ident(record)}`, `${key} as ${ident(party)}`, ...values]
  const list = [...own, ...columns].join(', ')
  await session.run(
    `copy (select ${list} from ${source.table} order by pid) to ${literal(join(root, dataPath(source)))} (format csv, header true)`,
  )
}
