export type {
  EntryKind,
  EntryMeta,
  Journal,
  JournalEntry,
  JournalReader,
  NewEntry,
  ReadLimits,
  RetainHow,
} from './journal.ts'
