/** Lets one piece of work at a time through, in the order of arrival. */
export class Mutex {
  #last: Promise<unknown> = Promise.resolve()

  async run<T>(work: () => Promise<T>): Promise<T> {
    const before = this.#last
    const mine = (async () => {
      await before.catch(() => undefined)
      return await work()
    })()
    this.#last = mine.catch(() => undefined)
    return await mine
  }
}
