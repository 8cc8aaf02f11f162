// @ts-check
/**
 * The labelled data sets: which columns tell the truth or nearly so (as each set's README says) and are
 * therefore ignored, how Splink is set up for it, what is published of Splink, and our goals.
 */

/**
 * @typedef {object} LabelledSet
 * @property {string} name its folder
 * @property {readonly string[]} files
 * @property {string} recordId SQL over a file's columns: the `record_id` of truth.csv
 * @property {readonly string[]} ignored ids and leaking columns
 * @property {readonly Variation[]} variations
 * @property {string} profile Splink's, in splink/profiles.py
 */
/**
 * @typedef {object} Variation
 * @property {string} label
 * @property {readonly string[]} ignored more that is left out
 * @property {string} [published] what Splink's own documentation shows, and how it is measured
 * @property {Goals} [goals]
 */
/** @typedef {{ f1?: number, precision?: number, largestCluster?: number, exactClusterRate?: number }} Goals */

const ALL = { label: '', ignored: [] }

/** @type {readonly LabelledSet[]} */
export const LABELLED_SETS = [
  febrl('febrl1', [
    { label: 'without SSN', ignored: ['soc_sec_id'] },
    { label: 'with SSN', ignored: [] },
  ]),
  febrl('febrl2', [
    { label: 'without SSN', ignored: ['soc_sec_id'] },
    { label: 'with SSN', ignored: [] },
  ]),
  febrl('febrl3', [
    { label: 'without SSN', ignored: ['soc_sec_id'], goals: { f1: 0.995 } },
    { label: 'with SSN', ignored: [], published: '.9954 edge, best threshold' },
  ]),
  {
    ...febrl('febrl_dsgen_A10000', [
      { label: 'with phone', ignored: ['soc_sec_id'] },
      { label: 'without phone', ignored: ['soc_sec_id', 'phone_number'] },
    ]),
    ignored: ['rec_id', 'blocking_number'],
  },
  {
    name: 'splink_historical50k',
    files: ['records.csv.gz'],
    recordId: 'unique_id',
    ignored: ['unique_id'],
    profile: 'historical_50k',
    variations: [
      {
        ...ALL,
        published: '.600 edge, blocking loss counts; .919 all true pairs scored',
        goals: { f1: 0.9, precision: 0.95, largestCluster: 30 },
      },
    ],
  },
  {
    name: 'splink_fake1000',
    files: ['records.csv.gz'],
    recordId: 'unique_id',
    ignored: ['unique_id'],
    profile: 'fake_1000',
    variations: [{ ...ALL, published: '.862 edge, blocking loss counts', goals: { f1: 0.93 } }],
  },
  {
    name: 'senzing_truthset',
    files: ['customers.csv', 'reference.csv', 'watchlist.csv'],
    recordId: `DATA_SOURCE || ':' || RECORD_ID`,
    ignored: [
      ...['RECORD_ID', 'AMOUNT', 'DATE'],
      ...['REL_ANCHOR_KEY', 'REL_POINTER_KEY', 'REL_POINTER_ROLE'],
    ],
    profile: 'senzing',
    variations: [{ ...ALL, goals: { exactClusterRate: 0.95 } }],
  },
  {
    name: 'arango_demo_customers',
    files: ['demo_customers.json.gz'],
    recordId: 'id',
    ignored: [
      ...['id', 'variation_type', 'created_date', 'last_updated'],
      ...['revenue', 'employees'],
    ],
    profile: 'arango',
    variations: [
      { label: 'with zip', ignored: [] },
      { label: 'without zip', ignored: ['zip_code'] },
    ],
  },
  {
    name: 'dedupe_chicago_ece',
    files: ['records.csv.gz'],
    recordId: 'Id',
    ignored: ['Id'],
    profile: 'chicago',
    variations: [ALL],
  },
]

/** @param {string} name @param {readonly Variation[]} variations @returns {LabelledSet} */
function febrl(name, variations) {
  return {
    name,
    files: ['records.csv.gz'],
    recordId: 'rec_id',
    ignored: ['rec_id'],
    profile: 'febrl',
    variations,
  }
}
