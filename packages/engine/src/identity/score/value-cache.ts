/** A number made of each text of a list, once, when the first is asked for; the list may grow. */
export class ValueCache<Numbers extends Int8Array | Int32Array | Float64Array> {
  readonly #texts: readonly string[]
  readonly #make: (text: string) => number
  readonly #allocate: (length: number) => Numbers
  #numbers: Numbers
  #known = 0

  constructor(
    texts: readonly string[],
    allocate: (length: number) => Numbers,
    make: (text: string) => number,
  ) {
    this.#texts = texts
    this.#make = make
    this.#allocate = allocate
    this.#numbers = allocate(0)
  }

  of(value: number): number {
    if (value >= this.#known) this.#extend()
    return this.#numbers[value] ?? 0
  }

  #extend(): void {
    const end = this.#texts.length
    if (end > this.#numbers.length) {
      // The first time all are made at once; then there is room for more.
      const grown = this.#allocate(this.#known === 0 ? end : Math.ceil(end * 1.25))
      grown.set(this.#numbers)
      this.#numbers = grown
    }
    for (let value = this.#known; value < end; value++) {
      this.#numbers[value] = this.#make(this.#texts[value] ?? '')
    }
    this.#known = end
  }
}
