import { type Place, refuse } from './refusal.ts'

/** The way of writing SQL: `spark` for insights, `postgresql` for the Query APIs. */
export type SqlDialect = 'spark' | 'postgresql'

/** One word of a statement. Text is unescaped, names are unquoted, comments are gone. */
export interface Token {
  readonly kind: 'word' | 'name' | 'text' | 'number' | 'symbol'
  readonly value: string
  readonly at: Place
}

const WORD = /[\p{L}_][\p{L}\p{M}\p{N}_]*/uy
const NUMBER = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y
const SPACE = /[\s\uFEFF]+/uy
const SYMBOL = /<=>|!~\*|!~|~\*|::|\|\||<>|!=|<=|>=|[-+*/%=<>~(),.;]/y
const NUMBER_MAX = 60
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' }

/** Cuts a statement into tokens; whatever no SELECT needs is refused here. */
export function tokensOf(sql: string, dialect: SqlDialect): Token[] {
  const lexer = new Lexer(sql, dialect)
  return lexer.all()
}

class Lexer {
  readonly #sql: string
  readonly #dialect: SqlDialect
  readonly #lineStarts: number[] = [0]
  readonly #tokens: Token[] = []
  #at = 0

  constructor(sql: string, dialect: SqlDialect) {
    this.#sql = sql
    this.#dialect = dialect
    for (let at = sql.indexOf('\n'); at >= 0; at = sql.indexOf('\n', at + 1)) {
      this.#lineStarts.push(at + 1)
    }
  }

  all(): Token[] {
    while (this.#at < this.#sql.length) {
      if (!this.#blank()) this.#token()
    }
    return this.#tokens
  }

  /** Skips white space and comments; false if there is neither here. */
  #blank(): boolean {
    if (this.#match(SPACE) !== undefined) return true
    if (this.#sql.startsWith('--', this.#at)) {
      const end = this.#sql.indexOf('\n', this.#at)
      this.#at = end < 0 ? this.#sql.length : end + 1
      return true
    }
    if (!this.#sql.startsWith('/*', this.#at)) return false
    this.#blockComment()
    return true
  }

  #blockComment(): void {
    const at = this.#place(this.#at)
    let depth = 0
    do {
      const opens = this.#sql.startsWith('/*', this.#at)
      const closes = this.#sql.startsWith('*/', this.#at)
      if (opens) depth++
      if (closes) depth--
      this.#at += opens || closes ? 2 : 1
      if (this.#at > this.#sql.length) refuse('SQL_INVALID', 'A comment is not closed', { at })
    } while (depth > 0)
  }

  #token(): void {
    const start = this.#at
    const word = this.#match(WORD)
    if (word !== undefined) return this.#word(word, start)
    if (/[0-9]/.test(this.#char()) || /^\.[0-9]/.test(this.#sql.slice(start, start + 2))) {
      return this.#number(start)
    }
    switch (this.#char()) {
      case "'":
        return this.#push('text', this.#quoted("'", this.#dialect === 'spark'), start)
      case '"':
        return this.#doubleQuoted(start)
      case '`':
        return this.#push('name', this.#quoted('`', false), start)
      default:
        return this.#symbol(start)
    }
  }

  #word(word: string, start: number): void {
    const quote = this.#char()
    if (quote === "'" && /^[a-z]$/i.test(word)) {
      if (!/^e$/i.test(word)) {
        refuse('SQL_INVALID', 'This kind of quoted text is not read', { at: this.#place(start) })
      }
      return this.#push('text', this.#quoted("'", true), start)
    }
    this.#push('word', word, start)
  }

  #number(start: number): void {
    const number = this.#match(NUMBER) ?? ''
    const at = this.#place(start)
    if (number.length > NUMBER_MAX) refuse('SQL_NOT_ALLOWED', 'A number is too long', { at })
    if (/[\p{L}_]/u.test(this.#char()))
      refuse('SQL_INVALID', 'A number is not well written', { at })
    this.#push('number', number, start)
  }

  #symbol(start: number): void {
    const symbol = this.#match(SYMBOL)
    if (symbol === undefined) {
      const sign = String.fromCodePoint(this.#sql.codePointAt(start) ?? 32)
      const shown = /[\p{C}\p{Z}]/u.test(sign) ? 'A hidden sign' : `The sign ${sign}`
      refuse('SQL_INVALID', `${shown} has no meaning here`, { at: this.#place(start) })
    }
    this.#push('symbol', symbol, start)
  }

  /** Text between two quotes; a doubled quote is one quote. */
  #quoted(quote: string, escapes: boolean): string {
    const start = this.#at++
    let value = ''
    for (;;) {
      const char = this.#char()
      if (char === '') refuse('SQL_INVALID', 'A quote is not closed', { at: this.#place(start) })
      this.#at++
      if (escapes && char === '\\') value += this.#escape()
      else if (char !== quote) value += char
      else if (this.#char() === quote) value += this.#sql[this.#at++] ?? ''
      else return value
    }
  }

  /** After a backslash. Unknown escapes keep it, so that `'\d+'` is the pattern it looks like. */
  #escape(): string {
    const char = this.#char()
    this.#at++
    if (char === '\\' || char === "'" || char === '"') return char
    return ESCAPES[char] ?? `\\${char}`
  }

  /** A name; in Spark a text, except where only a name makes sense. */
  #doubleQuoted(start: number): void {
    const isSpark = this.#dialect === 'spark'
    const value = this.#quoted('"', isSpark)
    this.#push(isSpark && !this.#standsForName() ? 'text' : 'name', value, start)
  }

  #push(kind: Token['kind'], value: string, start: number): void {
    const at = this.#place(start)
    if (value.includes('\0')) refuse('SQL_INVALID', 'A zero byte is not allowed', { at })
    if (kind === 'name' && value === '') refuse('SQL_INVALID', 'A quoted name is empty', { at })
    this.#tokens.push({ kind, value, at })
  }

  /** Beside a dot, or after FROM, JOIN and AS. */
  #standsForName(): boolean {
    const before = this.#tokens.at(-1)
    if (this.#char() === '.' || (before?.kind === 'symbol' && before.value === '.')) return true
    return before?.kind === 'word' && /^(?:from|join|as)$/i.test(before.value)
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#sql)?.[0]
    if (found !== undefined) this.#at += found.length
    return found
  }

  #char(): string {
    return this.#sql[this.#at] ?? ''
  }

  #place(offset: number): Place {
    let low = 0
    let high = this.#lineStarts.length
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if ((this.#lineStarts[middle] ?? 0) <= offset) low = middle
      else high = middle
    }
    return { line: low + 1, column: offset - (this.#lineStarts[low] ?? 0) + 1 }
  }
}
