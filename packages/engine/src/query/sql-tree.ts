import type { Place } from './refusal.ts'

/** A name as it was written, and where. */
export interface Name {
  readonly text: string
  readonly at?: Place | undefined
}

/** The operators between two values. */
export const OPERATORS = {
  and: 'and',
  or: 'or',
  add: '+',
  sub: '-',
  mul: '*',
  div: '/',
  mod: '%',
  int_div: 'div',
  eq: '=',
  neq: '<>',
  lt: '<',
  lte: '<=',
  gt: '>',
  gte: '>=',
  concat: '||',
  null_safe_eq: 'is not distinct from',
  null_safe_neq: 'is distinct from',
} as const
export type Operator = (typeof OPERATORS)[keyof typeof OPERATORS]

/** A value of a statement. This is our own tree: what it cannot say cannot be run. */
export type Expr =
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'null' }
  | { readonly kind: 'star' }
  | { readonly kind: 'column'; readonly table?: Name | undefined; readonly name: Name }
  | Call
  | {
      readonly kind: 'binary'
      readonly op: Operator
      readonly left: Expr
      readonly right: Expr
    }
  | { readonly kind: 'unary'; readonly op: 'not' | '-'; readonly of: Expr }
  | {
      readonly kind: 'case'
      readonly operand?: Expr | undefined
      readonly whens: readonly (readonly [Expr, Expr])[]
      readonly otherwise?: Expr | undefined
    }
  | { readonly kind: 'cast'; readonly of: Expr; readonly to: CastType; readonly tolerant: boolean }
  | {
      readonly kind: 'in'
      readonly of: Expr
      readonly list: readonly Expr[]
      readonly not: boolean
    }
  | { readonly kind: 'inQuery'; readonly of: Expr; readonly query: Query; readonly not: boolean }
  | {
      readonly kind: 'quantified'
      readonly op: Operator
      readonly every: boolean
      readonly of: Expr
      readonly query: Query
    }
  | { readonly kind: 'exists'; readonly query: Query; readonly not: boolean }
  | { readonly kind: 'query'; readonly query: Query }
  | {
      readonly kind: 'between'
      readonly of: Expr
      readonly low: Expr
      readonly high: Expr
      readonly not: boolean
    }
  | {
      readonly kind: 'is'
      readonly of: Expr
      readonly what: 'null' | 'true' | 'false'
      readonly not: boolean
    }
  | {
      readonly kind: 'match'
      readonly by: 'like' | 'ilike' | 'regex' | 'iregex'
      readonly of: Expr
      readonly pattern: Expr
      readonly escape?: Expr | undefined
    }
  | { readonly kind: 'interval'; readonly amount: Expr; readonly unit?: string | undefined }
  | { readonly kind: 'moment'; readonly type: 'date' | 'timestamp'; readonly text: string }
  | { readonly kind: 'atTimeZone'; readonly of: Expr; readonly zone: Expr }
  | { readonly kind: 'extract'; readonly field: string; readonly of: Expr }
  | { readonly kind: 'tuple'; readonly items: readonly Expr[] }

/** A call of a function, before anybody has asked whether there is one of this name. */
export interface Call {
  readonly kind: 'call'
  readonly name: string
  readonly at?: Place | undefined
  readonly args: readonly Expr[]
  readonly distinct: boolean
  readonly ignoreNulls: boolean
  readonly filter?: Expr | undefined
  readonly orderBy: readonly OrderItem[]
  readonly over?: Over | undefined
}

/** The window of a call. */
export interface Over {
  readonly window?: Name | undefined
  readonly partitionBy: readonly Expr[]
  readonly orderBy: readonly OrderItem[]
  readonly frame?: Frame | undefined
}

export interface Frame {
  readonly kind: 'ROWS' | 'RANGE' | 'GROUPS'
  readonly start: FrameBound
  readonly end?: FrameBound | undefined
}

/** An edge of a frame; `offset` only where the edge counts. */
export interface FrameBound {
  readonly edge:
    | 'CURRENT ROW'
    | 'UNBOUNDED PRECEDING'
    | 'UNBOUNDED FOLLOWING'
    | 'PRECEDING'
    | 'FOLLOWING'
  readonly offset?: string | undefined
}

export interface OrderItem {
  readonly of: Expr
  readonly descending: boolean
  readonly nullsFirst?: boolean | undefined
}

/** The types that a value may be cast to. */
export interface CastType {
  readonly name: string
  readonly precision?: number | undefined
  readonly scale?: number | undefined
  readonly timeZone: boolean
}

/** A query: one SELECT, or several put together. */
export type Query = SelectQuery | SetQuery

interface QueryTail {
  readonly ctes: readonly Cte[]
  readonly orderBy: readonly OrderItem[]
  readonly limit?: number | undefined
  readonly offset?: number | undefined
}

export interface SelectQuery extends QueryTail {
  readonly kind: 'select'
  readonly distinct: boolean
  readonly distinctOn: readonly Expr[]
  readonly items: readonly SelectItem[]
  /** In the order they are written; all but the first say how they are joined. */
  readonly from: readonly Source[]
  readonly where?: Expr | undefined
  readonly groupBy: readonly Expr[]
  readonly having?: Expr | undefined
  readonly qualify?: Expr | undefined
  readonly windows: readonly { readonly name: string; readonly over: Over }[]
}

export interface SetQuery extends QueryTail {
  readonly kind: 'set'
  readonly op: 'union' | 'intersect' | 'except'
  readonly all: boolean
  readonly left: Query
  readonly right: Query
}

export interface Cte {
  readonly name: Name
  readonly columns: readonly string[]
  readonly query: Query
}

export type SelectItem =
  | { readonly kind: 'item'; readonly of: Expr; readonly alias?: Name | undefined }
  | { readonly kind: 'all'; readonly table?: Name | undefined; readonly except: readonly string[] }

/** How a source is joined to what stands before it. */
export type JoinKind = 'comma' | 'cross' | 'inner' | 'left' | 'right' | 'full' | 'semi' | 'anti'

export interface Source {
  readonly join?: JoinKind | undefined
  readonly on?: Expr | undefined
  readonly using: readonly string[]
  readonly of:
    | { readonly kind: 'table'; readonly name: Name; readonly schema?: Name | undefined }
    | { readonly kind: 'derived'; readonly query: Query; readonly lateral: boolean }
  readonly alias?: Name | undefined
  readonly columns: readonly string[]
}
