import { MainstemError } from '@mainstem/contracts'

/** What may be written of an error. */
export interface LoggedCause {
  readonly error: string
  readonly errorCode?: string | undefined
  /** What kind of error the database calls it. */
  readonly kind?: string | undefined
  readonly message?: string | undefined
  readonly at?: string | undefined
  /** What it came from. */
  readonly by?: LoggedCause | undefined
}

const FRAMES_MAX = 8
const CAUSES_MAX = 2

/** The first words of a database's error. Only these: what follows them, or stands there else, may be data. */
const KIND =
  /^(Binder|Catalog|Constraint|Conversion|Dependency|FATAL|INTERNAL|INTERRUPT|IO|Invalid Input|Mismatch Type|Not implemented|Out of Memory|Out of Range|Parser|Permission|Serialization|TransactionContext|Type) Error:/i

/** `    at name (place:1:2)` or `    at place:1:2`: letters that code is written in, and no quotes. */
const FRAME = /^ {4}at (?:[\w.<>[\] #$]+ \()?[\w./:@$-]+:\d+:\d+\)?$/

/** Everything up to the folder of the code, built or not, or of the packages that it uses. */
const FOLDERS = /[\w./:@$-]*\/(?:src|dist|node_modules)\//

/** An error as a log may show it (LG2): never the text of an error that is not ours. */
export function loggedCause(cause: unknown, depth = 0): LoggedCause | undefined {
  if (cause === undefined || depth > CAUSES_MAX) return undefined
  if (!(cause instanceof Error)) return { error: typeof cause }
  return {
    error: cause.name,
    errorCode: codeOf(cause),
    kind: kindOf(cause),
    message: cause instanceof MainstemError ? cause.message : undefined,
    // A mistake of the world's is told by its sentence; a place in the code helps nobody with it.
    at: cause instanceof MainstemError ? undefined : framesOf(cause),
    by: loggedCause(cause.cause, depth + 1),
  }
}

/** The code of a Node.js or Mainstem error: an upper-case word, so that it cannot be data. */
function codeOf(cause: Error): string | undefined {
  if (!('code' in cause) || typeof cause.code !== 'string') return undefined
  return /^[A-Z][A-Z0-9_]{1,60}$/.test(cause.code) ? cause.code : undefined
}

function kindOf(cause: Error): string | undefined {
  return cause instanceof MainstemError ? undefined : KIND.exec(cause.message)?.[1]
}

/** The stack's own lines. A message of many lines comes before them and is skipped with the first. */
function framesOf(cause: Error): string | undefined {
  const text = cause.stack ?? ''
  const ownText = `${cause.name}: ${cause.message}`
  const frames = text.startsWith(ownText) ? text.slice(ownText.length) : text
  const lines = frames.split('\n').filter(line => FRAME.test(line))
  if (lines.length === 0) return undefined
  return lines
    .slice(0, FRAMES_MAX)
    .map(line => line.trim().replace(FOLDERS, ''))
    .join(' < ')
}
