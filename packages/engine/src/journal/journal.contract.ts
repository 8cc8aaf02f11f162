import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import type { Journal, JournalEntry, NewEntry } from './journal.ts'

/** How the suite gets a journal: with few entries a segment, and with a limit on bodies. */
export interface JournalContractOptions {
  readonly bodyBytesMax?: number | undefined
  readonly startAfter?: bigint | undefined
}

const EVERYTHING = { entriesMax: 1_000_000, bytesMax: 1_000_000_000 }

/** Entries with hostile headers and bodies. */
export const anyEntry: fc.Arbitrary<NewEntry> = fc.record(
  {
    kind: fc.constantFrom('rows', 'file', 'delete', 'decision'),
    atMs: fc.maxSafeNat(),
    space: fc.string({ unit: 'binary' }),
    stream: fc.oneof(fc.string({ unit: 'grapheme' }), fc.constant('__proto__')),
    meta: fc.dictionary(
      fc.oneof(fc.string(), fc.constant('__proto__')),
      fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null)),
      { noNullPrototype: true },
    ),
    body: fc.uint8Array({ maxLength: 300 }),
  },
  { noNullPrototype: true },
)

/** An entry whose body says which it is. */
export function entryOf(text: string): NewEntry {
  const body = new TextEncoder().encode(text)
  return { kind: 'rows', atMs: 1, space: 'default', stream: 'orders', meta: { rows: 1 }, body }
}

/** The bodies of `entryOf`, read back. */
export function textsOf(entries: readonly JournalEntry[]): string[] {
  return entries.map(entry => new TextDecoder().decode(entry.body))
}

/** Entries in a form that two adapters share: a body may be any kind of byte array. */
export function plain(entries: readonly NewEntry[]): unknown[] {
  return entries.map(entry => ({ ...entry, body: Array.from(entry.body) }))
}

