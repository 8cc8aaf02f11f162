import { type ErrorCode, MainstemError } from '@mainstem/contracts'
import { folded } from './scope.ts'

/** Where in the statement something stands, both counted from 1. */
export interface Place {
  readonly line: number
  readonly column: number
}

/** What a refusal says beside its sentence. */
export interface RefusalDetails {
  readonly at?: Place | undefined
  readonly fix?: string | undefined
}

/** Refuses somebody's SQL. The sentence may name what the statement names, never data. */
export function refuse(code: ErrorCode, sentence: string, details: RefusalDetails = {}): never {
  const { at, fix } = details
  const where = at ? ` (line ${at.line}, column ${at.column})` : ''
  const what = fix ? ` ${fix}` : ''
  throw new MainstemError(code, `${sentence}${where}.${what}`, {
    line: at?.line,
    column: at?.column,
    fix,
  })
}

/** A name as a sentence shows it: short, on one line. */
export function shown(name: string): string {
  const line = name.replaceAll(/[\p{C}\s]+/gu, ' ')
  return line.length > 60 ? `${line.slice(0, 57)}…` : line
}

/** "Did you mean …?", or nothing where no known name is near. */
export function didYouMean(name: string, known: Iterable<string>): string | undefined {
  const wanted = folded(name).slice(0, 80)
  let best: { name: string; distance: number } | undefined
  for (const candidate of known) {
    const distance = editDistance(wanted, folded(candidate))
    if (!best || distance < best.distance) best = { name: candidate, distance }
  }
  const near = best && best.distance <= Math.max(2, Math.floor(wanted.length / 3))
  return near ? `Did you mean ${best?.name ?? ''}?` : undefined
}

/** How many letters must change to turn one word into the other. */
function editDistance(left: string, right: string): number {
  let before = Array.from({ length: right.length + 1 }, (_, at) => at)
  for (let row = 1; row <= left.length; row++) {
    const now = [row]
    for (let at = 1; at <= right.length; at++) {
      const kept = left[row - 1] === right[at - 1] ? 0 : 1
      const swap = (before[at - 1] ?? 0) + kept
      now.push(Math.min(swap, (before[at] ?? 0) + 1, (now[at - 1] ?? 0) + 1))
    }
    before = now
  }
  return before[right.length] ?? right.length
}
