import type { IngestStream } from '../edge-deps.ts'

/** What a request asks to be written. */
export type PostedEntry =
  | {
      readonly kind: 'rows'
      readonly stream: IngestStream
      readonly longNumbers: boolean
      readonly body: Buffer
    }
  | { readonly kind: 'delete'; readonly stream: IngestStream; readonly ids: readonly string[] }
