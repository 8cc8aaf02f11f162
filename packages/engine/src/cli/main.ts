import { readFile, writeFile } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { MainstemError } from '@mainstem/contracts'
import {
  commandService,
  findProject,
  initLines,
  initProject,
  inspectFile,
  inspectionLines,
  loadProject,
  resolutionLines,
  resolveFiles,
  restoreStore,
  runOnce,
  serveUntilStopped,
  systemClock,
} from '../app/cli-door.ts'
import { answerLines } from './answer-lines.ts'
import { helpLines } from './commands.ts'
import { onceLines } from './once-lines.ts'
import { type ExitCode, type Printer, printerFor } from './output/index.ts'
import { type ParsedCommand, parseArguments } from './parse-arguments.ts'
import { previewLines } from './preview-lines.ts'

/** Runs one command line; answers its exit code. */
async function main(words: readonly string[]): Promise<ExitCode> {
  const printer = printerFor({
    stdout: process.stdout,
    stderr: process.stderr,
    environment: process.env,
    json: words.includes('--json'),
    nowMs: () => Date.now(),
  })
  try {
    const parsed = parseArguments(words)
    if (!parsed || parsed.wantsHelp) {
      printer.answer({ usage: helpLines() }, () => helpLines())
      return 0
    }
    return await runCommand(parsed, printer)
  } catch (error) {
    return printer.failure(error)
  }
}

async function runCommand(parsed: ParsedCommand, printer: Printer): Promise<ExitCode> {
  switch (parsed.command.name) {
    case 'start':
      return await start(parsed, printer)
    case 'inspect': {
      const document = await inspectFile(text(parsed, 'file'))
      printer.answer(document, () => inspectionLines(document))
      return 0
    }
    case 'init':
      return await init(parsed, printer)
    case 'resolve': {
      const document = await resolveFiles(resolveRequest(parsed))
      printer.answer(document, () => resolutionLines(document))
      return 0
    }
    case 'restore': {
      const project = await projectOf(parsed)
      const document = await restoreStore(text(parsed, 'directory'), project.storePath, {
        force: parsed.params['force'] === true,
      })
      printer.answer(document, paint => answerLines('restore', document, paint))
      return 0
    }
    default:
      return await ask(parsed, printer)
  }
}

/** A command that the service answers. */
async function ask(parsed: ParsedCommand, printer: Printer): Promise<ExitCode> {
  const { command } = parsed
  const method = command.method ?? command.name
  const project = await projectOf(parsed)
  const params = await paramsOf(parsed)
  const service = await commandService(project, { clock: systemClock, method })
  try {
    const wantsLines = !parsed.isJson
    const answer = await service.handle(
      method,
      { ...params, wantsLines },
      { progress: update => tell(printer, update) },
    )
    const { document: answered, lines } = wantsLines
      ? told(JSON.parse(answer))
      : { document: JSON.parse(answer), lines: undefined }
    const document = await withPicture(answered, params['svg'])
    printer.answer(document, paint => lines ?? answerLines(command.name, document, paint))
    return findingOf(command.name, document)
  } finally {
    await service.close()
  }
}

/** Writes the picture of a document to its file, and says there where it is. */
async function withPicture(document: unknown, path: unknown): Promise<unknown> {
  if (typeof path !== 'string' || typeof document !== 'object' || document === null) return document
  const { svg, ...rest }: { svg?: unknown } = { ...document }
  if (typeof svg !== 'string') return document
  try {
    await writeFile(path, svg)
  } catch (error) {
    const says = `The picture cannot be written to ${basename(path)}. Name a file in a folder that can be written.`
    throw new MainstemError('USAGE', says, { key: 'svg' }, error)
  }
  return { ...rest, svg: path }
}

/** A document, and the lines that its command has for people, if any. */
function told(answer: unknown): { document: unknown; lines: readonly string[] | undefined } {
  const parts = new Map<string, unknown>(
    typeof answer === 'object' && answer !== null ? Object.entries(answer) : [],
  )
  const lines = parts.get('lines')
  return {
    document: parts.get('document'),
    lines: Array.isArray(lines) ? lines.map(String) : undefined,
  }
}

