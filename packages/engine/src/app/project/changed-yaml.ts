import { isDeepStrictEqual } from 'node:util'
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parse,
  parseDocument,
  stringify,
  YAMLError,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml'
import { isRecord } from './schemas.ts'

/**
 * The text of a YAML file that is to hold another value. Only what is another is written anew:
 * comments, the order of keys and how values are quoted stay. What can not be kept so (an anchor of
 * which only a copy changes) is written without them.
 */
export function changedYaml(text: string, value: unknown): string {
  const document: Document = parseDocument(text, READING)
  if (document.errors.length > 0 || document.contents === null) return plainYaml(value)
  try {
    document.contents = become(document, document.contents, value)
    const changed = document.toString({ lineWidth: 0, ...layoutOf(text) })
    return isDeepStrictEqual(parse(changed, READING), value) ? changed : plainYaml(value)
  } catch (error) {
    // How the library says that an alias has lost its anchor, or that what it wrote is no YAML.
    if (error instanceof ReferenceError || error instanceof YAMLError) return plainYaml(value)
    throw error
  }
}

/** A value as YAML, without anything that people added. */
export function plainYaml(value: unknown): string {
  return stringify(value, { lineWidth: 0 })
}

const READING = { version: '1.2', schema: 'core' } as const

/** How a file is indented, as far as it shows. */
function layoutOf(text: string): { readonly indent: number; readonly indentSeq: boolean } {
  const [, spaces = '  '] = /^( +)[^\s#]/m.exec(text) ?? []
  return { indent: Math.max(1, spaces.length), indentSeq: !/^[^\s#-][^\n]*:[ \t]*\n- /m.test(text) }
}

/** The node with another value: itself, as far as it can hold that. */
function become(document: Document, node: unknown, value: unknown): Node {
  if (isMap(node) && isRecord(value)) return changedMap(document, node, value)
  if (isSeq(node) && Array.isArray(value)) return changedSeq(document, node, value)
  if (isAlias(node) && isDeepStrictEqual(node.toJS(document), value)) return node
  if (isScalar(node) && (typeof value !== 'object' || value === null)) {
    if (typeof node.value !== typeof value) delete node.type
    node.value = value
    return node
  }
  const fresh = document.createNode(value)
  if (isNode(node)) {
    const { commentBefore, comment, spaceBefore } = node
    Object.assign(fresh, { commentBefore, comment, spaceBefore })
  }
  return fresh
}

function changedMap(
  document: Document,
  map: YAMLMap,
  value: Readonly<Record<string, unknown>>,
): YAMLMap {
  map.items = map.items.filter(pair => Object.hasOwn(value, keyOf(pair)))
  for (const [key, wanted] of Object.entries(value)) {
    const pair = map.items.find(one => keyOf(one) === key)
    if (pair) pair.value = become(document, pair.value, wanted)
    else map.items.push(document.createPair(key, wanted))
  }
  return map
}

function keyOf({ key }: Pair): string {
  return String(isScalar(key) ? key.value : key)
}

/** Each item becomes of that which it was: an equal one, else one of its name, else the one at its place. */
function changedSeq(document: Document, seq: YAMLSeq, values: readonly unknown[]): YAMLSeq {
  commentFirst(seq)
  const before = seq.items.map(item => (isNode(item) ? item.toJS(document) : item) as unknown)
  const free = new Set(before.keys())
  const sources = values.map((): number | undefined => undefined)
  const taking = (fits: (old: unknown, value: unknown, isAtPlace: boolean) => boolean): void => {
    for (const [place, value] of values.entries()) {
      if (sources[place] !== undefined) continue
      const found = [...free].find(at => fits(before[at], value, at === place))
      if (found === undefined) continue
      sources[place] = found
      free.delete(found)
    }
  }
  taking((old, value) => isDeepStrictEqual(old, value))
  taking((old, value) => nameOf(old) !== undefined && nameOf(old) === nameOf(value))
  taking(
    (old, value, isAtPlace) =>
      isAtPlace && nameOf(old) === undefined && nameOf(value) === undefined,
  )
  seq.items = values.map((value, place) => {
    const source = sources[place]
    return source === undefined
      ? document.createNode(value)
      : become(document, seq.items[source], value)
  })
  return seq
}

/** A comment above the first item is read as the list's; it is the item's, and goes where that goes. */
function commentFirst(seq: YAMLSeq): void {
  const [first] = seq.items
  if (!isNode(first) || typeof seq.commentBefore !== 'string') return
  first.commentBefore ??= seq.commentBefore
  seq.commentBefore = null
}

/** What tells an item of a list from its neighbours. */
function nameOf(value: unknown): string | undefined {
  if (!isRecord(value)) return undefined
  const { label, entityName, fieldName, field } = value
  const said = [label, entityName, fieldName, field].filter(one => typeof one === 'string')
  return said.length === 0 ? undefined : said.join(' ')
}
