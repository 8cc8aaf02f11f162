/**
 * What a log line may carry beside its sentence. A closed list of facts about the work, none about
 * the people in the data: there is no field for a body, a key, an e-mail, a query string or a value.
 */
export const LOG_FIELDS = [
  'bytes',
  'code',
  'host',
  'kind',
  'method',
  'ms',
  'name',
  'pid',
  'port',
  'position',
  'problems',
  'route',
  'rows',
  'seconds',
  'space',
  'stage',
  'status',
  'stream',
  'traceId',
  'version',
] as const

/** The name of a fact that a log line may carry. */
export type LogField = (typeof LOG_FIELDS)[number]

/** The facts of one log line. */
export type LogFields = { readonly [field in LogField]?: string | number | boolean | undefined }

/** Facts, and the error that the line is about. */
export interface LogFacts extends LogFields {
  readonly cause?: unknown
}

/** How much a line matters. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/**
 * Structured logs, without customer data.
 *
 * - LG1 a field that `LOG_FIELDS` does not name is left out, whatever the caller's type said.
 * - LG2 of a cause, and of what it came from, its name, its kind, its code and the places in our code are written, without the folders
 *   that they are installed in; its text, in place of those, only if it is a `MainstemError`, whose
 *   sentences hold no data by contract. A driver's text may quote rows.
 * - LG3 a line under the adapter's level costs next to nothing and writes nothing.
 */
export interface Log {
  /** One line. The sentence is a constant of the code, never made of data. */
  write(level: LogLevel, sentence: string, facts?: LogFacts): void
}
