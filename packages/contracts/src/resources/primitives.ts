import { type Static, Type } from '@sinclair/typebox'

/** Unknown keys are errors: people mistype, and a silent nothing is the worst answer. */
export const closed = { additionalProperties: false } as const

/** Field data types of data lake objects (semantics 2.1). */
export const FIELD_TYPES = [
  'Text',
  'Number',
  'Date',
  'DateTime',
  'Boolean',
  'Email',
  'Phone',
  'URL',
  'Percent',
  'Currency',
] as const

export const FieldType = Type.Union(
  FIELD_TYPES.map(name => Type.Literal(name)),
  { description: 'The type of a field.' },
)
export type FieldType = (typeof FIELD_TYPES)[number]

/** When something runs: by hand, with every batch, at an interval, or by cron. */
export const Refresh = Type.Union(
  [
    Type.Literal('onDemand'),
    Type.Literal('continuous'),
    Type.Object(
      {
        every: Type.String({
          pattern: '^[1-9][0-9]*(s|m|h|d)$',
          patternErrorMessage: 'Must be a whole number and s, m, h or d, such as 15m.',
          description: 'The time from one start to the next.',
        }),
      },
      closed,
    ),
    Type.Object(
      { cron: Type.String({ description: 'Five fields, in the time zone of the project.' }) },
      closed,
    ),
  ],
  { description: 'When it runs: onDemand, continuous, {every: 1h} or {cron: "0 2 * * *"}.' },
)
export type Refresh = Static<typeof Refresh>

/** A secret is never written in a file of the project: it is named. */
export const Secret = Type.Union(
  [
    Type.Object({ env: Type.String({ minLength: 1 }) }, closed),
    Type.Object({ file: Type.String({ minLength: 1 }) }, closed),
  ],
  { description: '{env: NAME} or {file: PATH}.' },
)
export type Secret = Static<typeof Secret>

/** A plain value in a definition. */
export const Scalar = Type.Union([Type.String(), Type.Number(), Type.Boolean()])
export type Scalar = Static<typeof Scalar>
