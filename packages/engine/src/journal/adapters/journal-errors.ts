import { MainstemError } from '@mainstem/contracts'

/** Damage at a place of the journal. */
export function damaged(file: string, offset: number): MainstemError {
  return new MainstemError(
    'STORE_DAMAGED',
    `The journal file ${file} is damaged at byte ${offset}, and it is not an unfinished last write.`,
    {
      file,
      offset,
      fix: 'Restore the store from a backup; entries from this place on cannot be trusted.',
    },
  )
}

/** What went wrong with a write, in the words of who must act. */
export function writeFailure(cause: unknown): MainstemError {
  return diskFailure(cause, 'the entry was not taken')
}

/** Why the journal could not be opened: as it is if it says so itself, else by the system's code. */
export function openFailure(cause: unknown): unknown {
  if (systemCodeOf(cause) === undefined || cause instanceof MainstemError) return cause
  return diskFailure(cause, 'it could not be opened')
}

function diskFailure(cause: unknown, outcome: string): MainstemError {
  const system = systemCodeOf(cause) ?? 'unknown'
  if (system === 'ENOSPC' || system === 'EDQUOT' || system === 'EFBIG') {
    return new MainstemError(
      'DISK_FULL',
      `There is no room left on the disk of the journal; ${outcome}.`,
      { system, fix: "Make room on the disk of the store's folder, then try again." },
      cause,
    )
  }
  return new MainstemError(
    'INTERNAL',
    `The disk of the journal answered ${system}; ${outcome}.`,
    { system, fix: "Check the disk of the store's folder, then try again." },
    cause,
  )
}

/** JN5: entries that were let go are never skipped in silence. */
export function goneError(position: bigint): MainstemError {
  return new MainstemError(
    'STORE_DAMAGED',
    `The journal no longer has entry ${position}, which was asked for.`,
    {
      position: position.toString(),
      fix: 'The lake is older than the journal: restore both from one backup.',
    },
  )
}

/** The journal ends before what was applied from it, so new entries would take used positions. */
export function endsTooEarly(end: bigint, startAfter: bigint): MainstemError {
  return new MainstemError(
    'STORE_DAMAGED',
    `The journal ends at position ${end}, but entries up to ${startAfter} were applied from it.`,
    {
      end: end.toString(),
      applied: startAfter.toString(),
      fix: 'Restore journal and lake from one backup.',
    },
  )
}

/** More waits for the disk than the setting allows. */
export function queueFull(limit: string, value: number): MainstemError {
  return new MainstemError(
    'ENGINE_AWAY',
    `Too much waits to be written to the journal (${limit} is ${value}); the entry was not taken.`,
    { limit, value, fix: `Send it again later, or raise ${limit}.` },
  )
}

/** One entry is over the setting. */
export function tooLarge(bodyBytesMax: number): MainstemError {
  return new MainstemError(
    'BODY_TOO_LARGE',
    `The entry is over journal.bodyBytesMax (${bodyBytesMax} bytes); it was not taken.`,
    {
      limit: 'journal.bodyBytesMax',
      value: bodyBytesMax,
      fix: 'Send it in parts, or as a file.',
    },
  )
}

/** Nothing is taken in once the journal closes. */
export function closedError(): MainstemError {
  return new MainstemError('ENGINE_AWAY', 'The journal is closed; the entry was not taken.', {
    fix: 'Send it again when Mainstem runs.',
  })
}

/** The code that the operating system gives an error, such as `ENOENT`. */
export function systemCodeOf(cause: unknown): string | undefined {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : undefined
}
