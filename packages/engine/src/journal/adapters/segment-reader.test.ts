import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, truncate } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { entryOf, textsOf } from '../journal.contract.ts'
import { SegmentJournal } from './segment-journal.ts'
import { openSegmentReader } from './segment-reader.ts'

const EVERYTHING = { entriesMax: 1_000_000, bytesMax: 1_000_000_000 }

const freshFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'journal-reader-'))

test('a reader follows a writer over rolled and deleted segments, each entry once', async () => {
  const folder = await freshFolder()
  const journal = await SegmentJournal.open(folder, { segmentBytesMax: 2_000 })
  const reader = openSegmentReader(folder)
  const seen: string[] = []
  let told = 0n
  journal.onAdvance(end => (told = end))
  const writing = (async () => {
    for (let round = 0; round < 60; round += 1) {
      const texts = Array.from({ length: 25 }, (_, index) => `${round * 25 + index}`)
      await Promise.all(texts.map(text => journal.append(entryOf(text))))
    }
  })()
  while (seen.length < 1_500) {
    const limits = { entriesMax: 37, bytesMax: 3_000, upTo: told }
    seen.push(...textsOf(await reader.read(BigInt(seen.length), limits)))
    if (seen.length % 5 === 0) await journal.retain(BigInt(seen.length))
    await new Promise(done => setImmediate(done))
  }
  await writing
  expect(seen).toEqual(Array.from({ length: 1_500 }, (_, index) => `${index}`))
  await reader.close()
  await journal.close()
})

test('a reader that is not told how far reads a live writer in another process', async () => {
  const folder = await freshFolder()
  const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url))
  const args = ['--conditions=mainstem-source', '--import', here('run-typescript.mjs')]
  const child = spawn(
    process.execPath,
    [...args, here('segment-kill.child.ts'), folder, '0', '2000'],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  await once(child.stdout, 'data')
  child.stdout.resume()
  const reader = openSegmentReader(folder)
  let at = 0n
  while (at < 8_000n) {
    for (const entry of await reader.read(at, { entriesMax: 500, bytesMax: 1_000_000 })) {
      at += 1n
      const number = Number(entry.meta['number'])
      const body = Buffer.alloc(2_000 + (number % 1_000), number % 251)
      expect([entry.position, body.equals(entry.body)]).toEqual([at, true])
    }
  }
  child.kill('SIGKILL')
  await once(child, 'close')
  await reader.close()
})

test('JN5: an entry that a reader was told of and cannot find is damage', async () => {
  const folder = await freshFolder()
  const journal = await SegmentJournal.open(folder)
  for (const text of ['a', 'b']) await journal.append(entryOf(text))
  const reader = openSegmentReader(folder)
  expect(textsOf(await reader.read(0n, EVERYTHING))).toEqual(['a', 'b'])
  const beyond = reader.read(0n, { ...EVERYTHING, upTo: 3n })
  await expect(beyond).rejects.toMatchObject({ code: 'STORE_DAMAGED' })
  await journal.close()
  await truncate(join(folder, '00000000000000000001.seg'), 60)
  const torn = reader.read(0n, { ...EVERYTHING, upTo: 2n })
  await expect(torn).rejects.toMatchObject({ code: 'STORE_DAMAGED', details: { offset: 28 } })
  expect(await reader.read(0n, EVERYTHING)).toEqual([])
  await reader.close()
})

test('bytes of a refused entry that were read ahead are not taken for its successor', async () => {
  const folder = await freshFolder()
  const journal = await SegmentJournal.open(folder)
  const reader = openSegmentReader(folder)
  for (const text of ['a', 'old', 'b']) await journal.append(entryOf(text))
  await journal.close()
  // The reader was told of the first only, but its read had all three in one piece.
  expect(textsOf(await reader.read(0n, { ...EVERYTHING, upTo: 1n }))).toEqual(['a'])
  await truncate(join(folder, '00000000000000000001.seg'), 28 + sizeOfFrame('a'))
  const next = await SegmentJournal.open(folder)
  await next.append(entryOf('new'))
  expect(textsOf(await reader.read(1n, { ...EVERYTHING, upTo: 2n }))).toEqual(['new'])
  await next.close()
  await reader.close()
})

test('an empty or missing folder reads as empty only if nothing was promised', async () => {
  const folder = await freshFolder()
  const reader = openSegmentReader(folder)
  expect(await reader.read(0n, EVERYTHING)).toEqual([])
  const promised = reader.read(0n, { ...EVERYTHING, upTo: 1n })
  await expect(promised).rejects.toMatchObject({ code: 'STORE_DAMAGED' })
  await reader.close()
})

function sizeOfFrame(text: string): number {
  const { kind, atMs, space, stream, meta } = entryOf(text)
  return 20 + JSON.stringify({ kind, atMs, space, stream, meta }).length + text.length
}
