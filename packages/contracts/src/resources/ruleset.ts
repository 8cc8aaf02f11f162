import { type Static, Type } from '@sinclair/typebox'
import { closed, Refresh, Scalar } from './primitives.ts'
import { BlockingField, ScoredField, ScoredLimits, ScoreModelDefinition } from './scored-rule.ts'

export const MatchMethod = Type.Union([
  Type.Literal('EXACT'),
  Type.Literal('EXACT_NORMALIZED'),
  Type.Literal('FUZZY'),
  Type.Literal('FUZZY_HIGH'),
  Type.Literal('FUZZY_LOW'),
])
export type MatchMethod = Static<typeof MatchMethod>

export const Criterion = Type.Object(
  {
    entityName: Type.String(),
    fieldName: Type.String(),
    matchMethodType: MatchMethod,
    caseSensitiveMatch: Type.Optional(Type.Boolean({ default: false })),
    shouldMatchOnBlank: Type.Optional(Type.Boolean({ default: false })),
    partyIdentificationInfo: Type.Optional(
      Type.Object({ partyName: Type.String(), partyType: Type.String() }, closed),
    ),
  },
  closed,
)
export type Criterion = Static<typeof Criterion>

export const MatchRule = Type.Object(
  {
    label: Type.String({ minLength: 1 }),
    criteria: Type.Optional(
      Type.Array(Criterion, { minItems: 1, description: 'All must hold. Not for a scored rule.' }),
    ),
    kind: Type.Optional(
      Type.Literal('Scored', {
        description:
          'A rule that weighs how much fields agree, instead of criteria that must hold.',
      }),
    ),
    threshold: Type.Optional(
      Type.Number({
        minimum: 0.01,
        maximum: 0.9999,
        default: 0.8,
        description: 'Scored: the probability from which a pair is a link.',
      }),
    ),
    model: Type.Optional(
      Type.Union([Type.String({ minLength: 1 }), ScoreModelDefinition], {
        description: 'Scored: the file of the model, beside the ruleset; or the model itself.',
      }),
    ),
    fields: Type.Optional(
      Type.Array(ScoredField, {
        minItems: 1,
        description: 'Scored: what is compared, where there is no model yet.',
      }),
    ),
    blocking: Type.Optional(
      Type.Array(Type.Array(BlockingField, { minItems: 1 }), {
        minItems: 1,
        maxItems: 32,
        description: 'Scored: by what candidates are found; the model’s own where it is left out.',
      }),
    ),
    limits: Type.Optional(ScoredLimits),
    confidence: Type.Optional(Type.String({ description: 'For people to read; changes nothing.' })),
  },
  closed,
)
export type MatchRule = Static<typeof MatchRule>

/** The criteria of a rule; a scored rule has none. */
export function criteriaOf(rule: MatchRule): readonly Criterion[] {
  return rule.criteria ?? []
}

export const ReconciliationType = Type.Union([
  Type.Literal('LAST_UPDATED'),
  Type.Literal('MOST_FREQUENT'),
  Type.Literal('SOURCE_SEQUENCE'),
])
export type ReconciliationType = Static<typeof ReconciliationType>

export const ReconciliationRule = Type.Object(
  {
    entityName: Type.String(),
    ruleType: ReconciliationType,
    shouldIgnoreEmptyValue: Type.Optional(Type.Boolean({ default: true })),
    sources: Type.Optional(Type.Array(Type.String())),
    fields: Type.Optional(
      Type.Array(
        Type.Object(
          {
            fieldName: Type.String(),
            ruleType: ReconciliationType,
            shouldIgnoreEmptyValue: Type.Optional(Type.Boolean()),
            sources: Type.Optional(Type.Array(Type.String())),
          },
          closed,
        ),
      ),
    ),
  },
  closed,
)
export type ReconciliationRule = Static<typeof ReconciliationRule>

