import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { MainstemError } from '@mainstem/contracts'

/** How long a statement is refused that could only be stopped by ending the engine. */
export const REFUSED_MS = 600_000

/**
 * Statements that did not stop when they were told to, so that the engine had to be ended. They are
 * remembered in a file, by a hash of their text, so that the next engine does not run them again at once.
 */
export class RefusedStatements {
  readonly #file: string
  readonly #untilMs: Map<string, number>

  constructor(file: string) {
    this.#file = file
    this.#untilMs = readRefused(file)
  }

  /** Throws if the statement is refused for now. */
  check(text: string, nowMs: number): void {
    const untilMs = this.#untilMs.get(hashOf(text)) ?? 0
    if (untilMs <= nowMs) return
    throw new MainstemError(
      'SQL_LIMIT',
      `This statement could not be stopped when it ran before, and is refused for ${Math.ceil((untilMs - nowMs) / 60_000)} more minutes. Narrow it.`,
    )
  }

  /** Refuses a statement from now on; written at once, because the process is about to end. */
  refuse(text: string, nowMs: number): void {
    this.#untilMs.set(hashOf(text), nowMs + REFUSED_MS)
    const live = [...this.#untilMs].filter(([, untilMs]) => untilMs > nowMs)
    writeFileSync(this.#file, JSON.stringify(Object.fromEntries(live)))
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function readRefused(file: string): Map<string, number> {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'))
    const entries = typeof value === 'object' && value !== null ? Object.entries(value) : []
    return new Map(entries.map(([hash, untilMs]) => [hash, Number(untilMs)]))
  } catch {
    return new Map()
  }
}
