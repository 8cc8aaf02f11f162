import { type ErrorCode, MainstemError, withFix } from '@mainstem/contracts'

/** How a command ended: 0 fine, 1 a finding, 2 wrong usage or configuration. */
export type ExitCode = 0 | 1 | 2

/** Errors that the person who typed the command, or wrote the project, can put right. */
const USAGE_CODES: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'ACTIVATION_INVALID',
  'CATEGORY_FIXED',
  'CONFIG_INVALID',
  'CONSENT_UNSUPPORTED',
  'DECISION_CONFLICT',
  'DECISION_INVALID',
  'DEFINITION_NOT_FOUND',
  'INSIGHT_INVALID',
  'MAPPING_INVALID',
  'MODE_NOT_ALLOWED',
  'NAME_INVALID',
  'NOT_SUPPORTED',
  'OBJECT_NOT_FOUND',
  'PROFILE_NOT_FOUND',
  'PROJECT_NOT_FOUND',
  'RULESET_INVALID',
  'RULESET_LIMIT',
  'SCHEMA_NOT_ADDITIVE',
  'SEGMENT_INVALID',
  'SOURCE_MISSING',
  'SQL_INVALID',
  'SQL_NOT_ALLOWED',
  'STREAM_NOT_FOUND',
  'USAGE',
])

/** The exit code that an error ends its command with. */
export function exitCodeOf(error: unknown): ExitCode {
  return error instanceof MainstemError && USAGE_CODES.has(error.code) ? 2 : 1
}

/** What `--json` prints of an error. An error of our own never shows its text: it may quote data. */
export interface ErrorDocument {
  readonly error: {
    readonly code: ErrorCode
    readonly message: string
    readonly details?: unknown
    readonly mistakes?: unknown
  }
}

/** An error as the document that `--json` prints. */
export function errorDocument(error: unknown): ErrorDocument {
  if (!(error instanceof MainstemError)) {
    return { error: { code: 'INTERNAL', message: INTERNAL_MESSAGE } }
  }
  const { code, message } = error
  const { fixOverHttp: _forOthers, ...details } = error.details
  const mistakes = 'mistakes' in error ? { mistakes: error.mistakes } : {}
  return { error: { code, message, details, ...mistakes } }
}

/** An error as lines for people: the sentences, and the code to look up. */
export function errorLines(error: unknown): readonly string[] {
  const { code, message } = errorDocument(error).error
  const fix = error instanceof MainstemError ? error.details.fix : undefined
  return [...withFix(message, fix).split('\n'), `(${code})`]
}

const INTERNAL_MESSAGE = 'Mainstem failed, and this is a fault of its own. The log has the reason.'
