// @ts-check
/**
 * Phone numbers that ring nowhere. The numbers of AdventureWorks are not unique (all customers outside North
 * America share one hundred), so everyone is given one from the ranges that each country's regulator keeps for
 * films and books.
 */
import { at } from '../../bench/generator/draw.mjs'
import { AREA_CODES } from '../../bench/generator/places.mjs'

/**
 * A block of numbers: country code, national prefix that is dialled at home, digits that are fixed, digits free.
 *
 * @typedef {{ code: string, trunk: string, fixed: string, free: number }} Block
 * @typedef {{ country: string, code: string, trunk: string, national: string }} Phone
 */

const CANADA = [
  204, 226, 236, 249, 250, 289, 306, 343, 365, 403, 416, 418, 431, 437, 438, 450, 506, 514, 519,
  579, 581, 587, 604, 613, 639, 647, 705, 709, 778, 780, 782, 807, 819, 825, 867, 873, 902, 905,
]
const BRITAIN = [
  '1134960',
  '1144960',
  '1164960',
  '1174960',
  '1184960',
  '1214960',
  '1314960',
  '1414960',
  '1514960',
  '1614960',
  '1914980',
  '2079460',
  '2920180',
  '2896496',
]

/** @type {Readonly<Record<string, readonly Block[]>>} */
const BLOCKS = {
  US: AREA_CODES.map(area => ({ code: '1', trunk: '', fixed: `${area}55501`, free: 2 })),
  CA: CANADA.map(area => ({ code: '1', trunk: '', fixed: `${area}55501`, free: 2 })),
  GB: BRITAIN.map(fixed => ({ code: '44', trunk: '0', fixed, free: 3 })),
  AU: ['25550', '27010', '35550', '37010', '75550', '77010', '85550', '87010'].map(fixed => ({
    code: '61',
    trunk: '0',
    fixed,
    free: 4,
  })),
  DE: ['3023125', '6990009', '4066969', '2214710', '8999998'].map(fixed => ({
    code: '49',
    trunk: '0',
    fixed,
    free: 3,
  })),
  FR: ['19900', '26191', '35301', '46571', '53649', '63998'].map(fixed => ({
    code: '33',
    trunk: '0',
    fixed,
    free: 4,
  })),
}

/**
 * Hands out numbers, each once.
 *
 * @returns {(country: string) => Phone}
 */
export function phoneBook() {
  /** @type {Map<string, number>} */
  const used = new Map()
  return (/** @type {string} */ country) => {
    const blocks = BLOCKS[country]
    if (blocks === undefined) throw new Error(`no phone numbers for ${country}`)
    const index = used.get(country) ?? 0
    used.set(country, index + 1)
    const block = at(blocks, index % blocks.length)
    const number = String(Math.floor(index / blocks.length)).padStart(block.free, '0')
    if (number.length > block.free) throw new Error(`the phone numbers for ${country} are used up`)
    return { country, code: block.code, trunk: block.trunk, national: block.fixed + number }
  }
}

/** How people write a number: `style` 0 to 3 are +44…, +44 20 7946 0123, 020 7946 0123, 02079460123. */
export function written(/** @type {Phone} */ phone, /** @type {number} */ style) {
  const { code, trunk, national } = phone
  const groups = `${national.slice(0, -7)} ${national.slice(-7, -4)} ${national.slice(-4)}`.trim()
  switch (style) {
    case 0:
      return `+${code}${national}`
    case 1:
      return `+${code} ${groups}`
    case 2:
      return code === '1'
        ? `(${national.slice(0, 3)}) ${national.slice(3, 6)}-${national.slice(6)}`
        : `${trunk}${groups}`
    default:
      return `${trunk}${national}`
  }
}
