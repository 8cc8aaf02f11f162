import { type Static, Type } from '@sinclair/typebox'
import { closed, FieldType, Refresh } from './primitives.ts'

/** A field in long form: where it comes from and what it is. */
export const StreamField = Type.Union([
  FieldType,
  Type.Object(
    {
      type: FieldType,
      path: Type.Optional(
        Type.String({
          description:
            'Where it stands in the source record: column or JSON path `requester.email`.',
        }),
      ),
      label: Type.Optional(Type.String()),
    },
    closed,
  ),
])
export type StreamField = Static<typeof StreamField>

export const Connector = Type.Union(
  [
    Type.Object(
      {
        type: Type.Literal('File'),
        path: Type.String({
          minLength: 1,
          description: 'A path or glob, relative to the project.',
        }),
        format: Type.Optional(
          Type.Union(
            [
              Type.Literal('CSV'),
              Type.Literal('JSONL'),
              Type.Literal('JSON'),
              Type.Literal('Parquet'),
            ],
            {
              description: 'By default told from the extension.',
            },
          ),
        ),
        delimiter: Type.Optional(Type.String({ minLength: 1, maxLength: 4 })),
        header: Type.Optional(
          Type.Boolean({
            description: 'Whether a CSV names its columns in the first line; default true.',
          }),
        ),
        root: Type.Optional(
          Type.String({ description: 'JSON only: the path of the array of records.' }),
        ),
      },
      closed,
    ),
    Type.Object(
      {
        type: Type.Literal('IngestApi'),
        source: Type.Optional(
          Type.String({ minLength: 1, description: 'The connector name in the URL.' }),
        ),
        object: Type.Optional(
          Type.String({ minLength: 1, description: 'The object name in the URL.' }),
        ),
        schema: Type.Optional(
          Type.String({ description: 'An OpenAPI YAML file that declares the object.' }),
        ),
        deletes: Type.Optional(
          Type.Boolean({
            default: false,
            description: 'Whether deletes on the Ingestion API run bulk delete.',
          }),
        ),
      },
      closed,
    ),
  ],
  { description: 'How records come in.' },
)
export type Connector = Static<typeof Connector>

export const Category = Type.Union([
  Type.Literal('Profile'),
  Type.Literal('Engagement'),
  Type.Literal('Other'),
])
export type Category = Static<typeof Category>

export const RefreshMode = Type.Union([
  Type.Literal('UPSERT'),
  Type.Literal('PARTIAL_UPDATE'),
  Type.Literal('APPEND'),
  Type.Literal('FULL_REFRESH'),
  Type.Literal('INCREMENTAL'),
])
export type RefreshMode = Static<typeof RefreshMode>

/** `streams/NAME.yaml`: one data stream, one data lake object. */
export const StreamDefinition = Type.Object(
  {
    name: Type.String({ description: 'The name of the stream and of its data lake object.' }),
    label: Type.Optional(Type.String()),
    connector: Connector,
    category: Category,
    primaryKey: Type.Union(
      [Type.String({ minLength: 1 }), Type.Array(Type.String({ minLength: 1 }), { minItems: 1 })],
      {
        description: 'The field, or fields, that identify a record.',
      },
    ),
    recordModified: Type.Optional(
      Type.String({ description: 'An older version never overwrites a newer one.' }),
    ),
    eventTime: Type.Optional(Type.String({ description: 'Engagement only: when it happened.' })),
    refreshMode: Type.Optional(RefreshMode),
    keyQualifier: Type.Optional(
      Type.String({ minLength: 1, description: "Tells this source's keys from others'." }),
    ),
    refresh: Type.Optional(Refresh),
    fields: Type.Optional(Type.Record(Type.String(), StreamField)),
    identity: Type.Optional(
      Type.Object(
        {
          email: Type.Optional(Type.String()),
          phone: Type.Optional(Type.String()),
          id: Type.Optional(
            Type.Object({ field: Type.String(), name: Type.String(), type: Type.String() }, closed),
          ),
        },
        { ...closed, description: 'Engagement only: the fields that tell who did it.' },
      ),
    ),
    shrinkMax: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 1,
        default: 0.3,
        description: 'Share of rows a full refresh may remove.',
      }),
    ),
  },
  { $id: 'stream', ...closed, description: 'A data stream and its data lake object.' },
)
export type StreamDefinition = Static<typeof StreamDefinition>
