import { type Place, refuse, shown } from './refusal.ts'
import { folded } from './scope.ts'
import { type SqlDialect, type Token, tokensOf } from './sql-lexer.ts'

/**
 * A statement as it is given to the parser: no comments, texts and quoted names replaced by
 * numbered stand-ins, calls of functions marked. So the parser, which knows many dialects, can
 * neither misread an escape nor take a function for one of another dialect.
 */
export interface StatementText {
  readonly prepared: string
  readonly tokens: readonly Token[]
  readonly texts: readonly string[]
  readonly names: readonly string[]
  /** Where the token at this offset of `prepared` stands in the statement. */
  placeAt(offset: number): Place | undefined
  /** Where a word first stands. */
  placeOf(word: string): Place | undefined
}

/** Marks of stand-ins in the prepared text. */
export const MARK = { call: 'f__', name: 'q__', text: 's__' } as const

const DEPTH_MAX = 30
const PLAIN_WORD = /^[a-z][a-z0-9_]{0,99}$/i
const TOKENS_MAX = 40_000

/** Words that stand before a parenthesis and call nothing. */
const SYNTAX_WORDS = new Set(
  (
    'select from where and or not in exists any some all case when then else on join using by having union ' +
    'intersect except minus as materialized over filter group within values limit offset distinct escape ' +
    'interval with lateral between is like ilike rlike regexp similar to div qualify sets end ' +
    'cast try_cast extract substring position trim string_agg array_agg first last any_value'
  ).split(' '),
)

/** Reads a statement's words and refuses what can be refused without its grammar. */
export function statementText(sql: string, dialect: SqlDialect): StatementText {
  refuseSoql(sql)
  const tokens = withoutEnd(tokensOf(sql, dialect))
  if (tokens.length === 0) refuse('SQL_INVALID', 'There is no statement')
  if (tokens.length > TOKENS_MAX) refuse('SQL_NOT_ALLOWED', 'The statement has too many words')
  refuseOtherStatements(tokens)
  checkParentheses(tokens)
  return prepare(tokens, dialect)
}

/** A semicolon may end the statement; a second statement is refused. */
function withoutEnd(tokens: Token[]): Token[] {
  while (isSymbol(tokens.at(-1), ';')) tokens.pop()
  const semicolon = tokens.find(token => isSymbol(token, ';'))
  if (semicolon) {
    refuse('SQL_NOT_ALLOWED', 'There is more than one statement', {
      at: semicolon.at,
      fix: 'Send one statement at a time.',
    })
  }
  return tokens
}

function refuseOtherStatements(tokens: readonly Token[]): void {
  const first = tokens.find(token => !isSymbol(token, '('))
  const word = first?.kind === 'word' ? folded(first.value) : ''
  if (word === 'select' || word === 'with') return
  const at = first?.at
  refuse('SQL_NOT_ALLOWED', 'Only a query is allowed: it begins with SELECT or WITH', { at })
}

/** SOQL is close enough to SQL to be sent by mistake; these forms exist in no SQL. */
const SOQL =
  /\b(?:last|next)_n_[a-z_]+:|\bfields\s*\(|\bwith\s+(?:security_enforced|user_mode|system_mode|data\s+category)\b|\bfor\s+(?:view|reference)\b|__r\s*[.)]|\bfrom\s+\w+__r\b|=\s*(?:today|yesterday|this_(?:week|month|year)|last_(?:week|month|year))\b(?!\s*\.)|\ball\s+rows\s*$/i

function refuseSoql(sql: string): void {
  // Every second piece between quotes is a text. A regular expression for texts could be made slow.
  const outside = sql.split("'").filter((_, at) => at % 2 === 0)
  if (!SOQL.test(outside.join("''"))) return
  refuse('SQL_NOT_ALLOWED', 'This is SOQL, and data here is queried with SQL', {
    fix: 'Write ANSI SQL: joins instead of relationships, date arithmetic instead of date literals.',
  })
}

/** Depth is bounded before any recursive reader sees the statement. */
function checkParentheses(tokens: readonly Token[]): void {
  const open: Token[] = []
  for (const token of tokens) {
    if (isSymbol(token, '(')) open.push(token)
    if (isSymbol(token, ')') && !open.pop()) {
      refuse('SQL_INVALID', 'A parenthesis is closed that was not opened', { at: token.at })
    }
    if (open.length > DEPTH_MAX) {
      refuse('SQL_NOT_ALLOWED', `Parentheses are nested deeper than ${DEPTH_MAX}`, { at: token.at })
    }
  }
  const left = open.at(-1)
  if (left) refuse('SQL_INVALID', 'A parenthesis is not closed', { at: left.at })
}

function prepare(tokens: readonly Token[], dialect: SqlDialect): StatementText {
  const texts: string[] = []
  const names: string[] = []
  const starts: number[] = []
  const quote = dialect === 'spark' ? '`' : '"'
  let prepared = ''
  const firstPlaces = new Map<string, Place>()
  const nameOf = (value: string): string => `${quote}${MARK.name}${names.push(value) - 1}${quote}`
  for (const [index, token] of tokens.entries()) {
    starts.push(prepared.length)
    const word = token.kind === 'word' ? folded(token.value) : ''
    if (word && !firstPlaces.has(word)) firstPlaces.set(word, token.at)
    prepared += `${written(token, index)} `
  }
  return {
    prepared,
    tokens,
    texts,
    names,
    placeAt: offset => tokens[lastAtOrBefore(starts, offset)]?.at,
    placeOf: word => firstPlaces.get(folded(word)),
  }

  function written(token: Token, index: number): string {
    if (token.kind === 'text') return `'${MARK.text}${texts.push(token.value) - 1}'`
    if (token.kind === 'name') return nameOf(token.value)
    if (token.kind !== 'word') return token.value
    const plain = PLAIN_WORD.test(token.value) && !/^[fqs]__/i.test(token.value)
    if (!isCall(tokens, index)) return plain ? token.value : nameOf(token.value)
    if (!plain) refuse('SQL_NOT_ALLOWED', `There is no function ${shown(token.value)}`, token)
    return `${MARK.call}${token.value}`
  }
}

/** A word before a parenthesis calls a function, unless it is syntax, a type or an alias. */
function isCall(tokens: readonly Token[], index: number): boolean {
  const token = tokens[index]
  if (!token || !isSymbol(tokens[index + 1], '(')) return false
  if (SYNTAX_WORDS.has(folded(token.value))) return false
  const before = tokens[index - 1]
  if (isSymbol(before, '::') || isSymbol(before, ')')) return false
  return !(before?.kind === 'word' && folded(before.value) === 'as')
}

function isSymbol(token: Token | undefined, value: string): boolean {
  return token?.kind === 'symbol' && token.value === value
}

function lastAtOrBefore(starts: readonly number[], offset: number): number {
  let low = 0
  let high = starts.length
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if ((starts[middle] ?? 0) <= offset) low = middle
    else high = middle
  }
  return low
}
