import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { journalContract } from '../journal.contract.ts'
import { SegmentJournal } from './segment-journal.ts'

journalContract(async options =>
  SegmentJournal.open(await mkdtemp(join(tmpdir(), 'journal-')), {
    segmentBytesMax: 800,
    ...options,
  }),
)
