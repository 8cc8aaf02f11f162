import { spawnSync } from 'node:child_process'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { entryOf, textsOf } from '../journal.contract.ts'
import { openOnDisk, type OpenWritable } from './segment-file.ts'
import { SegmentJournal, type SegmentJournalOptions } from './segment-journal.ts'
import { openSegmentReader } from './segment-reader.ts'

const EVERYTHING = { entriesMax: 1_000_000, bytesMax: 1_000_000_000 }

/** A disk whose room and health the test decides; all else is the real one. */
class TroubledDisk {
  bytesLeft = Number.POSITIVE_INFINITY
  fails: { datasync?: string | undefined; truncate?: string | undefined } = {}

  readonly openFile: OpenWritable = async (path, flags) => {
    const file = await openOnDisk(path, flags)
    return {
      writev: async (buffers, offset) => {
        const bytes = Buffer.concat(buffers)
        if (this.bytesLeft <= 0) throw systemError('ENOSPC')
        const part = bytes.subarray(0, Math.min(bytes.byteLength, this.bytesLeft))
        this.bytesLeft -= part.byteLength
        return file.writev([part], offset)
      },
      datasync: async () => {
        if (this.fails.datasync !== undefined) throw systemError(this.fails.datasync)
        await file.datasync()
      },
      truncate: async bytes => {
        if (this.fails.truncate !== undefined) throw systemError(this.fails.truncate)
        await file.truncate(bytes)
      },
      close: () => file.close(),
    }
  }
}

function systemError(code: string): Error {
  return Object.assign(new Error(code), { code })
}

async function fresh(options: SegmentJournalOptions): Promise<[SegmentJournal, string]> {
  const folder = await mkdtemp(join(tmpdir(), 'journal-full-'))
  return [await SegmentJournal.open(folder, options), folder]
}

test('JN8: with no room an entry is refused as DISK_FULL, and taken when room returns', async () => {
  const disk = new TroubledDisk()
  const [journal, folder] = await fresh({ openFile: disk.openFile })
  await journal.append(entryOf('before'))
  for (const room of [0, 1, 7, 40, 200]) {
    disk.bytesLeft = room
    const refused = ['x', 'y', 'z'].map(text => journal.append(entryOf(text.repeat(300))))
    for (const outcome of await Promise.allSettled(refused)) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'DISK_FULL' } })
    }
    expect(textsOf(await journal.read(0n, EVERYTHING))[0]).toBe('before')
  }
  disk.bytesLeft = Number.POSITIVE_INFINITY
  expect(await journal.append(entryOf('after'))).toBe(2n)
  await journal.close()

  const again = await SegmentJournal.open(folder)
  expect(again.cut).toBeUndefined()
  expect(textsOf(await again.read(0n, EVERYTHING))).toEqual(['before', 'after'])
  await again.close()
})

test('JN8: with no room for a new segment the old one stays, and goes on later', async () => {
  const disk = new TroubledDisk()
  const [journal, folder] = await fresh({ openFile: disk.openFile, segmentBytesMax: 200 })
  await journal.append(entryOf('1'))
  disk.bytesLeft = 10
  await expect(journal.append(entryOf('2'.repeat(150)))).rejects.toMatchObject({
    code: 'DISK_FULL',
  })
  disk.bytesLeft = Number.POSITIVE_INFINITY
  for (let index = 2; index <= 9; index += 1) {
    expect(await journal.append(entryOf(`${index}`))).toBe(BigInt(index))
  }
  await journal.close()
  const again = await SegmentJournal.open(folder)
  expect(textsOf(await again.read(0n, EVERYTHING)).join('')).toBe('123456789')
  await again.close()
})

