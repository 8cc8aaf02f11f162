/**
 * Every error a person or a client can meet: its HTTP status, and whether trying again can help.
 * The docs page, the OpenAPI document and the texts people see are made from this table.
 */
export const ERRORS = {
  CONFIG_INVALID: {
    status: 400,
    retry: 'never',
    says: 'A project file is not as its schema wants it.',
  },
  USAGE: { status: 400, retry: 'never', says: 'The command or request is not one Mainstem knows.' },
  NAME_INVALID: { status: 400, retry: 'never', says: 'A name breaks the naming rules.' },
  PROJECT_NOT_FOUND: { status: 404, retry: 'never', says: 'No mainstem.yaml was found.' },
  STREAM_NOT_FOUND: { status: 404, retry: 'never', says: 'No data stream has this name.' },
  OBJECT_NOT_FOUND: { status: 404, retry: 'never', says: 'No object has this name.' },
  PROFILE_NOT_FOUND: { status: 404, retry: 'never', says: 'No profile answers to this key.' },
  DEFINITION_NOT_FOUND: { status: 404, retry: 'never', says: 'No definition has this name.' },
  ENVELOPE_INVALID: {
    status: 400,
    retry: 'never',
    says: 'The request body is not {"data": [...]}.',
  },
  BODY_TOO_LARGE: { status: 413, retry: 'never', says: 'The request body is over the limit.' },
  UNAUTHORIZED: { status: 401, retry: 'never', says: 'The bearer token is missing or wrong.' },
  DELETE_NOT_ENABLED: { status: 400, retry: 'never', says: 'Deletes go through bulk delete.' },
  MODE_NOT_ALLOWED: {
    status: 400,
    retry: 'never',
    says: 'This refresh mode does not fit the stream.',
  },
  CATEGORY_FIXED: {
    status: 409,
    retry: 'never',
    says: 'What is fixed once a stream is saved was changed.',
  },
  SCHEMA_NOT_ADDITIVE: {
    status: 409,
    retry: 'never',
    says: 'Fields may be added, never removed or retyped.',
  },
  COLUMN_MISSING: {
    status: 422,
    retry: 'never',
    says: 'The source lacks a column that the stream needs.',
  },
  SOURCE_MISSING: { status: 404, retry: 'later', says: 'The source file is not there.' },
  SOURCE_UNREADABLE: {
    status: 422,
    retry: 'never',
    says: 'The source cannot be read as its format.',
  },
  REFRESH_SHRINK: {
    status: 409,
    retry: 'never',
    says: 'A full refresh would remove too many rows.',
  },
  MAPPING_INVALID: {
    status: 400,
    retry: 'never',
    says: 'A mapping does not fit the stream or the model.',
  },
  RULESET_INVALID: { status: 400, retry: 'never', says: 'A ruleset cannot run as it is.' },
  RULESET_LIMIT: { status: 400, retry: 'never', says: 'More rulesets than the limit.' },
  DECISION_INVALID: {
    status: 400,
    retry: 'never',
    says: 'A decision about records cannot be read.',
  },
  DECISION_CONFLICT: {
    status: 409,
    retry: 'never',
    says: 'A decision about records contradicts others.',
  },
  SQL_INVALID: { status: 400, retry: 'never', says: 'The SQL cannot be read.' },
  SQL_NOT_ALLOWED: { status: 400, retry: 'never', says: 'The SQL uses what is not allowed.' },
  SQL_LIMIT: { status: 408, retry: 'later', says: 'The statement went over a limit.' },
  INSIGHT_INVALID: { status: 400, retry: 'never', says: 'The calculated insight breaks a rule.' },
  SEGMENT_INVALID: { status: 400, retry: 'never', says: 'The segment cannot be evaluated.' },
  ACTIVATION_INVALID: { status: 400, retry: 'never', says: 'The activation cannot run as it is.' },
  CONSENT_UNSUPPORTED: {
    status: 400,
    retry: 'never',
    says: 'Consent purposes are not served yet.',
  },
  TARGET_FAILED: { status: 502, retry: 'later', says: 'The activation target refused the data.' },
  NOT_SUPPORTED: { status: 400, retry: 'never', says: 'This feature is not served yet.' },
  DISK_FULL: { status: 503, retry: 'later', says: 'There is no room left to store data durably.' },
  TOO_MANY_REQUESTS: {
    status: 429,
    retry: 'later',
    says: 'More requests at once than the server takes.',
  },
  NOT_FOUND: { status: 404, retry: 'never', says: 'Nothing is served at this address.' },
  TIMED_OUT: { status: 408, retry: 'later', says: 'The request took too long to arrive.' },
  JOURNAL_BUSY: {
    status: 503,
    retry: 'later',
    says: 'More records are waiting for the disk than may.',
  },
  STORE_UNWRITABLE: { status: 503, retry: 'later', says: "The store's disk cannot be written." },
  ENGINE_AWAY: { status: 503, retry: 'later', says: 'The engine is starting again.' },
  STORE_LOCKED: { status: 409, retry: 'later', says: 'Another process has the store open.' },
  STORE_VERSION: { status: 409, retry: 'never', says: 'The store was written by another version.' },
  STORE_DAMAGED: { status: 500, retry: 'never', says: 'The store on disk is damaged.' },
  INTERNAL: { status: 500, retry: 'later', says: 'Mainstem failed; the log has the reason.' },
} as const satisfies Record<string, { status: number; retry: 'never' | 'later'; says: string }>

/** The code of an error in the catalogue. */
export type ErrorCode = keyof typeof ERRORS

/** What an error may say beside its sentence: never a customer's data. */
export interface ErrorDetails {
  readonly file?: string | undefined
  readonly line?: number | undefined
  readonly key?: string | undefined
  /** What to do; on the command line, if that is another thing than over HTTP. */
  readonly fix?: string | undefined
  /** What to do over HTTP, where commands and their flags are no help. */
  readonly fixOverHttp?: string | undefined
  readonly [more: string]: string | number | boolean | undefined
}

/** The world is wrong (a file, a request, a disk). The message is a sentence for who must act. */
export class MainstemError extends Error {
  override readonly name = 'MainstemError'
  readonly code: ErrorCode
  readonly details: ErrorDetails

  // oxlint-disable-next-line max-params -- what, in words, where, and why: an error has four parts.
  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.details = details
  }

  /** The HTTP status that this error is answered with. */
  get status(): number {
    return ERRORS[this.code].status
  }
}

/** What somebody who asked over HTTP is to do about an error. */
export function fixOverHttp({ fix, fixOverHttp: own }: ErrorDetails): string | undefined {
  return own ?? fix
}

/** A sentence and what to do about it, each told once: many sentences end in their fix. */
export function withFix(sentence: string, fix: string | undefined): string {
  return fix === undefined || sentence.includes(fix) ? sentence : `${sentence} ${fix}`
}
