import { copyFile, mkdir, mkdtemp, open, readdir, readFile, stat, truncate } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyEntry, entryOf, plain, textsOf } from '../journal.contract.ts'
import type { Journal, NewEntry } from '../journal.ts'
import { HEAD_BYTES } from './segment-file.ts'
import { SegmentJournal, type SegmentJournalOptions } from './segment-journal.ts'
import { openSegmentReader } from './segment-reader.ts'

const EVERYTHING = { entriesMax: 1_000_000, bytesMax: 1_000_000_000 }

const freshFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'journal-damage-'))

async function written(
  entries: readonly NewEntry[],
  options?: SegmentJournalOptions,
): Promise<string> {
  const folder = await freshFolder()
  const journal = await SegmentJournal.open(folder, options)
  await Promise.all(entries.map(entry => journal.append(entry)))
  await journal.close()
  return folder
}

async function copyOf(folder: string): Promise<string> {
  const copy = await freshFolder()
  for (const file of await readdir(folder)) await copyFile(join(folder, file), join(copy, file))
  return copy
}

async function segmentsOf(folder: string): Promise<string[]> {
  const files = await readdir(folder)
  return files.filter(file => file.endsWith('.seg')).toSorted()
}

async function onlySegment(folder: string): Promise<string> {
  const segments = await segmentsOf(folder)
  expect(segments).toHaveLength(1)
  return join(folder, String(segments[0]))
}

async function flipBit(path: string, offset: number, bit = 0): Promise<void> {
  const handle = await open(path, 'r+')
  const byte = Buffer.alloc(1)
  await handle.read(byte, 0, 1, offset)
  byte.writeUInt8(byte.readUInt8() ^ (1 << bit))
  await handle.write(byte, 0, 1, offset)
  await handle.close()
}

async function opened<T>(
  folder: string,
  work: (journal: SegmentJournal) => Promise<T>,
): Promise<T> {
  const journal = await SegmentJournal.open(folder)
  try {
    return await work(journal)
  } finally {
    await journal.close()
  }
}

const all = (journal: Pick<Journal, 'read'>) => journal.read(0n, EVERYTHING)

test('JN2: what was appended is there after opening again, with any segment size', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyEntry, { maxLength: 20 }),
      fc.integer({ min: 60, max: 2_000 }),
      async (entries, segmentBytesMax) => {
        const folder = await written(entries, { segmentBytesMax })
        await opened(folder, async journal => {
          expect(journal.cut).toBeUndefined()
          const expected = entries.map((one, index) => ({ ...one, position: BigInt(index + 1) }))
          expect(plain(await all(journal))).toEqual(plain(expected))
        })
      },
    ),
    { numRuns: 30 },
  )
})

test('a segment is not larger than its setting, unless one entry is', async () => {
  const folder = await freshFolder()
  const journal = await SegmentJournal.open(folder, { segmentBytesMax: 1_000 })
  for (let round = 0; round < 20; round += 1) {
    const sizes = [10, 300, 40, 5, 120, 77, 500]
    await Promise.all(sizes.map(size => journal.append(entryOf('x'.repeat(size + round)))))
  }
  await journal.append(entryOf('y'.repeat(3_000)))
  await journal.close()
  const segments = await segmentsOf(folder)
  const sizes = await Promise.all(segments.map(async file => (await stat(join(folder, file))).size))
  expect(Math.max(...sizes.slice(0, -1))).toBeLessThanOrEqual(1_000)
  expect(Math.min(...sizes.slice(0, -2))).toBeGreaterThan(300)
  expect(sizes.at(-1)).toBeGreaterThan(3_000)
})

test('a last frame cut short at any byte is removed, and its position is taken anew', async () => {
  const folder = await written([entryOf('first'), entryOf('second'), entryOf('the last one')])
  const path = await onlySegment(folder)
  const bytes = await readFile(path)
  const { size } = await stat(path)
  const lastAt = frameOffsets(bytes).at(-1) ?? 0
  for (let length = lastAt; length < size; length += 1) {
    const copy = await copyOf(folder)
    await truncate(await onlySegment(copy), length)
    await opened(copy, async journal => {
      expect(journal.end).toBe(2n)
      expect(journal.cut?.bytes ?? 0).toBe(length - lastAt)
      expect(journal.cut?.offset ?? lastAt).toBe(lastAt)
      expect(await journal.append(entryOf('again'))).toBe(3n)
      expect(textsOf(await all(journal))).toEqual(['first', 'second', 'again'])
    })
    await opened(copy, async journal => {
      expect([journal.end, journal.cut]).toEqual([3n, undefined])
    })
  }
})

test('zeros, or any bytes that are no frame, after the last frame are removed', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(fc.constant(new Uint8Array(5_000)), fc.uint8Array({ minLength: 1, maxLength: 200 })),
      async noise => {
        const folder = await written([entryOf('a'), entryOf('b')])
        const handle = await open(await onlySegment(folder), 'a')
        await handle.write(noise)
        await handle.close()
        await opened(folder, async journal => {
          expect(journal.cut?.bytes).toBe(noise.byteLength)
          expect(textsOf(await all(journal))).toEqual(['a', 'b'])
        })
      },
    ),
    { numRuns: 25 },
  )
})

