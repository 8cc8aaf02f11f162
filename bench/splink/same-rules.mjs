// @ts-check
/** The same blocking for both: what profiles.py gives Splink for files of the generator, in Mainstem's words. */

/** Column of the generator → field. */
const COLUMNS = {
  record_id: 'Individual.Id',
  first_name: 'Individual.FirstName',
  last_name: 'Individual.LastName',
  birth_date: 'Individual.BirthDate',
  email: 'ContactPointEmail.EmailAddress',
  phone: 'ContactPointPhone.TelephoneNumber',
  street: 'ContactPointAddress.AddressLine1',
  city: 'ContactPointAddress.CityName',
  postcode: 'ContactPointAddress.PostalCodeText',
}

/** As GENERATED_RULES in profiles.py; the benchmark compares the two lists before it runs. */
const RULES = /** @type {const} */ ([
  ['email'],
  ['phone'],
  ['last_name', 'birth_date'],
  ['first_name', 'birth_date'],
  ['first_name', 'last_name', 'city'],
  ['last_name', 'postcode'],
  ['first_name', 'postcode'],
  ['street', 'postcode'],
])

/** As run.py prints its rules. */
export const RULE_TEXTS = RULES.map(rule => rule.join(' + '))

/** As SHARED_MAX in profiles.py: a value of more records than this is nobody's for Splink, and joins nobody by scores for Mainstem. */
const SHARED_MAX = 50

/** The ruleset for `mainstem resolve --ruleset`: one scored rule. @param {number} threshold */
export function scoredRuleset(threshold) {
  const blocking = RULES.map(rule => rule.map(column => COLUMNS[column]))
  return {
    columns: COLUMNS,
    valuesMax: SHARED_MAX,
    matchRules: [{ label: 'Score', kind: 'Scored', threshold, blocking }],
  }
}
