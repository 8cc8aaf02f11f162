/** What a problem code means, and what to do about it. `{field}` stands for the field's name. */
export interface ProblemWords {
  readonly says: string
  readonly fix: string
}

/** Every code that a problem record can have. Sentences never quote the record. */
export const PROBLEM_CODES: Readonly<Record<string, ProblemWords>> = {
  MALFORMED_RECORD: {
    says: 'The record is not a JSON object that can be read.',
    fix: 'Correct it in the source and send it again.',
  },
  MISSING_KEY: {
    says: 'The key field {field} is empty, so nothing tells the record from others.',
    fix: 'Fill {field} in the source, or choose a primary key that every record has.',
  },
  MISSING_EVENT_TIME: {
    says: 'The event time {field} is empty.',
    fix: 'Fill {field} in the source: an event needs to have happened at some time.',
  },
  TYPE_MISMATCH: {
    says: 'The value of {field} cannot be read as the type of the field.',
    fix: 'Correct {field} in the source, or take it in under another field of type Text.',
  },
  NUMBER_PRECISION: {
    says: 'The number in {field} has more than 18 decimal places, which would be lost.',
    fix: 'Round {field} in the source, or take it in under another field of type Text.',
  },
  FIELD_TOO_LONG: {
    says: 'The text in {field} is longer than a field may be (1 MiB).',
    fix: 'Shorten {field} in the source, or leave the field out of the stream.',
  },
  INVALID_ENCODING: {
    says: 'The line holds bytes that are not UTF-8.',
    fix: 'Export the file as UTF-8 and take it in again.',
  },
  LINE_TOO_LONG: {
    says: 'The line is longer than a line may be (32 MiB).',
    fix: 'Look for a quote that is never closed, or shorten the record.',
  },
  TOO_MANY_COLUMNS: {
    says: 'The line has more values than the header has columns.',
    fix: 'Put values that hold the delimiter in quotes.',
  },
  MISSING_COLUMNS: {
    says: 'The line has fewer values than the header has columns.',
    fix: 'Write a delimiter for each column, also where a value is empty.',
  },
  BROKEN_QUOTES: {
    says: 'A quoted value of the line does not end where it should.',
    fix: 'Double the quotes that stand inside a value.',
  },
  PROCESSING_FAILED: {
    says: 'The record passed every check and still could not be processed.',
    fix: 'Reprocess it: mainstem problems reprocess. If it fails again, report it.',
  },
}

/** The sentence of a code, with the field's name in it. */
export function problemReason(code: string, field: string | null): string {
  return worded(PROBLEM_CODES[code]?.says ?? 'The record could not be taken in.', field)
}

/** What to do about a code. */
export function problemFix(code: string, field: string | null): string {
  return worded(PROBLEM_CODES[code]?.fix ?? 'Correct it in the source and send it again.', field)
}

function worded(sentence: string, field: string | null): string {
  return sentence.replaceAll('{field}', field === null ? 'of the record' : `"${field}"`)
}
