/*
 * Run by segment-disk-full.test.ts on a disk of one mebibyte: fills it, makes room, goes on.
 * Prints what happened as one line of JSON.
 */
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { MainstemError } from '@mainstem/contracts'
import { SegmentJournal } from './segment-journal.ts'

const [disk = ''] = process.argv.slice(2)
const ballast = join(disk, 'ballast')
await writeFile(ballast, Buffer.alloc(400_000))

const options = { segmentBytesMax: 100_000 }
const journal = await SegmentJournal.open(join(disk, 'journal'), options)
const accepted: number[] = []
const refused: string[] = []

async function append(number: number): Promise<void> {
  const entry = { kind: 'rows', atMs: 1, space: 'default', stream: 'orders' } as const
  try {
    await journal.append({ ...entry, meta: { number }, body: Buffer.alloc(5_000, number % 251) })
    accepted.push(number)
  } catch (error) {
    refused.push(error instanceof MainstemError ? error.code : String(error))
  }
}

for (let start = 0; start < 320; start += 8) {
  await Promise.all(Array.from({ length: 8 }, (_, index) => append(start + index)))
}
const acceptedWhileFull = accepted.length
await rm(ballast)
for (let number = 1_000; number < 1_020; number += 1) await append(number)
await journal.close()

const again = await SegmentJournal.open(join(disk, 'journal'), options)
const entries = await again.read(0n, { entriesMax: 10_000, bytesMax: 100_000_000 })
const there = entries.map(entry => Number(entry.meta['number']))
await again.close()
process.stdout.write(JSON.stringify({ accepted, acceptedWhileFull, refused, there }))
