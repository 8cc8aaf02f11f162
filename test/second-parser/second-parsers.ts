import { TrinoSQL } from 'dt-sql-parser/dist/parser/trino/index.js'
import { loadModule, parseSync } from 'libpg-query'
import { objectsOf } from '../../packages/engine/src/query/objects-of.ts'

/** The engines that are not there yet. */
export type Target = 'trino' | 'postgresql'

/** What a parser says of a statement. */
export interface Reading {
  /** Why it cannot be read; undefined if it can. */
  readonly error: string | undefined
  /** The functions, types and operators that it names, in lower case: an engine may not have them. */
  readonly names: ReadonlySet<string>
}

/** Reads a statement as the engine would: PostgreSQL by its own parser, Trino by its grammar. */
export function read(sql: string, target: Target): Reading {
  return target === 'trino' ? readTrino(sql) : readPostgres(sql)
}

await loadModule()

/** PostgreSQL's parser, compiled: it takes any name for a function, a type or an operator. */
function readPostgres(sql: string): Reading {
  try {
    const names = new Set<string>()
    for (const node of objectsOf(parseSync(sql))) {
      const [kind, own] = namedBy(node)
      if (kind) names.add(`${kind} ${own}`)
    }
    return { error: undefined, names }
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error), names: new Set() }
  }
}

function namedBy(node: object): readonly [kind: string, name: string] | readonly [] {
  const [kind, list] =
    'funcname' in node
      ? ['function', node.funcname]
      : 'kind' in node && node.kind === 'AEXPR_OP' && 'name' in node
        ? ['operator', node.name]
        : 'names' in node && 'typemod' in node
          ? ['type', node.names]
          : []
  const last: unknown = Array.isArray(list) ? list.at(-1) : undefined
  const text = last as { readonly String?: { readonly sval?: string } } | undefined
  return kind && text ? [kind, text.String?.sval?.toLowerCase() ?? ''] : []
}

const trino = new TrinoSQL()
/** The grammar's rules that name something an engine has or has not. */
const NAMING = new Map([
  ['functionName', 'function'],
  ['type', 'type'],
])

/** Trino's grammar, generated to JavaScript. Numbers and positions in errors count from 1. */
function readTrino(sql: string): Reading {
  const errors: string[] = []
  const listener = {
    syntaxError: (_parser: unknown, token: { text?: string } | null, line: number, at: number) =>
      void errors.push(`line ${line}, sign ${at + 1}: "${token?.text ?? ''}" is not expected`),
    reportAmbiguity: () => undefined,
    reportAttemptingFullContext: () => undefined,
    reportContextSensitivity: () => undefined,
  }
  const parser = trino.createParser(sql)
  const lexer = parser.inputStream as unknown as { tokenSource: typeof parser }
  for (const one of [parser, lexer.tokenSource]) {
    one.removeErrorListeners()
    one.addErrorListener(listener as never)
  }
  const tree = parser.program()
  const names = new Set<string>()
  visit(tree, node => {
    const kind = NAMING.get(parser.ruleNames[node.ruleIndex ?? -1] ?? '')
    if (kind)
      names.add(
        `${kind} ${/^\w+/.exec(node.getText().replaceAll('"', ''))?.[0] ?? ''}`.toLowerCase(),
      )
  })
  return { error: errors[0], names }
}

interface TreeNode {
  readonly ruleIndex?: number
  readonly children?: readonly unknown[] | null
  getText(): string
}

function visit(tree: unknown, look: (node: TreeNode) => void): void {
  const node = tree as TreeNode
  look(node)
  for (const child of node.children ?? []) visit(child, look)
}
