/*
 * The victim of segment-kill.test.ts: concurrent writers that print each acknowledged position and
 * the number it carries. Run with a folder, the first number to use, and the size of a body.
 */
import { SegmentJournal } from './segment-journal.ts'

const [folder = '', from = '0', bodyBytes = '0'] = process.argv.slice(2)
const WRITERS = 64

const journal = await SegmentJournal.open(folder, { segmentBytesMax: 4 * 1024 * 1024 })
let number = Number(from)

async function write(): Promise<never> {
  for (;;) {
    const own = number++
    const body = Buffer.alloc(Number(bodyBytes) + (own % 1_000), own % 251)
    const meta = { number: own }
    const entry = { kind: 'rows', atMs: Date.now(), space: 'default', stream: 'orders' } as const
    const position = await journal.append({ ...entry, meta, body })
    process.stdout.write(`${position} ${own}\n`)
  }
}

await Promise.all(Array.from({ length: WRITERS }, write))
