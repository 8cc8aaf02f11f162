import { CST, Lexer } from 'yaml'

/** Brackets inside brackets. */
export const BRACKETS_MAX = 100
/** Columns before a key or a dash: each level of indentation takes at least one. */
export const INDENT_COLUMNS_MAX = 200

/**
 * Whether a text nests deeper than people write. Asked before the parser, which calls itself once a
 * level: a stack that overflows there can end the process, where no `catch` would see it. The lexer
 * does not nest, and knows the lines of block texts (SQL, say) from those of the structure.
 */
export function nestsTooDeeply(text: string): boolean {
  let brackets = 0
  /** Where the line's first key or value may start; undefined behind it. */
  let column: number | undefined = 0
  for (const token of new Lexer().lex(text)) {
    const type = CST.tokenType(token) ?? ''
    brackets += BRACKETS.get(type) ?? 0
    column = columnAfter(column, type, token.length)
    if (brackets > BRACKETS_MAX) return true
    if (brackets === 0 && (column ?? 0) > INDENT_COLUMNS_MAX) return true
  }
  return false
}

function columnAfter(column: number | undefined, type: string, length: number): number | undefined {
  if (type === 'newline') return 0
  return column !== undefined && HEAD.has(type) ? column + length : undefined
}

const BRACKETS: ReadonlyMap<string, number> = new Map([
  ['flow-seq-start', 1],
  ['flow-map-start', 1],
  ['flow-seq-end', -1],
  ['flow-map-end', -1],
])

/** What may stand before the first key or value of a line. */
const HEAD: ReadonlySet<string> = new Set(['doc-mode', 'space', 'seq-item-ind', 'explicit-key-ind'])