test('a bit turned anywhere before the last frame is damage that names file and offset', async () => {
  const folder = await written(['one', 'two', 'three', 'four'].map(entryOf))
  const bytes = await readFile(await onlySegment(folder))
  const offsets = frameOffsets(bytes)
  const lastAt = offsets.at(-1) ?? 0
  for (let at = HEAD_BYTES; at < lastAt; at += 1) {
    const copy = await copyOf(folder)
    const path = await onlySegment(copy)
    await flipBit(path, at, at % 8)
    await expect(SegmentJournal.open(copy), `byte ${at}`).rejects.toMatchObject({
      code: 'STORE_DAMAGED',
      details: {
        file: '00000000000000000001.seg',
        offset: offsets.findLast(offset => offset <= at),
      },
    })
    expect((await stat(path)).size, 'nothing was cut').toBe(bytes.byteLength)
  }
})

test('a bit turned in the head is damage, or another version', async () => {
  const folder = await written([entryOf('a')])
  for (let at = 0; at < HEAD_BYTES; at += 1) {
    const copy = await copyOf(folder)
    await flipBit(await onlySegment(copy), at, 1)
    const code = at >= 8 && at < 12 ? 'STORE_VERSION' : 'STORE_DAMAGED'
    await expect(SegmentJournal.open(copy), `byte ${at}`).rejects.toMatchObject({ code })
  }
})

test('JN5: damage in an older segment is found when it is read, never passed over', async () => {
  const texts = Array.from({ length: 40 }, (_, index) => `entry ${index}`)
  const folder = await written(texts.map(entryOf), { segmentBytesMax: 600 })
  const segments = await segmentsOf(folder)
  expect(segments.length).toBeGreaterThan(3)
  const victim = String(segments[1])
  await flipBit(join(folder, victim), HEAD_BYTES + 30)
  await opened(folder, async journal => {
    const damage = { code: 'STORE_DAMAGED', details: { file: victim, offset: HEAD_BYTES } }
    await expect(all(journal)).rejects.toMatchObject(damage)
    const reader = openSegmentReader(folder)
    await expect(all(reader)).rejects.toMatchObject(damage)
    await reader.close()
    const after = BigInt(String(segments[2]).slice(0, 20)) - 1n
    expect(textsOf(await journal.read(after, EVERYTHING))).toEqual(texts.slice(Number(after)))
  })
})

test('JN5: an older segment cut short, or gone, is an error', async () => {
  const texts = Array.from({ length: 40 }, (_, index) => `entry ${index}`)
  const folder = await written(texts.map(entryOf), { segmentBytesMax: 600 })
  const victim = join(folder, String((await segmentsOf(folder))[1]))
  const { size } = await stat(victim)
  for (const length of [size - 1, HEAD_BYTES + 10, HEAD_BYTES, 3, 0]) {
    const copy = await copyOf(folder)
    await truncate(join(copy, String((await segmentsOf(copy))[1])), length)
    await opened(copy, async journal => {
      await expect(all(journal)).rejects.toMatchObject({ code: 'STORE_DAMAGED' })
    })
    const reader = openSegmentReader(copy)
    await expect(all(reader)).rejects.toMatchObject({ code: 'STORE_DAMAGED' })
    await reader.close()
  }
})

test('a torn write whose body imitates a frame is still a torn write', async () => {
  const innerEntries = Array.from({ length: 6 }, (_, index) => entryOf(`inner ${index}`))
  const inner = await readFile(await onlySegment(await written(innerEntries)))
  const frames = inner.subarray(HEAD_BYTES)
  const folder = await written([entryOf('real'), { ...entryOf(''), body: frames }])
  const path = await onlySegment(folder)
  await truncate(path, (await stat(path)).size - 1)
  await opened(folder, async journal => expect(journal.end).toBe(1n))
})

test('what a crash left of a segment in the making is removed', async () => {
  const folder = await written([entryOf('a')])
  await mkdir(folder, { recursive: true })
  const handle = await open(join(folder, '00000000000000000002.seg.new'), 'w')
  await handle.write(Buffer.from('MST'))
  await handle.close()
  await opened(folder, async journal => expect(await journal.append(entryOf('b'))).toBe(2n))
  expect(await segmentsOf(folder)).toHaveLength(1)
  expect((await readdir(folder)).filter(file => file.endsWith('.new'))).toEqual([])
})

test('a journal that ends before what was applied is refused', async () => {
  const folder = await written([entryOf('a'), entryOf('b')])
  await expect(SegmentJournal.open(folder, { startAfter: 3n })).rejects.toMatchObject({
    code: 'STORE_DAMAGED',
    details: { end: '2', applied: '3' },
  })
  const journal = await SegmentJournal.open(folder, { startAfter: 2n })
  expect(journal.end).toBe(2n)
  await journal.close()
})

/** Where frames begin, by their lengths alone. */
function frameOffsets(bytes: Buffer): number[] {
  const offsets: number[] = []
  for (let at = HEAD_BYTES; at < bytes.byteLength; at += 8 + bytes.readUInt32LE(at)) {
    offsets.push(at)
  }
  return offsets
}
