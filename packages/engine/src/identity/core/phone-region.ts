import { PHONE_REGIONS, regionsOf } from './phone-plan.ts'

/** Names in use beside the official English ones. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  usa: 'US',
  'u.s.a.': 'US',
  'u.s.': 'US',
  'united states of america': 'US',
  uk: 'GB',
  'u.k.': 'GB',
  'great britain': 'GB',
  england: 'GB',
  scotland: 'GB',
  wales: 'GB',
  deutschland: 'DE',
  holland: 'NL',
  'the netherlands': 'NL',
}

const known = new Map<string, string>()
let names: ReadonlyMap<string, string> | undefined

/**
 * The ISO code of the country that a text names: its ISO code in any case, its English name, or
 * its calling code (`+44`, `44`: the main country of it). Empty if it names none.
 */
export function phoneRegion(text: string): string {
  const held = known.get(text)
  if (held !== undefined) return held
  const region = find(text.trim())
  if (known.size < 10_000) known.set(text, region)
  return region
}

function find(text: string): string {
  const upper = text.toUpperCase()
  if (PHONE_REGIONS.includes(upper)) return upper
  const code = /^(?:\+|00)?(\d{1,3})$/.exec(text)?.[1]
  if (code !== undefined) return regionsOf(code)[0] ?? ''
  names ??= englishNames()
  return names.get(text.toLowerCase()) ?? ''
}

function englishNames(): ReadonlyMap<string, string> {
  const english = new Intl.DisplayNames(['en'], { type: 'region' })
  const found = new Map(Object.entries(OTHER_NAMES))
  for (const region of PHONE_REGIONS) {
    found.set((english.of(region) ?? region).toLowerCase(), region)
  }
  return found
}