test('JN2+JN8: an entry whose sync failed is refused and is not there, also after a crash', async () => {
  const disk = new TroubledDisk()
  const [journal, folder] = await fresh({ openFile: disk.openFile })
  await journal.append(entryOf('a'))
  disk.fails = { datasync: 'EIO' }
  await expect(journal.append(entryOf('b'))).rejects.toMatchObject({
    code: 'INTERNAL',
    details: { system: 'EIO' },
  })
  const afterCrash = openSegmentReader(folder)
  expect(textsOf(await afterCrash.read(0n, EVERYTHING))).toEqual(['a'])
  await afterCrash.close()
  disk.fails = {}
  expect(await journal.append(entryOf('c'))).toBe(2n)
  expect(textsOf(await journal.read(0n, EVERYTHING))).toEqual(['a', 'c'])
  await journal.close()
})

test('a write that could not even be cut is cut before the next one', async () => {
  const disk = new TroubledDisk()
  const [journal, folder] = await fresh({ openFile: disk.openFile })
  await journal.append(entryOf('a'))
  disk.fails = { datasync: 'EIO', truncate: 'EIO' }
  await expect(journal.append(entryOf('b'.repeat(500)))).rejects.toThrow('EIO')
  disk.fails = { truncate: 'EIO' }
  await expect(journal.append(entryOf('c'))).rejects.toThrow('EIO')
  disk.fails = {}
  expect(await journal.append(entryOf('d'))).toBe(2n)
  await journal.close()
  const again = await SegmentJournal.open(folder)
  expect(again.cut).toBeUndefined()
  expect(textsOf(await again.read(0n, EVERYTHING))).toEqual(['a', 'd'])
  await again.close()
})

test('JN8: the queue is bounded, and says which setting is full', async () => {
  const [journal] = await fresh({ queueEntriesMax: 10 })
  const outcomes = await Promise.allSettled(
    Array.from({ length: 25 }, (_, index) => journal.append(entryOf(`${index}`))),
  )
  const refused = outcomes.filter(outcome => outcome.status === 'rejected')
  expect(refused).toHaveLength(15)
  expect(refused[0]?.reason).toMatchObject({
    code: 'ENGINE_AWAY',
    details: { limit: 'journal.queueEntriesMax', value: 10 },
  })
  expect(journal.end).toBe(10n)
  expect(await journal.append(entryOf('later'))).toBe(11n)
  await journal.close()
})

test('JN8: the queue is bounded in bytes, but one large entry alone is taken', async () => {
  const [journal] = await fresh({ queueBytesMax: 1_000 })
  const large = { ...entryOf(''), body: new Uint8Array(5_000) }
  const outcomes = await Promise.allSettled([journal.append(large), journal.append(entryOf('a'))])
  expect(outcomes[0]).toMatchObject({ value: 1n })
  expect(outcomes[1]).toMatchObject({ reason: { details: { limit: 'journal.queueBytesMax' } } })
  await journal.close()
})

const ownDisk = (command: string): string[] => [
  '-rm',
  'sh',
  '-c',
  `d=$(mktemp -d) && mount -t tmpfs -o size=1m none "$d" && ${command}`,
]
const canMount = spawnSync('unshare', ownDisk('true')).status === 0
if (!canMount)
  console.log(
    'SKIPPED: a journal on a full disk, for this system lets nobody mount one (unshare -rm).',
  )

test.skipIf(!canMount)('JN2+JN8: on a disk that is really full, accepted is there', () => {
  const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url))
  const flags = `--conditions=mainstem-source --import '${here('run-typescript.mjs')}'`
  const child = `'${process.execPath}' ${flags} '${here('segment-disk-full.child.ts')}' "$d"`
  const { stdout, stderr } = spawnSync('unshare', ownDisk(child), { encoding: 'utf8' })
  expect(stderr).toBe('')
  const said = JSON.parse(stdout)
  expect(said.acceptedWhileFull).toBeGreaterThan(50)
  expect(new Set(said.refused)).toEqual(new Set(['DISK_FULL']))
  expect(said.accepted).toEqual(expect.arrayContaining([1_000, 1_019]))
  expect(said.there).toEqual(said.accepted)
})
