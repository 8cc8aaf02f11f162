import { type DestinationStream, pino } from 'pino'
import { type LoggedCause, loggedCause } from '../log-cause.ts'
import { LOG_FIELDS, type Log, type LogFacts, type LogLevel } from '../log.ts'

/** How a log is set up. */
export interface PinoLogSettings {
  readonly level: LogLevel
  /** Who writes: `edge` or `engine`. */
  readonly process: string
  /** Where lines go; standard error unless given, since standard output belongs to answers. */
  readonly to?: DestinationStream | undefined
}

/** A log of one JSON object a line. */
export class PinoLog implements Log {
  readonly #pino: ReturnType<typeof pino>

  constructor(settings: PinoLogSettings) {
    const options = {
      level: settings.level,
      base: { process: settings.process },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label: string) => ({ level: label }) },
    }
    this.#pino = pino(options, settings.to ?? pino.destination({ dest: 2, sync: false }))
  }

  write(level: LogLevel, sentence: string, facts: LogFacts = {}): void {
    if (!this.#pino.isLevelEnabled(level)) return
    const line: Record<string, string | number | boolean | LoggedCause> = {}
    for (const field of LOG_FIELDS) {
      const value = facts[field]
      if (value !== undefined) line[field] = value
    }
    const told = loggedCause(facts.cause)
    if (told !== undefined) line['cause'] = told
    this.#pino[level](line, sentence)
  }
}
