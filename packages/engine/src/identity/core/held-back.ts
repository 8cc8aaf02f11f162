import { type MatchIndex, NO_SURNAME, NO_VALUE } from './match-index.ts'
import { isScored, type ScoredLinks } from './scored-links.ts'

/** From how many people on a key is taken to be nobody's: functions of its present members only. */
export interface HoldLimits {
  /** Distinct nodes a block may have; over it, the block joins nobody. */
  readonly blockMax: number
  /** Distinct surnames the members of a block may have; over it, the block joins nobody. */
  readonly surnamesMax: number
  /** Distinct keys the members of a block may have by one of `idRules`; over it, the block joins nobody. */
  readonly idsMax: number
  /** The rules whose keys are numbers that a person has one of. */
  readonly idRules?: readonly number[] | undefined
  /** Blocks of scored rules propose pairs and prove nothing: only their size can be too much. */
  readonly scored?: ScoredLinks | undefined
}

/** Which limit keeps a block from joining anybody, and how many of what it limits there are. */
export interface Hold {
  readonly why: 'block' | 'ids' | 'surnames'
  readonly size: number
}

/**
 * What holds a block back, the first that does: its size, the numbers or the surnames of its members.
 * Where names are compared inside a block, its key alone joins nobody: such members do not count for
 * numbers and surnames, however many people are called alike in one city.
 */
export function holdOf(index: MatchIndex, block: number, limits: HoldLimits): Hold | undefined {
  const size = index.blockSize(block)
  if (size > limits.blockMax) return { why: 'block', size }
  if (isScored(limits, index.blockRule(block))) return undefined
  // As many members must there be as there are numbers or surnames: nearly all blocks have few.
  if (size > limits.idsMax) {
    for (const rule of limits.idRules ?? []) {
      const ids = idsOf(index, block, rule)
      if (ids.size > limits.idsMax) return { why: 'ids', size: ids.size }
    }
  }
  if (size <= limits.surnamesMax) return undefined
  const surnames = new Set<number>()
  index.eachMember(block, (pid, value) => {
    const surname = index.surname(pid)
    if (value === NO_VALUE && surname !== NO_SURNAME) surnames.add(surname)
  })
  return surnames.size > limits.surnamesMax ? { why: 'surnames', size: surnames.size } : undefined
}

/** The blocks that a block's members have by a rule. */
function idsOf(index: MatchIndex, block: number, rule: number): ReadonlySet<number> {
  const ids = new Set<number>()
  index.eachMember(block, (pid, value) => {
    if (value !== NO_VALUE) return
    index.eachRowOf(pid, own => {
      if (index.blockRule(own) === rule) ids.add(own)
    })
  })
  return ids
}
