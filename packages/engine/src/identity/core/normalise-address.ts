import { literal } from '../../query/index.ts'
import { unlessBlank, unlessBlankSteps, words } from './normalise-name.ts'
import { inSteps, type Normaliser } from './text-fold.ts'

/** Words and their short forms: USPS publication 28 for English, the usual ones for others. */
const SHORT_FORMS: Readonly<Record<string, string>> = {
  street: 'st',
  str: 'str',
  strasse: 'str',
  avenue: 'ave',
  av: 'ave',
  avn: 'ave',
  road: 'rd',
  boulevard: 'blvd',
  boul: 'blvd',
  bd: 'blvd',
  bvd: 'blvd',
  drive: 'dr',
  drv: 'dr',
  lane: 'ln',
  court: 'ct',
  crt: 'ct',
  place: 'pl',
  square: 'sq',
  sqr: 'sq',
  highway: 'hwy',
  parkway: 'pkwy',
  pky: 'pkwy',
  terrace: 'ter',
  terr: 'ter',
  circle: 'cir',
  circ: 'cir',
  crescent: 'cres',
  close: 'cl',
  gardens: 'gdns',
  garden: 'gdn',
  grove: 'grv',
  trail: 'trl',
  expressway: 'expy',
  freeway: 'fwy',
  alley: 'aly',
  plaza: 'plz',
  point: 'pt',
  heights: 'hts',
  junction: 'jct',
  apartment: 'apt',
  appartement: 'apt',
  apartament: 'apt',
  suite: 'ste',
  building: 'bldg',
  floor: 'fl',
  room: 'rm',
  department: 'dept',
  number: 'no',
  num: 'no',
  nr: 'no',
  north: 'n',
  south: 's',
  east: 'e',
  west: 'w',
  northeast: 'ne',
  northwest: 'nw',
  southeast: 'se',
  southwest: 'sw',
  mount: 'mt',
  fort: 'ft',
  saint: 'st',
  sankt: 'st',
  route: 'rte',
  chemin: 'ch',
  impasse: 'imp',
  platz: 'pl',
  postfach: 'po box',
} // prettier keeps this a table

/** German street names end in the word. */
const STREET_END = 'strasse'
const STREET_END_SHORT = 'str'

/**
 * An address line for comparing: folded, words without punctuation, usual words in their short
 * form, so that `12 North Main Street, Apt. 4` is `12 N. MAIN ST APARTMENT 4`.
 */
export const address: Normaliser = inSteps(unlessBlankSteps(shortFormsSql), text =>
  unlessBlank(text, value => words.js(value).split(' ').map(shortForm).join(' ')),
)

function shortFormsSql(value: string): string {
  const cases = Object.entries(SHORT_FORMS)
    .map(([word, short]) => `when ${literal(word)} then ${literal(short)}`)
    .join(' ')
  const ending =
    `case when ends_with(w, ${literal(STREET_END)})` +
    ` then left(w, length(w) - ${STREET_END.length - STREET_END_SHORT.length}) else w end`
  return (
    `array_to_string(list_transform(string_split(${words.sql(value)}, ' '),` +
    ` lambda w: case w ${cases} else ${ending} end), ' ')`
  )
}

const shortForms = new Map(Object.entries(SHORT_FORMS))

function shortForm(word: string): string {
  const short = shortForms.get(word)
  if (short !== undefined) return short
  if (!word.endsWith(STREET_END)) return word
  return word.slice(0, word.length - STREET_END.length + STREET_END_SHORT.length)
}
