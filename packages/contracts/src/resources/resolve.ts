import { type Static, Type } from '@sinclair/typebox'
import { closed } from './primitives.ts'
import { MatchRule, RulesetDefinition } from './ruleset.ts'

/** What a column of a file holds: a field of the model, with what else it takes. */
export const ResolveColumn = Type.Union(
  [
    Type.String({ minLength: 1 }),
    Type.Object(
      {
        field: Type.String({
          minLength: 1,
          description: 'Object and field of the model, such as ContactPointEmail.EmailAddress.',
        }),
        as: Type.Optional(
          Type.String({
            minLength: 1,
            description: 'Tells several addresses of one record apart (home, work).',
          }),
        ),
        name: Type.Optional(
          Type.String({ minLength: 1, description: 'PartyIdentification: who gives the number.' }),
        ),
        type: Type.Optional(
          Type.String({ minLength: 1, description: 'PartyIdentification: what number it is.' }),
        ),
      },
      closed,
    ),
  ],
  { description: 'A field of the model: Individual.FirstName, or {field, as, name, type}.' },
)
export type ResolveColumn = Static<typeof ResolveColumn>

const Columns = Type.Record(Type.String(), ResolveColumn, {
  description: 'Column → field of the model. Columns that are not named are not looked at.',
})

/** The file of `mainstem resolve --ruleset`: what columns hold, and which records are one. */
export const ResolveDefinition = Type.Object(
  {
    columns: Type.Optional(Columns),
    files: Type.Optional(
      Type.Record(Type.String(), Columns, {
        description: 'File name → its own columns, where they differ from those of all files.',
      }),
    ),
    region: Type.Optional(
      Type.String({
        pattern: '^[A-Z]{2}$',
        patternErrorMessage: 'Must be two capital letters, such as FR.',
        default: 'US',
        description: 'The country of phone numbers that name none.',
      }),
    ),
    matchRules: Type.Array(MatchRule, {
      minItems: 1,
      description: 'Any may hold; matching is transitive. As in a ruleset.',
    }),
    placeholders: RulesetDefinition.properties.placeholders,
    blockMax: RulesetDefinition.properties.blockMax,
    surnamesMax: RulesetDefinition.properties.surnamesMax,
    idsMax: RulesetDefinition.properties.idsMax,
    valuesMax: RulesetDefinition.properties.valuesMax,
    clusterMax: RulesetDefinition.properties.clusterMax,
  },
  {
    $id: 'resolve',
    ...closed,
    description: 'What the columns of files hold, and the rules by which their records are one.',
  },
)
export type ResolveDefinition = Static<typeof ResolveDefinition>
