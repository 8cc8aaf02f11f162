import { type ErrorCode, MainstemError } from '@mainstem/contracts'

/** One thing that is wrong in the project's files, told to the person who wrote them. */
export interface Mistake {
  readonly code: ErrorCode
  /** Relative to the project, with forward slashes. */
  readonly file: string
  /** Counted from 1; absent where the file as a whole, or a folder, is wrong. */
  readonly line?: number | undefined
  /** Where in the file, as `connector.path` or `objects[1].fields.Id`. */
  readonly key?: string | undefined
  /** What is wrong, as a sentence. */
  readonly says: string
  /** What to do about it, as a sentence. */
  readonly fix: string
}

/**
 * The project cannot be loaded: every mistake in it, told at once. The code is that of the
 * mistakes where they agree, and `CONFIG_INVALID` where they do not; `details` are the first's.
 */
export class ProjectError extends MainstemError {
  readonly mistakes: readonly Mistake[]

  /** `subject` is what has the mistakes, where it is no project. */
  constructor(mistakes: readonly Mistake[], subject = 'The project') {
    const [first] = mistakes
    const sameCode = first !== undefined && mistakes.every(({ code }) => code === first.code)
    super(
      sameCode ? first.code : 'CONFIG_INVALID',
      messageOf(mistakes, subject),
      first && { file: first.file, line: first.line, key: first.key, fix: first.fix },
    )
    this.mistakes = mistakes
  }
}

/** Mistakes shown in one message; the rest are counted. */
const MISTAKES_SHOWN_MAX = 50

function messageOf(mistakes: readonly Mistake[], subject: string): string {
  const lines = mistakes.slice(0, MISTAKES_SHOWN_MAX).map(mistakeLine)
  if (lines.length === 1) return lines.join('')
  const rest = mistakes.length - lines.length
  const more = rest > 0 ? [`  and ${rest} more`] : []
  const head = `${subject} has ${mistakes.length} mistakes:`
  return [head, ...lines.map(line => `  ${line}`), ...more].join('\n')
}

/** A mistake on one line: `streams/orders.yaml:3: what is wrong. What to do.` */
export function mistakeLine({ file, line, says, fix }: Mistake): string {
  return `${file}${line === undefined ? '' : `:${line}`}: ${says} ${fix}`
}

/** Files in order, lines in order: the same project always tells its mistakes the same way. */
export function inReadingOrder(mistakes: readonly Mistake[]): readonly Mistake[] {
  return mistakes.toSorted(
    (left, right) =>
      compareText(left.file, right.file) ||
      (left.line ?? 0) - (right.line ?? 0) ||
      compareText(left.key ?? '', right.key ?? ''),
  )
}

/** By code unit, so that the order does not depend on the machine's language. */
export function compareText(left: string, right: string): number {
  if (left === right) return 0
  return left < right ? -1 : 1
}