/** 1 where the answer is a finding: a failed stage, differences, a failed check, nothing to publish. */
function findingOf(command: string, document: unknown): ExitCode {
  const entries = typeof document === 'object' && document !== null ? Object.entries(document) : []
  const isFine = FINE[command]
  return isFine === undefined || isFine(new Map<string, unknown>(entries)) ? 0 : 1
}

type Body = ReadonlyMap<string, unknown>

const FINE: Readonly<Record<string, (body: Body) => boolean>> = {
  run: body => body.get('status') === 'SUCCESS',
  verify: body => body.get('differences') === 0 && isEmpty(body.get('notCompared')),
  doctor: body => body.get('ok') === true,
  'segments publish': hasNoReason,
  'activations publish': hasNoReason,
}

function isEmpty(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0
}

function hasNoReason(body: Body): boolean {
  return body.get('reason') === undefined || body.get('reason') === null
}

async function start(parsed: ParsedCommand, printer: Printer): Promise<ExitCode> {
  const project = await projectOf(parsed)
  if (parsed.params['once'] !== true) {
    const port = parsed.params['port'] === undefined ? undefined : Number(text(parsed, 'port'))
    await serveUntilStopped(project, { port, note: line => printer.note(line) })
    return 0
  }
  const now = parsed.params['now'] === undefined ? undefined : text(parsed, 'now')
  const result = await runOnce(project, {
    clock: systemClock,
    now,
    call: { progress: update => tell(printer, update) },
  })
  printer.answer(result, paint => onceLines(result, paint))
  return result.run['status'] === 'SUCCESS' ? 0 : 1
}

async function init(parsed: ParsedCommand, printer: Printer): Promise<ExitCode> {
  const from = parsed.params['from']
  const files = Array.isArray(from) ? from.map(file => resolve(String(file))) : []
  if (files.length === 0)
    throw new MainstemError(
      'USAGE',
      '"mainstem init" needs --from FILE… and the folder of the new project.',
    )
  const directory = text(parsed, 'directory')
  const document = await initProject(files, resolve(directory), {
    onPreview: previews => {
      for (const line of previews.flatMap(previewLines)) printer.note(line)
      return true
    },
    onStage: result => tell(printer, result),
  })
  if (!document) return 1
  printer.answer(document, () => initLines(document, directory))
  return 0
}

function resolveRequest({ params }: ParsedCommand): Parameters<typeof resolveFiles>[0] {
  const option = (name: string): string | undefined =>
    typeof params[name] === 'string' ? params[name] : undefined
  const { files } = params
  return {
    files: Array.isArray(files) ? files.map(String) : [],
    ruleset: option('ruleset'),
    columns: option('columns'),
    ignore: option('ignore'),
    truth: option('truth'),
    out: option('out'),
    into: option('into'),
    region: option('region'),
    memory: option('memory'),
  }
}

async function projectOf(parsed: ParsedCommand): ReturnType<typeof loadProject> {
  return await loadProject(await findProject(resolve(parsed.project ?? process.cwd())))
}

async function paramsOf(parsed: ParsedCommand): Promise<Record<string, unknown>> {
  const params: Record<string, unknown> = { ...parsed.params }
  if (parsed.command.name === 'query' && typeof params['file'] === 'string') {
    params['sql'] = await readFile(params['file'], 'utf8')
  }
  for (const name of ['file', 'truth', 'directory', 'svg']) {
    const value = params[name]
    if (typeof value === 'string') params[name] = resolve(value)
  }
  return params
}

function text(parsed: ParsedCommand, name: string): string {
  const value = parsed.params[name]
  if (typeof value === 'string') return value
  throw new MainstemError(
    'USAGE',
    `"mainstem ${parsed.command.name}" needs ${parsed.command.usage}.`,
  )
}

function tell(printer: Printer, update: object): void {
  const facts = new Map<string, unknown>(Object.entries(update))
  const seconds = Number(facts.get('seconds') ?? 0).toFixed(1)
  printer.note(
    `${String(facts.get('stage'))} ${String(facts.get('name'))}: ${String(facts.get('status'))}, ${String(facts.get('rowsOut'))} rows, ${seconds} s`,
  )
}

process.exitCode = await main(process.argv.slice(2))
