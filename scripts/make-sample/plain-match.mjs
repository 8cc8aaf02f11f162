// @ts-check
/**
 * The sample's people ruleset in the plainest code: what precision and recall its rules can have on this data. It
 * stands apart from the engine on purpose, so that each can be held against the other.
 */
import { parsePhoneNumberFromString } from 'libphonenumber-js'
import { nicknames } from './people.mjs'

/**
 * @typedef {object} PlainRecord
 * @property {string} id
 * @property {string} firstName
 * @property {string} lastName
 * @property {string} email
 * @property {readonly string[]} phones
 * @property {string} city
 * @property {string} country
 * @property {string} card
 */

/**
 * Clusters records by the four rules.
 *
 * @param {readonly PlainRecord[]} records
 * @param {{ blocks: ReturnType<typeof blocksOf>, blockMax: number }} how the records by key, and how many may share one
 * @returns {Map<string, string>} record id → id of its cluster
 */
export function plainMatch(records, { blocks, blockMax }) {
  const parent = records.map((_, index) => index)
  const find = (/** @type {number} */ index) => {
    let root = index
    while (parent[root] !== root) root = parent[root] ?? root
    return root
  }
  for (const [kind, keyed] of Object.entries(blocks)) {
    for (const members of keyed.values()) {
      if (members.length > blockMax) continue
      for (const [left, right] of pairsOf(members)) {
        const alike =
          kind !== 'name' ||
          isAlike(records[left]?.firstName ?? '', records[right]?.firstName ?? '')
        if (alike) parent[find(left)] = find(right)
      }
    }
  }
  return new Map(records.map((record, index) => [record.id, String(find(index))]))
}

/**
 * Pairwise precision and recall of clusters against the truth.
 *
 * @param {ReadonlyMap<string, string>} clusters
 * @param {ReadonlyMap<string, string>} truth
 */
export function quality(clusters, truth) {
  const pairs = (/** @type {(id: string) => string} */ keyOf) => {
    /** @type {Map<string, number>} */
    const sizes = new Map()
    for (const id of clusters.keys()) sizes.set(keyOf(id), (sizes.get(keyOf(id)) ?? 0) + 1)
    return [...sizes.values()].reduce((sum, size) => sum + (size * (size - 1)) / 2, 0)
  }
  const both = pairs(id => `${clusters.get(id)} ${truth.get(id)}`)
  return {
    precision: both / pairs(id => clusters.get(id) ?? ''),
    recall: both / pairs(id => truth.get(id) ?? ''),
  }
}

/** Records, as their places in the list, by the keys of each rule. */
export function blocksOf(/** @type {readonly PlainRecord[]} */ records) {
  const blocks = { email: newBlocks(), phone: newBlocks(), card: newBlocks(), name: newBlocks() }
  records.forEach((record, index) => {
    const last = record.lastName.toLowerCase()
    add(blocks.email, record.email.trim().toLowerCase(), index)
    add(blocks.card, record.card, index)
    if (last === '') return
    for (const written of record.phones)
      add(blocks.phone, phoneKey(written, record.country, last), index)
    if (record.city !== '' && record.firstName !== '')
      add(blocks.name, `${last}|${record.city.toLowerCase()}`, index)
  })
  return blocks
}

/** @returns {Map<string, number[]>} */
function newBlocks() {
  return new Map()
}

function add(
  /** @type {Map<string, number[]>} */ blocks,
  /** @type {string} */ key,
  /** @type {number} */ index,
) {
  if (key === '') return
  const members = blocks.get(key)
  if (members === undefined) blocks.set(key, [index])
  else if (members.at(-1) !== index) members.push(index)
}

function phoneKey(
  /** @type {string} */ written,
  /** @type {string} */ country,
  /** @type {string} */ last,
) {
  const known = SUPPORTED.find(code => code === country)
  const number = parsePhoneNumberFromString(written, known)
  return number?.isValid() === true ? `${number.number}|${last}` : ''
}

const SUPPORTED = /** @type {const} */ (['US', 'CA', 'GB', 'AU', 'DE', 'FR'])

/** @returns {Generator<readonly [number, number]>} */
function* pairsOf(/** @type {readonly number[]} */ members) {
  for (const [place, left] of members.entries()) {
    for (const right of members.slice(place + 1)) yield [left, right]
  }
}

/** Equal, nicknames, an initial, or nearly the same letters. */
function isAlike(/** @type {string} */ left, /** @type {string} */ right) {
  const [a, b] = [folded(left), folded(right)]
  if (a === '' || b === '') return false
  if (a === b || isNickname(a, b) || isNickname(b, a)) return true
  if (a.length === 1 || b.length === 1) return a.charAt(0) === b.charAt(0)
  return jaroWinkler(a, b) >= 0.9
}

function folded(/** @type {string} */ name) {
  return name
    .normalize('NFD')
    .toLowerCase()
    .replaceAll(/[^a-z]/gu, '')
}

function isNickname(/** @type {string} */ name, /** @type {string} */ other) {
  return nicknames.get(name)?.some(nickname => nickname.toLowerCase() === other) ?? false
}

function jaroWinkler(/** @type {string} */ a, /** @type {string} */ b) {
  const [fromA, fromB] = [lettersIn(a, b), lettersIn(b, a)]
  const common = fromA.length
  if (common === 0) return 0
  const displaced =
    Array.from(fromA).filter((letter, place) => letter !== fromB.charAt(place)).length / 2
  const jaro = (common / a.length + common / b.length + (common - displaced) / common) / 3
  let prefix = 0
  while (prefix < Math.min(4, a.length) && a.charAt(prefix) === b.charAt(prefix)) prefix += 1
  return jaro + prefix * 0.1 * (1 - jaro)
}

/** The letters of `a` that stand near the same place in `b`, each letter of `b` taken once. */
function lettersIn(/** @type {string} */ a, /** @type {string} */ b) {
  const reach = Math.max(0, Math.floor(Math.max(a.length, b.length) / 2) - 1)
  /** @type {Set<number>} */
  const taken = new Set()
  let common = ''
  for (let place = 0; place < a.length; place++) {
    for (
      let other = Math.max(0, place - reach);
      other <= place + reach && other < b.length;
      other++
    ) {
      if (taken.has(other) || a.charAt(place) !== b.charAt(other)) continue
      taken.add(other)
      common += a.charAt(place)
      break
    }
  }
  return common
}
