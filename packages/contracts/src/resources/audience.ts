import { type Static, type TSchema, Type } from '@sinclair/typebox'
import { closed, Refresh, Scalar, Secret } from './primitives.ts'

/** `insights/NAME.yaml`: a calculated insight. */
export const InsightDefinition = Type.Object(
  {
    apiName: Type.String({ minLength: 1 }),
    label: Type.Optional(Type.String()),
    description: Type.Optional(Type.String()),
    refresh: Type.Optional(Refresh),
    expression: Type.String({
      minLength: 1,
      description: 'SQL: dimensions and measures over the model.',
    }),
  },
  { $id: 'insight', ...closed, description: 'A calculated insight.' },
)
export type InsightDefinition = Static<typeof InsightDefinition>

/** The operators of semantics 5.3, in camel case. */
export const SEGMENT_OPERATORS = [
  'hasValue',
  'hasNoValue',
  'isEqualTo',
  'isNotEqualTo',
  'contains',
  'doesNotContain',
  'matches',
  'doesNotMatch',
  'beginsWith',
  'existsAsAWholeWord',
  'isIn',
  'isNotIn',
  'isLessThan',
  'isLessThanOrEqualTo',
  'isGreaterThan',
  'isGreaterThanOrEqualTo',
  'isBetween',
  'isNotBetween',
  'isTrue',
  'isFalse',
  'isOn',
  'isBefore',
  'isAfter',
  'isToday',
  'isYesterday',
  'isTomorrow',
  'lastNumberOfDays',
  'greaterThanLastNumberOfDays',
  'nextNumberOfDays',
  'lastNumberOfMonths',
  'nextNumberOfMonths',
  'isThisMonth',
  'isLastMonth',
  'isNextMonth',
  'isThisYear',
  'isLastYear',
  'isNextYear',
  'isAnniversaryOf',
  'isNotAnniversaryOf',
  'dayOfWeek',
  'monthOfTheYear',
  'dayOfMonth',
] as const
export type SegmentOperator = (typeof SEGMENT_OPERATORS)[number]

const Operator = Type.Union(SEGMENT_OPERATORS.map(name => Type.Literal(name)))

/** A condition of a segment. Recursive: `all` and `any` nest. */
export type Condition =
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | {
      readonly attribute: string
      readonly op: SegmentOperator
      readonly value?: Scalar | readonly Scalar[]
    }
  | {
      readonly related: string
      readonly count?: {
        readonly atLeast?: number
        readonly atMost?: number
        readonly exactly?: number
      }
      readonly aggregate?: {
        readonly function: 'sum' | 'average' | 'min' | 'max'
        readonly attribute: string
        readonly op: SegmentOperator
        readonly value: Scalar | readonly Scalar[]
      }
      readonly where?: Condition
    }

const bound = Type.Optional(Type.Integer({ minimum: 0 }))
const condition = (self: TSchema): TSchema =>
  Type.Union([
    Type.Object({ all: Type.Array(self) }, closed),
    Type.Object({ any: Type.Array(self) }, closed),
    Type.Object(
      {
        attribute: Type.String(),
        op: Operator,
        value: Type.Optional(Type.Union([Scalar, Type.Array(Scalar)])),
      },
      closed,
    ),
    Type.Object(
      {
        related: Type.String({ description: 'An object with rows that belong to the profile.' }),
        count: Type.Optional(
          Type.Object({ atLeast: bound, atMost: bound, exactly: bound }, closed),
        ),
        aggregate: Type.Optional(
          Type.Object(
            {
              function: Type.Union([
                Type.Literal('sum'),
                Type.Literal('average'),
                Type.Literal('min'),
                Type.Literal('max'),
              ]),
              attribute: Type.String(),
              op: Operator,
              value: Type.Union([Scalar, Type.Array(Scalar)]),
            },
            closed,
          ),
        ),
        where: Type.Optional(self),
      },
      closed,
    ),
  ])
export const Condition = Type.Recursive(self => condition(self), { $id: 'condition' })

/** `segments/NAME.yaml`. */
export const SegmentDefinition = Type.Object(
  {
    developerName: Type.String({ minLength: 1 }),
    label: Type.Optional(Type.String()),
    description: Type.Optional(Type.String()),
    segmentOn: Type.String({ minLength: 1 }),
    refresh: Type.Optional(Refresh),
    include: Condition,
    exclude: Type.Optional(Condition),
  },
  { $id: 'segment', ...closed, description: 'A segment of profiles.' },
)
export interface SegmentDefinition {
  readonly developerName: string
  readonly label?: string
  readonly description?: string
  readonly segmentOn: string
  readonly refresh?: Refresh
  readonly include: Condition
  readonly exclude?: Condition
}

/** `targets/NAME.yaml`: where audiences go. */
export const TargetDefinition = Type.Union(
  [
    Type.Object(
      {
        name: Type.String({ minLength: 1 }),
        platformType: Type.Literal('File'),
        path: Type.String({ minLength: 1, description: 'A folder, relative to the project.' }),
        format: Type.Optional(
          Type.Union([Type.Literal('CSV'), Type.Literal('JSON'), Type.Literal('Parquet')]),
        ),
      },
      closed,
    ),
    Type.Object(
      {
        name: Type.String({ minLength: 1 }),
        platformType: Type.Literal('Webhook'),
        url: Type.String({ format: 'uri' }),
        signingKey: Type.Optional(Secret),
        batchSize: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
        retriesMax: Type.Optional(Type.Integer({ minimum: 0, maximum: 20, default: 5 })),
        timeoutMs: Type.Optional(Type.Integer({ minimum: 100, maximum: 120_000, default: 10_000 })),
      },
      closed,
    ),
  ],
  { $id: 'target', description: 'An activation target.' },
)
export type TargetDefinition = Static<typeof TargetDefinition>

/** `activations/NAME.yaml`: a segment, sent to a target. */
export const ActivationDefinition = Type.Object(
  {
    name: Type.String({ minLength: 1 }),
    segment: Type.String({ minLength: 1 }),
    target: Type.String({ minLength: 1 }),
    contactPoint: Type.Optional(
      Type.Object(
        {
          type: Type.Union([Type.Literal('Email'), Type.Literal('Phone'), Type.Literal('Address')]),
          sources: Type.Optional(
            Type.Array(Type.String(), { description: 'Data streams, first choice first.' }),
          ),
        },
        closed,
      ),
    ),
    consent: Type.Union(
      [
        Type.Object({ purpose: Type.String({ minLength: 1 }) }, closed),
        Type.Object(
          { none: Type.String({ minLength: 1, description: 'Why no consent is needed.' }) },
          closed,
        ),
      ],
      { description: 'On what ground the people are contacted.' },
    ),
    attributes: Type.Optional(Type.Array(Type.String())),
    refreshType: Type.Optional(
      Type.Union([Type.Literal('INCREMENTAL'), Type.Literal('FULL_REFRESH')]),
    ),
    dropWithoutContactPoint: Type.Optional(Type.Boolean({ default: true })),
    refresh: Type.Optional(Refresh),
  },
  { $id: 'activation', ...closed, description: 'A segment sent to an activation target.' },
)
export type ActivationDefinition = Static<typeof ActivationDefinition>
