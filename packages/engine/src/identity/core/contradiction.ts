import type { Verdict } from './decision-book.ts'

/** A decision about two records, each by a text that is its own, and what the decision is called. */
export interface NamedDecision {
  readonly one: string
  readonly other: string
  readonly verdict: Verdict
  readonly name: string
}

/** Finds what new decisions contradict: nobody can be together with two who are never together. */
export class Contradictions {
  readonly #of = new Map<
    string,
    Map<string, { readonly verdict: Verdict; readonly name: string }>
  >()

  /** Takes what holds from now on; a verdict of none takes a pair's decision away. */
  take({
    one,
    other,
    verdict,
    name,
  }: Omit<NamedDecision, 'verdict'> & { verdict: Verdict | 'none' }): void {
    for (const [from, to] of [
      [one, other],
      [other, one],
    ] as const) {
      const held = this.#of.get(from) ?? new Map<string, { verdict: Verdict; name: string }>()
      this.#of.set(from, held)
      if (verdict === 'none') held.delete(to)
      else held.set(to, { verdict, name })
    }
  }

  /** What holds of a pair. */
  verdict({ one, other }: Pick<NamedDecision, 'one' | 'other'>): Verdict | undefined {
    return this.#of.get(one)?.get(other)?.verdict
  }

  /** The names of the decisions that stand against a new one; empty if it can hold with all others. */
  against({ one, other, verdict }: Omit<NamedDecision, 'name'>): readonly string[] {
    // What was decided of the pair itself ends with the new decision.
    const paths = this.#reach(one, { without: other })
    if (verdict === 'never') return paths.get(other) ?? []
    const others = this.#reach(other, { without: one })
    const [few, many] = paths.size <= others.size ? [paths, others] : [others, paths]
    for (const member of few.keys()) {
      for (const [foe, decision] of this.#of.get(member) ?? []) {
        const isPair = [one, other].every(end => end === member || end === foe)
        if (decision.verdict !== 'never' || isPair || !many.has(foe)) continue
        return [decision.name, ...(few.get(member) ?? []), ...(many.get(foe) ?? [])]
      }
    }
    return []
  }

  /** Who is together with a record by decisions, and by the names of which ones. */
  #reach(from: string, { without }: { without: string }): ReadonlyMap<string, readonly string[]> {
    const paths = new Map<string, readonly string[]>([[from, []]])
    for (const [at, path] of paths) {
      for (const [next, { verdict, name }] of this.#of.get(at) ?? []) {
        const isPair = (at === from && next === without) || (at === without && next === from)
        if (verdict !== 'together' || isPair || paths.has(next)) continue
        paths.set(next, [...path, name])
      }
    }
    return paths
  }
}
