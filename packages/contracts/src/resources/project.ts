import { type Static, Type } from '@sinclair/typebox'
import { closed, Secret } from './primitives.ts'

/** `mainstem.yaml`: the project itself. */
export const ProjectDefinition = Type.Object(
  {
    name: Type.String({ minLength: 1, description: 'The name of the project.' }),
    dataSpace: Type.Optional(
      Type.String({
        pattern: '^[a-z][a-z0-9]{0,19}$',
        patternErrorMessage:
          'Must be a small letter, then up to 19 small letters and digits, such as default.',
        default: 'default',
        description: 'The data space that everything in this project belongs to.',
      }),
    ),
    timeZone: Type.Optional(
      Type.String({
        default: 'UTC',
        description: 'IANA time zone of date operators and schedules.',
      }),
    ),
    limits: Type.Optional(
      Type.Object(
        { profile: Type.Optional(Type.Union([Type.Literal('open'), Type.Literal('data-cloud')])) },
        {
          additionalProperties: Type.Union([Type.Number(), Type.Null()]),
          description: 'Limits by name (docs/reference/limits.md); null means unlimited.',
        },
      ),
    ),
    server: Type.Optional(
      Type.Object(
        {
          host: Type.Optional(Type.String({ default: '127.0.0.1' })),
          port: Type.Optional(Type.Integer({ minimum: 0, maximum: 65_535, default: 8080 })),
          token: Type.Optional(Secret),
        },
        closed,
      ),
    ),
    storage: Type.Optional(
      Type.Object(
        {
          path: Type.Optional(Type.String({ default: '.mainstem' })),
          memory: Type.Optional(
            Type.String({
              pattern: '^[1-9][0-9]*(MB|GB)$',
              patternErrorMessage: 'Must be a whole number and MB or GB, such as 4GB.',
              default: '4GB',
              description: 'What the SQL engine may use before it spills to disk.',
            }),
          ),
        },
        closed,
      ),
    ),
    currency: Type.Optional(
      Type.Object(
        {
          corporate: Type.String({
            pattern: '^[A-Z]{3}$',
            patternErrorMessage: 'Must be three capital letters, such as EUR.',
            description: 'The currency converted to.',
          }),
          rates: Type.Record(
            Type.String({ pattern: '^[A-Z]{3}$' }),
            Type.Number({ exclusiveMinimum: 0 }),
            {
              description: 'Units of the corporate currency for one unit of each currency.',
            },
          ),
        },
        { ...closed, description: 'The rate table of TRY_CONVERT_CURRENCY.' },
      ),
    ),
    region: Type.Optional(
      Type.String({
        pattern: '^[A-Z]{2}$',
        patternErrorMessage: 'Must be two capital letters, such as FR.',
        default: 'US',
        description: 'The country of phone numbers that name none (ISO 3166-1 alpha-2).',
      }),
    ),
    sample: Type.Optional(
      Type.Object(
        {
          truth: Type.Optional(
            Type.String({ description: 'CSV record_id, entity_id; read by evaluation only.' }),
          ),
          shiftDates: Type.Optional(
            Type.Boolean({
              description: 'Shift dates once so that the newest event is yesterday.',
            }),
          ),
          webhookReceiver: Type.Optional(
            Type.Integer({
              minimum: 0,
              maximum: 65_535,
              description: 'Port of a receiver started beside the project.',
            }),
          ),
        },
        { ...closed, description: 'For sample projects only.' },
      ),
    ),
  },
  { $id: 'project', ...closed, description: 'mainstem.yaml' },
)
export type ProjectDefinition = Static<typeof ProjectDefinition>
