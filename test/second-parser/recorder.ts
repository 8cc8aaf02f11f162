import { DuckDBConnection } from '@duckdb/node-api'

/** The ways in which a statement reaches the engine. */
const WAYS = ['run', 'runAndReadUntil', 'prepare', 'stream'] as const

/**
 * Notes every statement that any session gives the engine's driver. At the driver, because a store runs
 * statements before there is a session that a test could watch.
 */
export class Recorder implements Disposable {
  readonly statements: string[] = []
  readonly #undo: (() => void)[] = []

  constructor() {
    const { prototype } = DuckDBConnection
    const { statements } = this
    for (const way of WAYS) {
      const original = Reflect.get(prototype, way) as (...given: unknown[]) => unknown
      Reflect.set(prototype, way, function (this: DuckDBConnection, ...given: unknown[]): unknown {
        statements.push(String(given[0]))
        return original.apply(this, given)
      })
      this.#undo.push(() => void Reflect.set(prototype, way, original))
    }
  }

  [Symbol.dispose](): void {
    for (const undo of this.#undo) undo()
  }
}
