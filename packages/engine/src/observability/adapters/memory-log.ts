import { type LoggedCause, loggedCause } from '../log-cause.ts'
import { LOG_FIELDS, type Log, type LogFacts, type LogFields, type LogLevel } from '../log.ts'

/** A line as it was written. */
export interface LoggedLine {
  readonly level: LogLevel
  readonly sentence: string
  readonly fields: LogFields
  readonly cause?: LoggedCause | undefined
}

/** A log that keeps its last lines: for tests, and where nobody listens. */
export class MemoryLog implements Log {
  readonly lines: LoggedLine[] = []
  readonly #linesMax: number

  constructor(linesMax = 10_000) {
    this.#linesMax = linesMax
  }

  write(level: LogLevel, sentence: string, facts: LogFacts = {}): void {
    if (this.lines.length >= this.#linesMax) this.lines.shift()
    const kept = LOG_FIELDS.filter(field => facts[field] !== undefined)
    const fields = Object.fromEntries(kept.map(field => [field, facts[field]]))
    this.lines.push({ level, sentence, fields, cause: loggedCause(facts.cause) })
  }
}
