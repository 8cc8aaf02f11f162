import { refuse } from './refusal.ts'
import type { SqlDialect } from './sql-lexer.ts'
import type { SqlType } from './sql-type.ts'
import { TEXT_MAX, type ValueText } from './sql-value-text.ts'

/** The moment a statement is run at, as SQL. */
export interface ClockText {
  readonly today: string
  readonly now: string
  readonly localNow: string
}

/** A call whose arguments are written. */
export interface CallText {
  readonly name: string
  readonly args: readonly ValueText[]
  /** The unit of time, where the function takes one. */
  readonly unit: string
  readonly dialect: SqlDialect
  readonly clock: ClockText
  readonly distinct: boolean
  /** `k1 ASC NULLS LAST, …` of an ORDER BY among the arguments. */
  readonly order: readonly string[]
  /** FILTER and OVER: an aggregate puts it right after its parenthesis. */
  readonly tail: string
  /** The statement has queries inside it, through which texts could grow without end. */
  readonly deep: boolean
  /** Prices of currencies, as `CASE` branches are made of them. */
  readonly rates:
    | { readonly corporate: string; readonly rates: Readonly<Record<string, number>> }
    | undefined
}

/** How one function of ours is written for the engine. What has no rule cannot be called. */
export interface FunctionRule {
  readonly kind: 'scalar' | 'aggregate' | 'window'
  readonly args: readonly [min: number, max: number]
  /** Which argument is a unit of time, for this number of arguments. */
  readonly unitAt?: (count: number) => number | undefined
  readonly sql: (call: CallText) => string
  readonly type: (call: CallText) => SqlType
  /** What it depends on beside its arguments. */
  readonly clock?: 'day' | 'moment'
  /** A window function that tied rows would make arbitrary; see `stable order` in README. */
  readonly totalOrder?: boolean
  /** The aggregate may be called with DISTINCT, with ORDER BY, with OVER. */
  readonly allows?: readonly ('distinct' | 'order' | 'over')[]
  /** What keeps its result small, for functions that can grow texts or lists. */
  readonly bound?: string
}

/** The argument at this position, which the number of arguments promises. */
export function argument(call: CallText, at: number): ValueText {
  const value = call.args[at]
  return value ?? refuse('SQL_INVALID', `${call.name.toUpperCase()} lacks an argument`)
}

/** The SQL of every argument. */
export function argumentTexts(call: CallText): string {
  return call.args.map(value => value.sql).join(', ')
}

/** A whole number that is written in the statement itself, at most this large. */
export function smallNumber(call: CallText, at: number, max: number): number {
  const written = argument(call, at).constant ?? ''
  const name = call.name.toUpperCase()
  if (!/^\d+$/.test(written)) {
    return refuse('SQL_NOT_ALLOWED', `${name} takes a whole number written in the statement`)
  }
  const value = Number(written)
  if (value > max) refuse('SQL_NOT_ALLOWED', `${name} takes at most ${max} here`)
  return value
}

/** A text that is written in the statement itself. */
export function writtenText(call: CallText, at: number): string {
  const { constant, type } = argument(call, at)
  if (constant !== undefined && type.family === 'text') return constant
  return refuse(
    'SQL_NOT_ALLOWED',
    `${call.name.toUpperCase()} takes a text written in the statement as argument ${at + 1}`,
  )
}

/** A text that grows at most `factor` times, cut so that the result stays under the bound. */
export function cutFor(sql: string, factor: number): string {
  return `left(${sql}, ${Math.max(1, Math.floor(TEXT_MAX / Math.max(1, factor)))})`
}

/** A rule whose function the engine has under this name, with these arguments. */
export function plain(
  name: string,
  args: readonly [number, number],
  type: SqlType | ((call: CallText) => SqlType),
): FunctionRule {
  return {
    kind: 'scalar',
    args,
    type: typeof type === 'function' ? type : () => type,
    sql: call => `${name}(${argumentTexts(call)})`,
  }
}
