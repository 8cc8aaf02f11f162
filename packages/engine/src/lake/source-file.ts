import type { SourceFormat } from '../streams/index.ts'

/** A file that the journal refers to, and how it is to be read. */
export interface SourceFile {
  /** Where the durable copy stands. */
  readonly path: string
  /** What people call it: the path as the project wrote it. */
  readonly label: string
  readonly format: SourceFormat
  readonly compression: 'none' | 'gzip' | 'zstd'
  readonly delimiter?: string | undefined
  readonly header?: boolean | undefined
  /** JSON only: where the array of records stands. */
  readonly root?: string | undefined
  /** Tells the files of one load apart. */
  readonly ordinal?: number | undefined
}
