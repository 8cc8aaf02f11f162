import { MainstemError } from '@mainstem/contracts'
import { nearestName } from '../kernel/nearest-name.ts'
import { type CommandSpec, COMMANDS } from './commands.ts'

/** A command line, read. */
export interface ParsedCommand {
  readonly command: CommandSpec
  readonly params: Readonly<Record<string, string | boolean | readonly string[]>>
  readonly project: string | undefined
  readonly isJson: boolean
  readonly wantsHelp: boolean
}

/** Options that take several values, up to the next option. */
const LISTS = new Set(['keys', 'from'])

/** Reads a command line; USAGE with the nearest known name for what it does not know. */
export function parseArguments(line: readonly string[]): ParsedCommand | undefined {
  const words = commandFirst(line.filter(word => word !== '--json'))
  const [first, second] = words
  if (first === undefined || first === '--help' || first === 'help') return undefined
  const command =
    COMMANDS.find(one => one.name === `${first} ${second ?? ''}`) ??
    COMMANDS.find(one => one.name === first)
  if (!command) {
    const near = nearestName(
      first,
      COMMANDS.map(one => one.name),
    )
    throw usage(
      `There is no command "${first}".${near === undefined ? '' : ` Did you mean "${near}"?`} "mainstem --help" lists all.`,
    )
  }
  const read = new ArgumentReader(command, words.slice(command.name.split(' ').length)).read()
  return { ...read, isJson: read.isJson || words.length < line.length }
}

/** The project may be named before the command. */
function commandFirst(words: readonly string[]): readonly string[] {
  const [first = ''] = words
  const length = first === '--project' ? 2 : Number(first.startsWith('--project='))
  return [...words.slice(length), ...words.slice(0, length)]
}

class ArgumentReader {
  readonly #command: CommandSpec
  readonly #words: readonly string[]
  readonly #params: Record<string, string | boolean | readonly string[]> = {}
  readonly #plain: string[] = []
  #project: string | undefined
  #isJson = false
  #wantsHelp = false
  #at = 0

  constructor(command: CommandSpec, words: readonly string[]) {
    this.#command = command
    this.#words = words
  }

  read(): ParsedCommand {
    for (this.#at = 0; this.#at < this.#words.length; this.#at++) {
      const word = this.#words[this.#at] ?? ''
      if (word.startsWith('--')) this.#option(word.slice(2))
      else this.#plain.push(word)
    }
    this.#directoryAfterFiles()
    this.#positionals()
    return {
      command: this.#command,
      params: this.#params,
      project: this.#project,
      isJson: this.#isJson,
      wantsHelp: this.#wantsHelp,
    }
  }

  #option(text: string): void {
    const [name = '', inline] = text.split(/=(.*)/s)
    const flag = this.#command.flags?.[name]
    if (name === 'json') this.#isJson = true
    else if (name === 'help') this.#wantsHelp = true
    else if (name === 'project') this.#project = inline ?? this.#value(name)
    else if (flag !== undefined) this.#params[flag] = true
    else if (this.#command.options?.[name] === undefined) throw this.#unknown(name)
    else this.#valued(name, inline)
  }

  #unknown(name: string): MainstemError {
    const { flags = {}, options = {} } = this.#command
    const near = nearestName(name, [
      'json',
      'help',
      'project',
      ...Object.keys(flags),
      ...Object.keys(options),
    ])
    const hint = near === undefined ? '' : ` Did you mean --${near}?`
    return usage(`"mainstem ${this.#command.name}" has no option --${name}.${hint}`)
  }

  #valued(name: string, inline: string | undefined): void {
    const param = this.#command.options?.[name] ?? name
    if (!LISTS.has(name)) {
      this.#params[param] = shaped(name, inline ?? this.#value(name))
      return
    }
    const values = inline === undefined ? [] : inline.split(',')
    const rest = this.#words.slice(this.#at + 1)
    const end = rest.findIndex(word => word.startsWith('--'))
    const taken = end < 0 ? rest : rest.slice(0, end)
    this.#params[param] = [...values, ...taken]
    this.#at += taken.length
  }

  /** The folder of `init --from FILE… DIR` is the last of what follows --from, if it is not elsewhere. */
  #directoryAfterFiles(): void {
    const { from } = this.#params
    if (!Array.isArray(from) || this.#plain.length > 0) return
    const files = from.map(String)
    const directory = files.pop()
    this.#params['from'] = files
    if (directory !== undefined) this.#plain.push(directory)
  }

  #value(name: string): string {
    const value = this.#words[++this.#at]
    if (value === undefined || value.startsWith('--')) {
      throw usage(`The option --${name} needs a value; one that begins with -- follows a =.`)
    }
    return value
  }

  #positionals(): void {
    const names = this.#command.positionals
    const rest = names.find(name => name.endsWith('…'))
    if (rest !== undefined) {
      this.#params[rest.slice(0, -1)] = this.#plain
      return
    }
    if (this.#plain.length > names.length) {
      throw usage(
        `"mainstem ${this.#command.name}" takes ${names.length} argument${names.length === 1 ? '' : 's'}: ${this.#command.usage}`,
      )
    }
    for (const [at, name] of names.entries()) {
      const value = this.#plain[at]
      if (value !== undefined) this.#params[name.replace('?', '')] = value
      else if (!name.endsWith('?') && !this.#wantsHelp) {
        throw usage(`"mainstem ${this.#command.name}" needs ${this.#command.usage}.`)
      }
    }
  }
}

/** What the value of an option must be, where not any text will do. */
const SHAPES: Readonly<Record<string, { readonly fits: (text: string) => boolean; says: string }>> =
  {
    port: {
      fits: text => /^\d{1,5}$/.test(text) && Number(text) <= 65_535,
      says: 'a whole number from 0 to 65535, such as 8080',
    },
    now: {
      fits: text => Number.isFinite(Date.parse(text)),
      says: 'a time, such as 2025-07-01T12:00:00Z',
    },
    region: {
      fits: text => /^[A-Z]{2}$/.test(text),
      says: 'two capital letters, such as FR',
    },
    memory: {
      fits: text => /^[1-9][0-9]*(MB|GB)$/.test(text),
      says: 'a whole number and MB or GB, such as 4GB',
    },
  }

function shaped(name: string, value: string): string {
  const shape = SHAPES[name]
  if (shape === undefined || shape.fits(value)) return value
  throw usage(`The option --${name} must be ${shape.says}.`)
}

function usage(message: string): MainstemError {
  return new MainstemError('USAGE', message)
}
