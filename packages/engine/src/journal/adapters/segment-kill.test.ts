import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { SegmentJournal } from './segment-journal.ts'

/** More with MAINSTEM_KILL_ROUNDS=1000. */
const ROUNDS = Number(process.env['MAINSTEM_KILL_ROUNDS'] ?? 20)

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url))

/** Small bodies make many commits; large ones make writes that a kill can tear. */
const BODY_BYTES = [200, 120_000]

interface Round {
  readonly from: number
  readonly bodyBytes: number
  readonly delayMs: number
}

test(
  `JN2: nothing acknowledged is lost in ${ROUNDS} kills, and each entry is there once`,
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'journal-kill-'))
    let total = 0
    let tailsCut = 0
    let end = 0n
    for (let index = 0; index < ROUNDS; index += 1) {
      const bodyBytes = BODY_BYTES[index % BODY_BYTES.length] ?? 0
      const round = { from: index * 10_000_000, bodyBytes, delayMs: (index * 37) % 150 }
      const acknowledged = await writeUntilKilled(folder, round)
      const journal = await SegmentJournal.open(folder, { segmentBytesMax: 4 * 1024 * 1024 })
      if (journal.cut !== undefined) tailsCut += 1
      expect(await missingAfter(end, { journal, acknowledged, round })).toEqual([])
      total += acknowledged.size
      end = journal.end
      await journal.retain(end, index % 3 === 0 ? 'all' : 'segments')
      await journal.close()
    }
    console.log(`${ROUNDS} kills, ${total} acknowledged, ${tailsCut} tails cut, 0 lost`)
    expect(total).toBeGreaterThan(ROUNDS * 50)
    await rm(folder, { recursive: true })
  },
  60_000 + ROUNDS * 3_000,
)

async function writeUntilKilled(folder: string, round: Round): Promise<Map<bigint, number>> {
  const args = [
    '--conditions=mainstem-source',
    '--import',
    here('run-typescript.mjs'),
    here('segment-kill.child.ts'),
    folder,
    String(round.from),
    String(round.bodyBytes),
  ]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let printed = ''
  child.stdout.setEncoding('utf8')
  child.stdout.on('data', (text: string) => (printed += text))
  await once(child.stdout, 'data')
  // Spread over a commit's length as well as over many commits and segments.
  await new Promise(done => setTimeout(done, round.delayMs))
  child.kill('SIGKILL')
  expect(await once(child, 'close')).toEqual([null, 'SIGKILL'])

  const acknowledged = new Map<bigint, number>()
  // A last line without its end was printed by a killed process: the number may be cut.
  for (const line of printed.split('\n').slice(0, -1)) {
    const [position = '', number = ''] = line.split(' ')
    expect(acknowledged.has(BigInt(position)), 'a position is given once').toBe(false)
    acknowledged.set(BigInt(position), Number(number))
  }
  return acknowledged
}

interface Found {
  readonly journal: SegmentJournal
  readonly acknowledged: ReadonlyMap<bigint, number>
  readonly round: Round
}

/** The acknowledged positions that are not there as promised, and any entry that is not right. */
async function missingAfter(before: bigint, found: Found): Promise<bigint[]> {
  const missing = new Set(found.acknowledged.keys())
  const wrong: bigint[] = []
  const seen = new Set<number>()
  let at = before
  while (at < found.journal.end) {
    for (const entry of await found.journal.read(at, { entriesMax: 1_000, bytesMax: 4_000_000 })) {
      const number = Number(entry.meta['number'])
      const expected = Buffer.alloc(found.round.bodyBytes + (number % 1_000), number % 251)
      const isRight =
        entry.position === at + 1n &&
        !seen.has(number) &&
        (found.acknowledged.get(entry.position) ?? number) === number &&
        expected.equals(entry.body)
      if (!isRight) wrong.push(entry.position)
      seen.add(number)
      missing.delete(entry.position)
      at = entry.position
    }
  }
  return [...missing, ...wrong]
}
