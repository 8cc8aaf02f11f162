import { CONSTRUCTS, type Construct } from './constructs.ts'
import { HAS, LACKS } from './engine-names.ts'
import { renderFor } from './render.ts'
import { read, type Target } from './second-parsers.ts'

/** What became of a statement with another engine. */
export type Verdict =
  | { readonly kind: 'parsed' }
  /** It was read with something else in the place of these constructs, or for lack of these names. */
  | {
      readonly kind: 'excepted'
      readonly constructs: readonly Construct[]
      readonly lacking: readonly string[]
    }
  | { readonly kind: 'failed'; readonly reason: string }

/** What the statements had to do with a target, all together. */
export class Examination {
  readonly target: Target
  /** Constructs without whose entry a statement would have failed. */
  readonly needed = new Set<Construct>()
  readonly names = new Set<string>()

  constructor(target: Target) {
    this.target = target
  }

  /** Renders a statement, has it read, and looks up each name in it. */
  examine(sql: string): Verdict {
    const plain = this.#attempt(sql)
    if (!plain.reason) return verdictOn([], plain.lacking)
    const found = CONSTRUCTS.filter(
      one => one.instead[this.target] !== undefined && one.found.test(sql),
    )
    const whole = found.find(one => !one.standIn)
    if (whole) {
      this.needed.add(whole)
      return verdictOn([whole], [])
    }
    const without = this.#attempt(this.#standIn(sql, found))
    if (without.reason) return { kind: 'failed', reason: without.reason }
    for (const one of found) {
      if (this.needed.has(one)) continue
      const others = found.filter(other => other !== one)
      if (this.#attempt(this.#standIn(sql, others)).reason) this.needed.add(one)
    }
    return verdictOn(found, without.lacking)
  }

  /** Entries of the tables that no statement has a use for. */
  idle(): readonly string[] {
    const constructs = CONSTRUCTS.filter(
      one => one.instead[this.target] !== undefined && !this.needed.has(one),
    )
    const listed = [...HAS[this.target], ...Object.keys(LACKS[this.target])]
    return [...constructs.map(one => one.what), ...listed.filter(name => !this.names.has(name))]
  }

  #standIn(sql: string, constructs: readonly Construct[]): string {
    return constructs.reduce((text, one) => one.standIn?.(text, this.target) ?? text, sql)
  }

  #attempt(sql: string): { reason: string | undefined; lacking: readonly string[] } {
    const rendered = renderFor(sql, this.target)
    if ('error' in rendered) return { reason: `cannot be written: ${rendered.error}`, lacking: [] }
    const { error, names } = read(rendered.sql, this.target)
    if (error !== undefined) return { reason: `cannot be read: ${error}`, lacking: [] }
    const missing = [...names].filter(name => !HAS[this.target].has(name))
    const unknown = missing.filter(name => !Object.hasOwn(LACKS[this.target], name))
    if (unknown.length > 0) return { reason: `names ${unknown.join(', ')}`, lacking: [] }
    for (const name of names) this.names.add(name)
    return { reason: undefined, lacking: missing }
  }
}

function verdictOn(constructs: readonly Construct[], lacking: readonly string[]): Verdict {
  return constructs.length + lacking.length === 0
    ? { kind: 'parsed' }
    : { kind: 'excepted', constructs, lacking }
}
