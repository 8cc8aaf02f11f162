import { journalContract } from '../journal.contract.ts'
import { MemoryJournal } from './memory-journal.ts'

journalContract(options => Promise.resolve(new MemoryJournal({ segmentEntries: 5, ...options })))
