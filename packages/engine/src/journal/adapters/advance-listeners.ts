/** Those who want to hear that the journal grew. */
export class AdvanceListeners {
  readonly #listeners = new Set<(end: bigint) => void>()

  add(listener: (end: bigint) => void): () => void {
    const own = (end: bigint): void => listener(end)
    this.#listeners.add(own)
    return () => {
      this.#listeners.delete(own)
    }
  }

  /** Told outside of the commit, so that a listener that throws cannot spoil it. */
  tell(end: bigint): void {
    for (const listener of this.#listeners) {
      queueMicrotask(() => {
        if (this.#listeners.has(listener)) listener(end)
      })
    }
  }
}
