import type { Engine } from '../engine/engine.ts'

/** What every answer about a project carries. */
export interface AnswerPlace {
  /** The journal position that the answer is as of. */
  readonly position: string
  readonly asOf: string
}

/** The place of an answer given now. */
export function placeOf(engine: Engine): AnswerPlace {
  return {
    position: String(engine.applier.position),
    asOf: new Date(engine.clock.nowMs()).toISOString(),
  }
}

/** SQL of a time as ISO 8601 text in UTC. */
export function isoSql(time: string): string {
  return `strftime(timezone('UTC', ${time}), '%Y-%m-%dT%H:%M:%S.%gZ')`
}

/** A number read from a row. */
export function numberAt(row: readonly unknown[] | undefined, at: number): number {
  return Number(row?.[at] ?? 0)
}

/** A text read from a row, or null. */
export function textAt(row: readonly unknown[] | undefined, at: number): string | null {
  const value = row?.[at]
  switch (typeof value) {
    case 'string':
      return value
    case 'number':
    case 'bigint':
    case 'boolean':
      return String(value)
    default:
      return value === null || value === undefined ? null : JSON.stringify(value)
  }
}
