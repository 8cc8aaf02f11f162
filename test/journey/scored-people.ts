import { PEOPLE_PROJECT, PEOPLE_RULES } from './people-project.ts'
import type { ProjectFiles } from './world.ts'

type Level = readonly [level: string, match: number, random: number, related?: number]

/** A field of a model. An equal value that is not frequent is as rare as its level says. */
const field = (
  [name, kind]: readonly [name: string, kind: string],
  levels: readonly [Level, ...Level[]],
  frequent: Readonly<Record<string, number>> = {},
): object => ({
  field: name,
  kind,
  levels: levels.map(([level, match, random, related = random]) => ({
    level,
    match,
    random,
    related,
  })),
  frequent,
  rare: levels[0][2],
})

/** A small model, written by hand: what is equal speaks for a pair, what differs against it. */
export const SCORE_MODEL = {
  version: 1,
  records: 1000,
  match: 0.001,
  related: 0.002,
  fields: [
    field(
      ['Individual.FirstName', 'firstName'],
      [
        ['equal', 0.75, 0.01],
        ['nickname or initial', 0.1, 0.005],
        ['nearly equal', 0.1, 0.005],
        ['alike', 0.01, 0.01],
        ['different', 0.04, 0.97],
      ],
      { anna: 0.012 },
    ),
    field(
      ['Individual.LastName', 'lastName'],
      [
        ['equal', 0.85, 0.005, 0.85],
        ['nearly equal', 0.1, 0.003, 0.1],
        ['alike or in part', 0.01, 0.01, 0.01],
        ['different', 0.04, 0.982, 0.04],
      ],
    ),
    field(
      ['ContactPointEmail.EmailAddress', 'email'],
      [
        ['equal', 0.7, 0.00001],
        ['same mailbox', 0.05, 0.0001],
        ['nearly equal', 0.1, 0.0001],
        ['alike', 0.05, 0.001],
        ['different', 0.1, 0.99],
      ],
    ),
    field(
      ['ContactPointPhone.TelephoneNumber', 'phone'],
      [
        ['equal', 0.6, 0.0001, 0.6],
        ['one slip', 0.1, 0.0001, 0.1],
        ['different', 0.3, 0.9998, 0.3],
      ],
    ),
  ],
  blocking: [
    ['ContactPointEmail.EmailAddress'],
    ['ContactPointPhone.TelephoneNumber'],
    ['Individual.LastName:sound', 'Individual.FirstName:sound'],
    ['Individual.LastName'],
  ],
}

/** A rule that scores by it. */
export const SCORE = { label: 'Score', kind: 'Scored', threshold: 0.8, model: 'people.score.json' }

/** People who are told apart by it alone. */
export const PROJECT: ProjectFiles = {
  ...PEOPLE_PROJECT,
  'rulesets/people.yaml': { ...PEOPLE_RULES, matchRules: [SCORE] },
  'rulesets/people.score.json': SCORE_MODEL,
}
