import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type YAMLError,
} from 'yaml'
import type { Mistake } from './mistake.ts'
import { nestsTooDeeply } from './yaml-depth.ts'

/** The way from the top of a file to one of its values. */
export type KeyPath = readonly (string | number)[]

/** A YAML file, read: plain data, and the line that each key stands on. */
export interface YamlFile {
  /** Relative to the project, with forward slashes. */
  readonly file: string
  readonly value: unknown
  /** The line of the key at `path`, or of the nearest key above it that the file has. */
  readonly lineOf: (path: KeyPath) => number
}

/** A project file is written by people; a larger one is data in the wrong place. */
export const FILE_BYTES_MAX = 1_000_000
/** Each alias copies what it points to, and copies of copies grow without end. */
export const ALIASES_MAX = 50

/** Reads one YAML file of the project, or says what is wrong with it. Never runs what it reads. */
export async function readYaml(root: string, file: string): Promise<YamlFile | Mistake[]> {
  const path = join(root, file)
  const found = await stat(path)
  if (found.size > FILE_BYTES_MAX) {
    const says = `The file has ${found.size} bytes; the limit is ${FILE_BYTES_MAX}.`
    return [wrong(file, says, 'Keep data in files of its own and name them here.')]
  }
  try {
    return parseYaml(file, new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path)))
  } catch (error) {
    if (error instanceof TypeError) {
      return [wrong(file, 'The file is not UTF-8 text.', 'Save it as UTF-8.')]
    }
    throw error
  }
}

/** Parses the text of a project file; see `readYaml`. */
export function parseYaml(file: string, text: string): YamlFile | Mistake[] {
  if (nestsTooDeeply(text)) return [wrong(file, TOO_DEEP, 'Write it flatter.')]
  const lines = new LineCounter()
  const document = parseDocument(text, {
    version: '1.2',
    schema: 'core',
    strict: true,
    stringKeys: true,
    // Compared by the parser with every other key of the map: `duplicateKeys` takes one look each.
    uniqueKeys: false,
    prettyErrors: false,
    lineCounter: lines,
  })
  const lineAt = (offset: number): number => Math.max(1, lines.linePos(offset).line)
  const mistakes = [
    ...[...document.errors, ...document.warnings].map(error => unreadable(file, error, lineAt)),
    ...(document.errors.length === 0 ? hostile(file, document, lineAt) : []),
  ]
  if (mistakes.length > 0) return mistakes
  if (document.contents === null) {
    return [wrong(file, 'The file is empty.', 'Write the definition, or delete the file.')]
  }
  try {
    const value: unknown = document.toJS({ maxAliasCount: ALIASES_MAX * 2 })
    return { file, value, lineOf: path => lineAt(offsetOf(document, path)) }
  } catch (error) {
    // How the parser says that aliases of aliases multiply.
    if (!(error instanceof ReferenceError)) throw error
    return [wrong(file, 'The aliases of the file multiply.', 'Write the values themselves.')]
  }
}

const TOO_DEEP = 'The file nests too deeply to be read.'

/** What parses, and may not be used: tags, too many aliases, an alias inside itself, keys twice. */
function hostile(file: string, document: Document, lineAt: (offset: number) => number): Mistake[] {
  const mistakes: Mistake[] = []
  let aliases = 0
  const at = (node: unknown, says: string, fix: string): void => {
    mistakes.push({ ...wrong(file, says, fix), line: lineAt(startOf(node)) })
  }
  const untagged = (node: { readonly tag?: string | undefined }): void => {
    if (node.tag === undefined) return
    at(node, `The tag ${node.tag} is not read.`, 'Write plain text, numbers, lists and keys.')
  }
  visit(document, {
    Alias(_key, node, path) {
      aliases += 1
      const target = node.resolve(document)
      if (target === undefined) {
        at(node, `No anchor is named &${node.source} above this line.`, 'Write the value itself.')
      } else if (path.some(above => above === target)) {
        at(node, `The alias *${node.source} stands inside itself.`, 'Write the value itself.')
      } else if (aliases === ALIASES_MAX + 1) {
        at(node, `The file uses more than ${ALIASES_MAX} aliases.`, 'Write the values themselves.')
      }
    },
    Scalar: (_key, node) => untagged(node),
    Seq: (_key, node) => untagged(node),
    Map(_key, node) {
      untagged(node)
      const seen = new Set<unknown>()
      for (const { key } of node.items) {
        const name = isScalar(key) ? key.value : key
        if (seen.has(name))
          at(key, `The key "${String(name)}" is there twice.`, 'Keep one of them.')
        seen.add(name)
      }
    },
  })
  return mistakes
}

function unreadable(file: string, error: YAMLError, lineAt: (offset: number) => number): Mistake {
  const line = lineAt(error.pos[0])
  if (error.code === 'TAB_AS_INDENT') {
    return { ...wrong(file, 'The line is indented with a tab.', 'Indent with spaces.'), line }
  }
  if (error.code === 'MULTIPLE_DOCS') {
    const says = 'The file holds more than one document.'
    return { ...wrong(file, says, 'Put each definition in a file of its own.'), line }
  }
  const says = `The file is not valid YAML here: ${error.message.replace(/\.$/, '')}.`
  return { ...wrong(file, says, 'Check the indentation, quotes and brackets.'), line }
}

/** Where the key at the end of `path` starts; the last key found where the path goes on further. */
function offsetOf(document: Document, path: KeyPath): number {
  let node: unknown = document.contents
  let offset = startOf(node)
  for (const step of path) {
    if (isAlias(node)) node = node.resolve(document)
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && key.value === String(step))
      if (pair === undefined) return offset
      offset = startOf(pair.key)
      node = pair.value
    } else if (isSeq(node)) {
      const item: unknown = node.items[Number(step)]
      if (item === undefined) return offset
      offset = startOf(isPair(item) ? item.key : item)
      node = item
    } else return offset
  }
  return offset
}

function startOf(node: unknown): number {
  return isNode(node) ? (node.range?.[0] ?? 0) : 0
}

function wrong(file: string, says: string, fix: string): Mistake {
  return { code: 'CONFIG_INVALID', file, says, fix }
}
