import { MainstemError } from '@mainstem/contracts'
import { nearestName } from '../../kernel/nearest-name.ts'
import { type ColumnKind, identifierOf } from '../../model/index.ts'
import { type ColumnUse, fieldOfKind, KIND_OF_FIELD } from './column-use.ts'
import type { LoadedSource } from './load-sources.ts'
import { columnNamed, namesIn } from './name-list.ts'
import { type ColumnMeaning, meaningOf } from './named-columns.ts'

/** What the options of the command say of columns. */
export interface ColumnOptions {
  /** `COLUMN=FIELD,…` */
  readonly columns?: string | undefined
  /** `COLUMN,…` */
  readonly ignore?: string | undefined
  readonly truth?: string | undefined
}

/** The uses of columns, where what the options say of them counts more than anything else. */
export function overriddenColumns(
  uses: readonly ColumnUse[],
  sources: readonly LoadedSource[],
  options: ColumnOptions,
): readonly ColumnUse[] {
  const said = saidBy(sources, options)
  return sources.flatMap((source, number) =>
    source.columns.flatMap((column, at): readonly ColumnUse[] => {
      const found = uses.find(use => use.source === number && use.at === at)
      const meant = said.get(`${number} ${at}`)
      if (!meant) return found ? [found] : []
      return [{ file: source.label, source: number, at, column, ...meant }]
    }),
  )
}

type Said = ColumnMeaning & Pick<ColumnUse, 'why'>

function saidBy(
  sources: readonly LoadedSource[],
  { columns = '', ignore = '', truth }: ColumnOptions,
): ReadonlyMap<string, Said> {
  const said = new Map<string, Said>()
  const say = (name: string, option: string, meant: Said): void => {
    for (const [source, at] of columnNamed(name, sources, option).entries())
      if (at !== undefined) said.set(`${source} ${at}`, meant)
  }
  for (const pair of namesIn(columns)) {
    const [, name = '', field = ''] = /^(.*)=([^=]*)$/s.exec(pair) ?? []
    if (name.trim() === '' || field.trim() === '') throw notPair(pair)
    const meant = { ...fieldMeaning(field.trim(), name.trim()), why: '--columns says so' }
    say(name.trim(), 'columns', meant)
  }
  const ignored = { kind: 'ignored' as const, field: null }
  for (const name of namesIn(ignore)) say(name, 'ignore', { ...ignored, why: '--ignore names it' })
  if (truth !== undefined) say(truth, 'truth', { ...ignored, why: 'it is the truth' })
  return said
}

/** Kinds that may be named in place of a field of the model. */
const KINDS: ReadonlySet<string> = new Set<ColumnKind>([
  ...KIND_OF_FIELD.values(),
  'streetNumber',
  'birthYear',
  'birthMonth',
  'birthDay',
  'fullAddress',
  'attribute',
  'ignored',
])

function fieldMeaning(field: string, column: string): ColumnMeaning {
  if (isKind(field)) {
    const identifier = field === 'identifier' ? identifierOf(column) : undefined
    return { kind: field, field: fieldOfKind(field), identifier }
  }
  try {
    return meaningOf(field, column)
  } catch (error) {
    if (!(error instanceof MainstemError)) throw error
    const near = nearestName(field, KINDS)
    const fix = near === undefined ? error.details.fix : `Did you mean ${near}?`
    const says = `--columns gives "${column}" a meaning that there is not: ${error.message}`
    throw new MainstemError('USAGE', fix === undefined ? says : `${says} ${fix}`, {
      key: 'columns',
      fix,
    })
  }
}

function isKind(text: string): text is ColumnKind {
  return KINDS.has(text)
}

function notPair(pair: string): MainstemError {
  const fix = 'Write COLUMN=FIELD,…, such as mail=ContactPointEmail.EmailAddress.'
  return new MainstemError('USAGE', `--columns has "${pair}", which is no pair. ${fix}`, {
    key: 'columns',
    fix,
  })
}
