import { NICKNAMES } from './nicknames.data.ts'

/**
 * Formal names that a nickname may have and still tell which name was meant. "Jo" has nine, "Al"
 * fourteen and "Lisa" six: such a name is one with each of its formal names, but two nicknames
 * are not one through it.
 */
const FORMALS_MAX = 5

/** How the end of Bobby is written: the data has one or two of them. */
const SMALL_ENDINGS = ['y', 'ie', 'ey', 'i']

const nicknamesOf = new Map(
  NICKNAMES.trim()
    .split(/\s+/)
    .map(entry => entry.split(':'))
    .map(([formal = '', nicknames = '']) => {
      return [formal, new Set(nicknames.split(',').flatMap(spellings))] as const
    }),
)
const formalsOf = new Map<string, Set<string>>()
for (const [formal, nicknames] of nicknamesOf) {
  for (const nickname of nicknames) {
    if (!isFormal(formal, nickname)) continue
    const held = formalsOf.get(nickname)
    if (held) held.add(formal)
    else formalsOf.set(nickname, new Set([formal]))
  }
}

/** A nickname in all ways in which its ending is written: Peggy, and Peggie. */
function spellings(nickname: string): readonly string[] {
  const stem = /^(.{3,}?)(?:y|ie|ey|i)$/.exec(nickname)?.[1]
  if (stem === undefined) return [nickname]
  return [nickname, ...SMALL_ENDINGS.map(ending => stem + ending).filter(one => one !== nickname)]
}

/**
 * The data has some pairs both ways (`bill` of `william`, `william` of `bill`); there the name
 * with more nicknames is the formal one. Else William and Robert would be one through Bill.
 */
function isFormal(formal: string, nickname: string): boolean {
  const back = nicknamesOf.get(nickname)
  if (!back?.has(formal)) return true
  const more = (nicknamesOf.get(formal)?.size ?? 0) - back.size
  return more > 0 || (more === 0 && formal.length > nickname.length)
}

/** A bit for each name that it is a nickname of, and for itself: `[low, high]`. */
type Kin = readonly [low: number, high: number]

const NO_KIN: Kin = [0, 0]
const kinOf = kinsOf(nicknamesOf)

/**
 * The kin of a name, as bits that names may share: names without a common one are no nicknames of
 * each other or of one formal name.
 */
export function nicknameKin(name: string): Kin {
  return kinOf.get(name) ?? NO_KIN
}

function kinsOf(all: ReadonlyMap<string, ReadonlySet<string>>): ReadonlyMap<string, Kin> {
  const kins = new Map<string, [low: number, high: number]>()
  for (const [at, [formal, nicknames]] of [...all].entries()) {
    for (const name of [formal, ...nicknames]) {
      const kin = kins.get(name) ?? [0, 0]
      if (at % 64 < 32) kin[0] |= 1 << (at % 32)
      else kin[1] |= 1 << (at % 32)
      kins.set(name, kin)
    }
  }
  return kins
}

/** Whether the first is a nickname of the second: one way, one step. Both in folded letters. */
export function isNickname(nickname: string, formal: string): boolean {
  return nicknamesOf.get(formal)?.has(nickname) ?? false
}

/** Whether both are nicknames of one formal name, and of few enough to mean it. */
export function shareFormalName(one: string, other: string): boolean {
  const ones = formalsOf.get(one)
  const others = formalsOf.get(other)
  if (!ones || !others || ones.size > FORMALS_MAX || others.size > FORMALS_MAX) return false
  for (const formal of ones) if (others.has(formal)) return true
  return false
}
