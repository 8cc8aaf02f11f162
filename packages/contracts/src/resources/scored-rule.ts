import { type Static, Type } from '@sinclair/typebox'
import { closed } from './primitives.ts'

/** What a field of a scored rule holds: it decides how two values of it are compared. */
export const ScoredKind = Type.Union([
  Type.Literal('firstName'),
  Type.Literal('lastName'),
  Type.Literal('organization'),
  Type.Literal('birthDate'),
  Type.Literal('email'),
  Type.Literal('phone'),
  Type.Literal('identifier'),
  Type.Literal('street'),
  Type.Literal('postalCode'),
  Type.Literal('text'),
  Type.Literal('code'),
])

const party = {
  name: Type.Optional(
    Type.String({ minLength: 1, description: 'PartyIdentification: who gives the number.' }),
  ),
  type: Type.Optional(
    Type.String({ minLength: 1, description: 'PartyIdentification: what number it is.' }),
  ),
}

/** A field that a scored rule compares. */
export const ScoredField = Type.Object(
  {
    field: Type.String({
      pattern: '^[A-Za-z]+\\.[A-Za-z0-9_]+$',
      patternErrorMessage: 'Must be an object and a field, such as Individual.FirstName.',
      description: 'Object and field of the model.',
    }),
    kind: ScoredKind,
    ...party,
  },
  closed,
)
export type ScoredField = Static<typeof ScoredField>

const Share = Type.Number({ minimum: 0, maximum: 1 })

/** A limit with its default. */
function limit(byDefault: number, minimum: number, description: string) {
  return Type.Optional(Type.Integer({ minimum, default: byDefault, description }))
}

/** What a scored rule may cost. All but `membersMax` matter only where there is no model yet. */
export const ScoredLimits = Type.Object(
  {
    membersMax: limit(
      400,
      2,
      'Source profiles up to which a cluster is looked at pair by pair; a larger one is divided at its weakest links first.',
    ),
    passesMax: limit(16, 1, 'Blocking passes that are chosen.'),
    pairsPerRecord: limit(8, 1, 'Pairs that one blocking pass may propose, for each record.'),
    pairsPerRecordInAll: limit(
      4,
      1,
      'Pairs that all blocking passes together may propose, for each record.',
    ),
    pairsFree: limit(8_000_000, 0, 'Pairs that they may propose, however few records there are.'),
    recordsLookedAt: limit(150_000, 1000, 'Records by which blocking passes are chosen.'),
    recordsLearned: limit(200_000, 1000, 'Records that a model is learned from.'),
    pairsLearned: limit(20_000, 1000, 'Pairs of each blocking pass that a model is learned from.'),
  },
  { ...closed, description: 'Scored: what the rule may cost.' },
)
export type ScoredLimits = Static<typeof ScoredLimits>

/** How often a level of agreement is seen, in three kinds of pairs of records. */
export const LevelShares = Type.Object(
  {
    level: Type.String(),
    match: Type.Number({
      exclusiveMinimum: 0,
      maximum: 1,
      description: 'Among pairs that are one.',
    }),
    related: Type.Number({
      exclusiveMinimum: 0,
      maximum: 1,
      description: 'Among pairs of relatives or neighbours, who share what is not a person’s own.',
    }),
    random: Type.Number({ exclusiveMinimum: 0, maximum: 1, description: 'Among all other pairs.' }),
  },
  closed,
)

/** What a pair must share to be looked at: `Individual.LastName`, or a part, `Individual.BirthDate:year`. */
export const BlockingField = Type.String({
  pattern: '^[A-Za-z]+\\.[A-Za-z0-9_]+(:[A-Za-z]+)?$',
  patternErrorMessage:
    'Must be a field of the rule, such as Individual.LastName or Individual.BirthDate:year.',
})

/** What is known of pairs that are one: data, estimated from records and kept with the ruleset. */
export const ScoreModelDefinition = Type.Object(
  {
    version: Type.Literal(1),
    records: Type.Integer({ minimum: 0, description: 'Records that it was estimated from.' }),
    match: Type.Number({
      exclusiveMinimum: 0,
      maximum: 0.5,
      description: 'Probability that two records, taken at random, are one.',
    }),
    related: Type.Number({
      minimum: 0,
      maximum: 0.5,
      description: 'The same, that they are of relatives; 0 where none were seen.',
    }),
    fields: Type.Array(
      Type.Object(
        {
          ...ScoredField.properties,
          levels: Type.Array(LevelShares, {
            minItems: 2,
            maxItems: 7,
            description: 'The strongest level first.',
          }),
          frequent: Type.Record(Type.String(), Share, {
            description: 'Values that are more frequent than most, and their share.',
          }),
          rare: Type.Number({
            minimum: 0,
            maximum: 1,
            description: 'The share of a value that is not among them.',
          }),
        },
        closed,
      ),
      { minItems: 1 },
    ),
    blocking: Type.Array(Type.Array(BlockingField, { minItems: 1 }), {
      description:
        'By what candidates are found: a pair is looked at if it shares all of one of these.',
    }),
  },
  { $id: 'score', ...closed, description: 'The model of a scored match rule.' },
)
export type ScoreModelDefinition = Static<typeof ScoreModelDefinition>
