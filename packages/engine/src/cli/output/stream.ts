/** What the printers need of a stream: `process.stdout` and `process.stderr` are such. */
export interface TextStream {
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
  write(text: string): unknown
}

/** The variables that printers look at. */
export type Environment = Readonly<Record<string, string | undefined>>