/** The suite every journal must pass, whatever it is made of. */
export function journalContract(
  open: (options?: JournalContractOptions) => Promise<Journal>,
): void {
  const opened: Journal[] = []
  const fresh = async (options?: JournalContractOptions): Promise<Journal> => {
    const journal = await open(options)
    opened.push(journal)
    return journal
  }
  afterEach(async () => {
    await Promise.all(opened.splice(0).map(journal => journal.close()))
  })

  test('JN1+JN3+JN4: what was appended is read back, byte for byte, in order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyEntry, { maxLength: 30 }), async entries => {
        const journal = await fresh()
        const positions = await Promise.all(entries.map(entry => journal.append(entry)))
        expect(positions).toEqual(entries.map((_, index) => BigInt(index + 1)))
        expect(journal.end).toBe(BigInt(entries.length))
        const expected = entries.map((entry, index) => ({ ...entry, position: BigInt(index + 1) }))
        expect(plain(await journal.read(0n, EVERYTHING))).toEqual(plain(expected))
        await journal.close()
      }),
      { numRuns: 40 },
    )
  })

  test('JN1: a journal opened to start after a position goes on from there', async () => {
    const journal = await fresh({ startAfter: 41n })
    expect(journal.end).toBe(41n)
    expect(await journal.append(entryOf('a'))).toBe(42n)
    expect(textsOf(await journal.read(41n, EVERYTHING))).toEqual(['a'])
    await expect(journal.read(3n, EVERYTHING)).rejects.toMatchObject({ code: 'STORE_DAMAGED' })
  })

  test('JN4: any walk with any limits sees each entry once, and always gets on', async () => {
    const journal = await fresh()
    const texts = Array.from({ length: 60 }, (_, index) => `${index}`.padEnd((index * 7) % 50, '.'))
    await Promise.all(texts.map(text => journal.append(entryOf(text))))
    const limits = fc.record({
      entriesMax: fc.integer({ min: 1, max: 20 }),
      bytesMax: fc.integer({ min: 1, max: 2_000 }),
    })
    await fc.assert(
      fc.asyncProperty(limits, fc.integer({ min: 0, max: 59 }), async (each, after) => {
        const seen: JournalEntry[] = []
        for (let at = BigInt(after); at < journal.end; at = seen.at(-1)?.position ?? at) {
          const entries = await journal.read(at, each)
          expect(entries.length).toBeGreaterThan(0)
          expect(entries.length).toBeLessThanOrEqual(each.entriesMax)
          const bytes = entries.reduce((sum, entry) => sum + entry.body.byteLength, 0)
          expect(entries.length === 1 || bytes <= each.bytesMax).toBe(true)
          seen.push(...entries)
        }
        expect(textsOf(seen)).toEqual(texts.slice(after))
      }),
      { numRuns: 40 },
    )
  })

  test('JN4: nothing after upTo is given, and nothing at the end', async () => {
    const journal = await fresh()
    for (const text of ['a', 'b', 'c']) await journal.append(entryOf(text))
    expect(textsOf(await journal.read(0n, { ...EVERYTHING, upTo: 2n }))).toEqual(['a', 'b'])
    expect(await journal.read(2n, { ...EVERYTHING, upTo: 2n })).toEqual([])
    expect(textsOf(await journal.read(2n, { ...EVERYTHING, upTo: 99n }))).toEqual(['c'])
    expect(await journal.read(3n, EVERYTHING)).toEqual([])
    expect(await journal.read(99n, EVERYTHING)).toEqual([])
  })

  test('JN4: a body that is used again after append answered is not changed', async () => {
    const journal = await fresh()
    const entry = entryOf('before')
    await journal.append(entry)
    entry.body.fill(0)
    expect(textsOf(await journal.read(0n, EVERYTHING))).toEqual(['before'])
  })

  test('JN5+JN6: what is applied may go, all else is there, and a gap is an error', async () => {
    const journal = await fresh()
    for (let index = 1; index <= 50; index += 1) await journal.append(entryOf(`${index}`))
    const gone = await journal.retain(30n)
    expect(gone).toBeGreaterThan(0)
    expect(gone).toBeLessThanOrEqual(30)
    const left = await journal.read(BigInt(gone), EVERYTHING)
    expect(textsOf(left)).toEqual(Array.from({ length: 50 - gone }, (_, i) => `${i + gone + 1}`))
    await expect(journal.read(0n, EVERYTHING)).rejects.toMatchObject({ code: 'STORE_DAMAGED' })
    expect(await journal.retain(30n)).toBe(0)
  })

  test('JN6: whatever is applied, the first entry that is not stays', async () => {
    const journal = await fresh()
    for (let index = 1; index <= 50; index += 1) await journal.append(entryOf(`${index}`))
    let gone = 0
    for (let applied = 1n; applied < 50n; applied += 1n) {
      gone += await journal.retain(applied)
      expect(gone).toBeLessThanOrEqual(Number(applied))
      const [next] = await journal.read(applied, { entriesMax: 1, bytesMax: 1 })
      expect(next?.position).toBe(applied + 1n)
    }
    expect(gone).toBeGreaterThan(30)
  })

  test('JN6: all lets go of each applied entry, and positions go on', async () => {
    const journal = await fresh()
    for (let index = 1; index <= 7; index += 1) await journal.append(entryOf(`${index}`))
    expect(await journal.retain(7n, 'all')).toBe(7)
    expect(journal.end).toBe(7n)
    expect(await journal.read(7n, EVERYTHING)).toEqual([])
    expect(await journal.append(entryOf('8'))).toBe(8n)
    expect(textsOf(await journal.read(7n, EVERYTHING))).toEqual(['8'])
    await expect(journal.read(6n, EVERYTHING)).rejects.toMatchObject({ code: 'STORE_DAMAGED' })
  })

  test('JN7: a listener hears of growing ends after they are durable, until it stops', async () => {
    const journal = await fresh()
    const heard: bigint[] = []
    const stop = journal.onAdvance(end => {
      expect(end).toBeLessThanOrEqual(journal.end)
      heard.push(end)
    })
    for (let round = 0; round < 5; round += 1) {
      await Promise.all(['a', 'b', 'c'].map(text => journal.append(entryOf(text))))
    }
    await journal.append(entryOf('last'))
    await new Promise(done => setTimeout(done, 5))
    expect(heard.at(-1)).toBe(16n)
    expect(heard).toEqual(heard.toSorted((a, b) => Number(a - b)))
    stop()
    await journal.append(entryOf('unheard'))
    await new Promise(done => setTimeout(done, 5))
    expect(heard.at(-1)).toBe(16n)
  })

  test('JN8: an entry that is too large is refused by name and takes no position', async () => {
    const journal = await fresh({ bodyBytesMax: 10 })
    const outcomes = await Promise.allSettled(
      ['a', 'x'.repeat(11), 'y'.repeat(10)].map(text => journal.append(entryOf(text))),
    )
    expect(outcomes[0]).toMatchObject({ value: 1n })
    expect(outcomes[1]).toMatchObject({
      reason: { code: 'BODY_TOO_LARGE', details: { limit: 'journal.bodyBytesMax' } },
    })
    expect(outcomes[2]).toMatchObject({ value: 2n })
  })

  test('JN9: close keeps what was taken in and takes nothing afterwards', async () => {
    const journal = await fresh()
    const taken = ['a', 'b', 'c'].map(text => journal.append(entryOf(text)))
    const closed = journal.close()
    await expect(journal.append(entryOf('late'))).rejects.toMatchObject({ code: 'ENGINE_AWAY' })
    expect(await Promise.all(taken)).toEqual([1n, 2n, 3n])
    await closed
    await journal.close()
  })
}
