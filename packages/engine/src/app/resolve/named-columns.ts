import { MainstemError, type ResolveColumn, type ResolveDefinition } from '@mainstem/contracts'
import { nearestName } from '../../kernel/nearest-name.ts'
import { buildCatalogue, fieldHint, findField, type IdentifierName } from '../../model/index.ts'
import { at as mistakeAt, type Mistake, ProjectError, type Sourced } from '../project/index.ts'
import { type ColumnUse, KIND_OF_FIELD } from './column-use.ts'
import type { LoadedSource } from './load-sources.ts'

/** What the file of `--ruleset` says of the columns of the sources; others are ignored. */
export function ruledColumns(
  rules: Sourced<ResolveDefinition>,
  sources: readonly LoadedSource[],
): readonly ColumnUse[] {
  const mistakes = unknownFiles(rules, sources)
  const uses = sources.flatMap((source, number) => {
    const own = ownColumns(rules.definition, source)
    return source.columns.flatMap((column, at): ColumnUse[] => {
      const said = own.get(column.toLowerCase())
      if (!said) return []
      const path = said.file === undefined ? ['columns'] : ['files', said.file]
      const meant = attempt(() => meaningOf(said.column, said.name))
      if ('says' in meant) {
        mistakes.push(mistakeAt(rules, [...path, said.name], meant))
        return []
      }
      const base = { file: source.label, source: number, at, column }
      return [{ ...base, ...meant, why: 'the ruleset says so' }]
    })
  })
  mistakes.push(...unknownColumns(rules, sources), ...filledTwice(rules, uses))
  const distinct = [...new Map(mistakes.map(one => [JSON.stringify(one), one])).values()]
  if (distinct.length > 0) throw new ProjectError(distinct, `The file ${rules.file}`)
  return uses
}

/** What a column holds. */
export type ColumnMeaning = Pick<ColumnUse, 'field' | 'kind' | 'identifier' | 'as'>

/** The meaning of `Object.Field` for a column; throws with the nearest name. */
export function meaningOf(said: ResolveColumn, column: string): ColumnMeaning {
  const { field: text, as, name, type } = typeof said === 'string' ? { field: said } : { ...said }
  const [objectName = '', fieldName, ...more] = text.split('.')
  if (fieldName === undefined || more.length > 0) {
    const fix = 'Write an object and a field, such as Individual.FirstName.'
    throw new MainstemError('CONFIG_INVALID', `"${text}" is no field of the model.`, { fix })
  }
  const object = buildCatalogue([]).object(objectName)
  if (!PERSONAL.test(object.name)) {
    const fix = 'Use Individual, Account, a contact point or PartyIdentification.'
    throw new MainstemError('CONFIG_INVALID', `${object.name} does not say who somebody is.`, {
      fix,
    })
  }
  const found = findField(object, fieldName)
  if (!found) {
    const says = `${object.name} has no field "${fieldName}".`
    const fix = fieldHint(object, fieldName).trim() || 'See docs/reference/model.md.'
    throw new MainstemError('CONFIG_INVALID', says, { fix })
  }
  const field = `${object.name}.${found.name}`
  const kind = KIND_OF_FIELD.get(field) ?? 'attribute'
  const isNumber = kind === 'identifier'
  return {
    field,
    kind,
    as,
    identifier: isNumber ? identifierOf(column, { name, type }) : undefined,
  }
}

/** A number without a name is known by its column's. */
function identifierOf(
  column: string,
  { name, type }: { readonly name: string | undefined; readonly type: string | undefined },
): IdentifierName {
  return { name: name ?? column, type: type ?? 'Document' }
}

const PERSONAL = /^(Individual|Account|PartyIdentification|ContactPoint.*)$/

interface Said {
  readonly name: string
  readonly column: ResolveColumn
  /** Of a file's own columns, the file as the ruleset names it. */
  readonly file: string | undefined
}

/** What is said of a source's columns, by name in small letters; the file's own go first. */
function ownColumns(
  { columns = {}, files = {} }: ResolveDefinition,
  source: LoadedSource,
): ReadonlyMap<string, Said> {
  const said = new Map<string, Said>()
  for (const [name, column] of Object.entries(columns))
    said.set(name.toLowerCase(), { name, column, file: undefined })
  for (const [file, own] of Object.entries(files)) {
    if (!isNamed(source, file)) continue
    for (const [name, column] of Object.entries(own))
      said.set(name.toLowerCase(), { name, column, file })
  }
  return said
}

function isNamed(source: LoadedSource, file: string): boolean {
  return [source.label, source.name].some(name => name.toLowerCase() === file.toLowerCase())
}

function unknownFiles(
  rules: Sourced<ResolveDefinition>,
  sources: readonly LoadedSource[],
): Mistake[] {
  return Object.keys(rules.definition.files ?? {})
    .filter(file => !sources.some(source => isNamed(source, file)))
    .map(file => {
      const labels = sources.map(source => source.label)
      const says = `No file is called "${file}".`
      return mistakeAt(rules, ['files', file], { says, fix: hint(file, labels) })
    })
}

function unknownColumns(
  rules: Sourced<ResolveDefinition>,
  sources: readonly LoadedSource[],
): readonly Mistake[] {
  const { columns = {}, files = {} } = rules.definition
  const missing = (names: readonly string[], among: readonly LoadedSource[], path: string[]) => {
    const known = [...new Set(among.flatMap(source => source.columns))]
    const lower = new Set(known.map(name => name.toLowerCase()))
    return names
      .filter(name => !lower.has(name.toLowerCase()))
      .map(name => {
        const says = `No file has a column "${name}".`
        return mistakeAt(rules, [...path, name], { says, fix: hint(name, known) })
      })
  }
  return [
    ...missing(Object.keys(columns), sources, ['columns']),
    ...Object.entries(files).flatMap(([file, own]) => {
      const among = sources.filter(source => isNamed(source, file))
      return among.length === 0 ? [] : missing(Object.keys(own), among, ['files', file])
    }),
  ]
}

/** A person has one first name; a second column for it would silently be left out. */
function filledTwice(
  rules: Sourced<ResolveDefinition>,
  uses: readonly ColumnUse[],
): readonly Mistake[] {
  const seen = new Map<string, ColumnUse>()
  return uses.flatMap(use => {
    if (!/^(Individual|Account)\./.test(use.field ?? '')) return []
    const key = `${use.source} ${use.field}`
    const before = seen.get(key)
    seen.set(key, use)
    if (!before) return []
    const says = `Both "${before.column}" and "${use.column}" fill ${use.field}.`
    const fix = 'A record has one value of it: name one column.'
    return [mistakeAt(rules, ['columns', use.column], { says, fix })]
  })
}

/** Advice for a name that is not there. */
export function hint(name: string, known: readonly string[]): string {
  const near = nearestName(name, known)
  if (near !== undefined) return `Did you mean "${near}"?`
  const some = known.slice(0, NAMES_SHOWN_MAX).map(one => `"${one}"`)
  return `There are ${some.join(', ')}${known.length > NAMES_SHOWN_MAX ? ', …' : ''}.`
}

const NAMES_SHOWN_MAX = 20

function attempt<Result>(work: () => Result): Result | { says: string; fix: string } {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof MainstemError)) throw error
    return { says: error.message, fix: error.details.fix ?? 'See docs/reference/model.md.' }
  }
}
