import { type Static, Type } from '@sinclair/typebox'
import { closed, FieldType, Scalar } from './primitives.ts'
import { Category } from './stream.ts'

/** One object that a stream's records become. */
export const ObjectMapping = Type.Object(
  {
    object: Type.String({
      minLength: 1,
      description: 'Short or API name of the data model object.',
    }),
    as: Type.Optional(
      Type.String({ description: 'Tells several rows of one record apart (mobile, home).' }),
    ),
    fields: Type.Optional(
      Type.Record(Type.String(), Type.String(), {
        description: 'Field of the object → field of the stream.',
      }),
    ),
    constants: Type.Optional(
      Type.Record(Type.String(), Scalar, { description: 'Field of the object → fixed value.' }),
    ),
    keyQualifiers: Type.Optional(
      Type.Record(Type.String(), Type.String(), {
        description: "Key field of the object → qualifier, where it is not the stream's own.",
      }),
    ),
    filter: Type.Optional(
      Type.Object(
        {
          field: Type.String(),
          op: Type.Union([
            Type.Literal('isEqualTo'),
            Type.Literal('isNotEqualTo'),
            Type.Literal('hasValue'),
          ]),
          value: Type.Optional(Scalar),
        },
        { ...closed, description: 'Only records for which it holds become rows.' },
      ),
    ),
  },
  closed,
)
export type ObjectMapping = Static<typeof ObjectMapping>

/** `mappings/NAME.yaml`: from a stream's fields to the model's objects. */
export const MappingDefinition = Type.Object(
  { stream: Type.String({ minLength: 1 }), objects: Type.Array(ObjectMapping, { minItems: 1 }) },
  {
    $id: 'mapping',
    ...closed,
    description: 'From the fields of a stream to the objects of the model.',
  },
)
export type MappingDefinition = Static<typeof MappingDefinition>

/** `model/NAME.yaml`: a custom object, or custom fields of a standard one. */
export const ObjectDefinition = Type.Object(
  {
    object: Type.String({
      minLength: 1,
      description: 'Name of a new object, or of a standard one to extend.',
    }),
    label: Type.Optional(Type.String()),
    category: Type.Optional(Category),
    fields: Type.Record(Type.String(), FieldType),
    primaryKey: Type.Optional(Type.String({ default: 'Id' })),
    relationships: Type.Optional(
      Type.Array(
        Type.Object(
          {
            field: Type.String(),
            to: Type.String(),
            toField: Type.Optional(Type.String({ default: 'Id' })),
            cardinality: Type.Optional(
              Type.Union([Type.Literal('ManyToOne'), Type.Literal('OneToOne')]),
            ),
          },
          closed,
        ),
      ),
    ),
  },
  {
    $id: 'object',
    ...closed,
    description: 'A custom data model object, or custom fields of a standard one.',
  },
)
export type ObjectDefinition = Static<typeof ObjectDefinition>
