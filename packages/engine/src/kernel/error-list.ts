import { MainstemError } from '@mainstem/contracts'

/** Several things that are wrong, found together: it stands for the first, and tells all. */
class SeveralErrors extends MainstemError {
  readonly errors: readonly MainstemError[]

  constructor(first: MainstemError, errors: readonly MainstemError[]) {
    super(first.code, errors.map(({ message }) => message).join('\n'), first.details)
    this.errors = errors
  }
}

/** The errors that one stands for, itself where it is one. */
export function eachError(error: MainstemError): readonly MainstemError[] {
  return error instanceof SeveralErrors ? error.errors : [error]
}

/** Goes on after an error of the world, so that all are told at once. */
export class ErrorList {
  readonly #errors: MainstemError[] = []

  /** What the work answers, or undefined where it failed; the error is of `key` where it names none. */
  try<Result>(work: () => Result, key?: string): Result | undefined {
    try {
      return work()
    } catch (error) {
      if (!(error instanceof MainstemError)) throw error
      for (const one of eachError(error)) this.#errors.push(placed(one, key))
      return undefined
    }
  }

  /** Throws what was found: one error, or one that stands for several. */
  end(): void {
    const [first, second] = this.#errors
    if (first && second) throw new SeveralErrors(first, this.#errors)
    if (first) throw first
  }
}

function placed(error: MainstemError, key: string | undefined): MainstemError {
  const { code, message, details, cause } = error
  if (key === undefined || details.key !== undefined) return error
  return new MainstemError(code, message, { ...details, key }, cause)
}
