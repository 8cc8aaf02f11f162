import { assert } from '../../kernel/assert.ts'
import { errorDocument, errorLines, type ExitCode, exitCodeOf } from './command-error.ts'
import { jsonDocument } from './json-document.ts'
import { type Paint, paintFor } from './paint.ts'
import { progressBar, type ProgressBar } from './progress-bar.ts'
import type { Environment, TextStream } from './stream.ts'

/** Where a command prints, and how. */
export interface PrinterSettings {
  readonly stdout: TextStream
  readonly stderr: TextStream
  readonly environment: Environment
  /** Whether `--json` was given. */
  readonly json: boolean
  readonly nowMs: () => number
}

/**
 * Prints for one command. The answer goes to stdout, once: with `--json` it is exactly one JSON
 * document, for people the lines that say the same. All else goes to stderr.
 */
export interface Printer {
  readonly paint: Paint
  readonly progress: ProgressBar
  /** The answer: the document, or the lines made from it. */
  answer(document: unknown, lines: (paint: Paint) => readonly string[]): void
  /** The error in the place of an answer; returns the exit code. */
  failure(error: unknown): ExitCode
  /** A line for people about what is going on. */
  note(line: string): void
}

/** The printer of a command. */
export function printerFor(settings: PrinterSettings): Printer {
  const { stdout, stderr, json, nowMs } = settings
  const paint = paintFor(stdout, settings.environment)
  const loud = paintFor(stderr, settings.environment)
  const progress = progressBar(stderr, nowMs)
  let answered = false
  const once = (): void => {
    assert(!answered, 'a command answers once')
    answered = true
    progress.clear()
  }
  return {
    paint,
    progress,
    answer(document, lines) {
      once()
      stdout.write(json ? jsonDocument(document) : asText(lines(paint)))
    },
    failure(error) {
      once()
      if (json) stdout.write(jsonDocument(errorDocument(error)))
      else stderr.write(asText(errorLines(error).map(line => loud.red(line))))
      return exitCodeOf(error)
    },
    note(line) {
      progress.clear()
      stderr.write(`${loud.dim(line)}\n`)
    },
  }
}

function asText(lines: readonly string[]): string {
  return lines.map(line => `${line}\n`).join('')
}
