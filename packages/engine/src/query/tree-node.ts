import { refuse } from './refusal.ts'
import type { Name } from './sql-tree.ts'
import { MARK, type StatementText } from './statement-text.ts'

/** The fields of one node of the parser's tree: not trusted, so everything is looked at. */
export type Fields = Readonly<Record<string, unknown>>

/** Fields that say nothing about what a statement means. */
const MEANINGLESS = new Set(
  (
    'span trailing_comments leading_comments comments pre_alias_comments left_comments operator_comments ' +
    'post_select_comments inferred_type alias_explicit_as alias_keyword original_name kind_text start_side_text ' +
    'end_side_text explicit_asc use_inner_keyword use_outer_keyword nesting_group double_colon_syntax no_parens ' +
    'from_for_syntax sql_standard_syntax position_explicit real_spelling integer_spelling quoted rows ' +
    'modifiers_inside alias_first use_keyword_syntax use_bracket_syntax'
  ).split(' '),
)

/** What reading a tree has used up of its statement, to prove at the end that nothing was lost. */
export class Reading {
  readonly text: StatementText
  readonly #texts = new Set<number>()
  readonly #names = new Set<number>()
  readonly #calls = new Map<string, number>()
  readonly #numbers = new Map<string, number>()

  constructor(text: StatementText) {
    this.text = text
  }

  /** The text behind a stand-in. */
  textOf(value: string): string {
    const index = this.#index(value, MARK.text)
    const text = index === undefined ? undefined : this.text.texts[index]
    if (index === undefined || text === undefined) return unreadable()
    this.#texts.add(index)
    return text
  }

  /** A name of the tree as it was written. */
  name(value: unknown): Name {
    const node = fields(value, ['name'])
    const written = string(node['name'])
    const at = this.text.placeAt(offsetOf(node))
    const index = this.#index(written, MARK.name)
    if (this.#index(written, MARK.text) !== undefined) {
      refuse('SQL_NOT_ALLOWED', 'A quoted text stands where a name must stand', { at })
    }
    if (index !== undefined) {
      this.#names.add(index)
      return { text: this.text.names[index] ?? unreadable(), at }
    }
    return { text: written.startsWith(MARK.call) ? this.callName(written) : written, at }
  }

  optionalName(value: unknown): Name | undefined {
    return value === null || value === undefined ? undefined : this.name(value)
  }

  /** The name of a function as it was written. */
  callName(marked: string): string {
    if (!marked.startsWith(MARK.call)) return marked
    const name = marked.slice(MARK.call.length)
    this.#calls.set(name, (this.#calls.get(name) ?? 0) + 1)
    return name
  }

  number(written: string): string {
    this.#numbers.set(written, (this.#numbers.get(written) ?? 0) + 1)
    return written
  }

  /** Every text, quoted name, number and call of the statement is in the tree, once. */
  finish(): void {
    const numbers = new Map<string, number>()
    for (const token of this.text.tokens) {
      if (token.kind === 'number') numbers.set(token.value, (numbers.get(token.value) ?? 0) + 1)
    }
    const calls = this.text.prepared.match(/(?<![a-z0-9_])f__[a-z0-9_]+/gi)?.length ?? 0
    const read = Array.from(this.#calls.values()).reduce((sum, count) => sum + count, 0)
    const kept =
      this.#texts.size === this.text.texts.length &&
      this.#names.size === this.text.names.length &&
      calls === read &&
      numbers.size === this.#numbers.size &&
      Array.from(numbers).every(([number, count]) => this.#numbers.get(number) === count)
    if (!kept) unreadable()
  }

  #index(value: string, mark: string): number | undefined {
    return value.startsWith(mark) ? Number(value.slice(mark.length)) : undefined
  }
}

/** The statement cannot be taken apart without losing something: then it is not run at all. */
export function unreadable(what = 'a part of the statement'): never {
  return refuse('SQL_INVALID', `Mainstem cannot read ${what} reliably`, {
    fix: 'Write it in a simpler form, with parentheses where the order matters.',
  })
}

/** The kind and the fields of a node: an object with one key. */
export function nodeOf(value: unknown): { readonly kind: string; readonly body: unknown } {
  const entries = Object.entries(record(value))
  const [first] = entries
  if (entries.length !== 1 || !first) return unreadable()
  return { kind: first[0], body: first[1] }
}

/** The fields of a node, of which only the known ones may say anything. */
export function fields(value: unknown, known: readonly string[], what?: string): Fields {
  const node = record(value)
  for (const [key, said] of Object.entries(node)) {
    if (known.includes(key) || MEANINGLESS.has(key) || isSilent(said)) continue
    refuse('SQL_NOT_ALLOWED', `${what ?? 'This'} is not allowed with ${key.replaceAll('_', ' ')}`)
  }
  return node
}

export function record(value: unknown): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return unreadable()
  return Object.fromEntries(Object.entries(value))
}

export function list(value: unknown): readonly unknown[] {
  if (value === null || value === undefined) return []
  return Array.isArray(value) ? value : unreadable()
}

export function string(value: unknown): string {
  return typeof value === 'string' ? value : unreadable()
}

export function isSilent(value: unknown): boolean {
  return (
    value === null ||
    value === undefined ||
    value === false ||
    value === '' ||
    (Array.isArray(value) && value.length === 0)
  )
}

/** Where a node begins in the prepared text. */
function offsetOf(node: Fields): number {
  const span = node['span']
  if (typeof span !== 'object' || span === null || !('start' in span)) return 0
  return typeof span.start === 'number' ? span.start : 0
}