function placeholderList(what: string) {
  return Type.Optional(
    Type.Object(
      {
        builtIn: Type.Optional(
          Type.Boolean({ default: true, description: 'Whether the list that comes along counts.' }),
        ),
        values: Type.Optional(
          Type.Array(Type.String({ minLength: 1 }), { description: `More of them: ${what}.` }),
        ),
      },
      closed,
    ),
  )
}

/** Values that many records have and that are nobody's, by kind of field. */
export const Placeholders = Type.Object(
  {
    email: placeholderList('addresses; box@ is that box at any domain, @domain all of a domain'),
    sharedMailbox: placeholderList('what stands before the @ of boxes that several people read'),
    phone: placeholderList('numbers with their calling code, such as +44 20 7946 0000'),
    name: placeholderList('first and last names'),
    date: placeholderList('days, as 1900-01-01'),
    number: placeholderList('party identification numbers'),
  },
  closed,
)
export type Placeholders = Static<typeof Placeholders>

/** `rulesets/NAME.yaml`: which records are one person (or account), and which values survive. */
export const RulesetDefinition = Type.Object(
  {
    label: Type.String({ minLength: 1 }),
    description: Type.Optional(Type.String()),
    configurationType: Type.Union([Type.Literal('Individual'), Type.Literal('Account')]),
    rulesetId: Type.Optional(
      Type.String({
        pattern: '^[A-Za-z0-9]{0,4}$',
        patternErrorMessage: 'Must be up to 4 letters and digits.',
        default: '',
      }),
    ),
    refresh: Type.Optional(Refresh),
    filters: Type.Optional(
      Type.Array(
        Type.Object(
          {
            fieldName: Type.String(),
            op: Type.Union([
              Type.Literal('isEqualTo'),
              Type.Literal('isNotEqualTo'),
              Type.Literal('hasValue'),
              Type.Literal('hasNoValue'),
              Type.Literal('isIn'),
            ]),
            value: Type.Optional(Type.Union([Scalar, Type.Array(Scalar)])),
          },
          closed,
        ),
        { description: 'Only source profiles for which all hold take part.' },
      ),
    ),
    matchRules: Type.Array(MatchRule, {
      minItems: 1,
      description: 'Any may hold; matching is transitive.',
    }),
    reconciliationRules: Type.Optional(Type.Array(ReconciliationRule)),
    blockMax: Type.Optional(
      Type.Integer({
        minimum: 2,
        default: 1000,
        description: 'Source profiles that may share one match key.',
      }),
    ),
    surnamesMax: Type.Optional(
      Type.Integer({
        minimum: 1,
        default: 5,
        description:
          'Distinct last names that source profiles of one match key may have; over it, the key joins nobody. Not for ' +
          'rules that compare first names by likeness.',
      }),
    ),
    idsMax: Type.Optional(
      Type.Integer({
        minimum: 1,
        default: 5,
        description:
          'Distinct party identifications of one kind, among those that a rule matches on alone, that source profiles ' +
          'of one match key may have; over it, the key joins nobody.',
      }),
    ),
    valuesMax: Type.Optional(
      Type.Integer({
        minimum: 2,
        default: 300,
        description:
          'Different first names, or records of a scored rule, of one match key that are compared with each other; over ' +
          'it, only equal ones are joined.',
      }),
    ),
    bridgePartMin: Type.Optional(
      Type.Integer({
        minimum: 2,
        default: 3,
        description:
          'Source profiles on either side from which a key that alone ties two parts of a unified profile goes to review.',
      }),
    ),
    placeholders: Type.Optional(
      Type.Object(Placeholders.properties, {
        ...closed,
        description: 'Values that are nobody’s and make no match key.',
      }),
    ),
    clusterMax: Type.Optional(
      Type.Integer({
        minimum: 2,
        default: 50_000,
        description: 'Source profiles that may form one unified profile.',
      }),
    ),
  },
  { $id: 'ruleset', ...closed, description: 'An identity resolution ruleset.' },
)
export type RulesetDefinition = Static<typeof RulesetDefinition>
