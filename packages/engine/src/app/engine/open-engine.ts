import { SegmentJournal } from '../../journal/adapters/segment-journal.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Project } from '../project/index.ts'
import { Engine } from './engine.ts'

/** How an engine is opened in a process that has the journal to itself. */
export interface OpenOptions {
  readonly project: Project
  readonly clock: Clock
  readonly memoryMax?: string | undefined
  readonly onUnexpected?: ((error: unknown) => void) | undefined
}

/** Opens an engine that writes the journal itself: for commands when no server runs. */
export async function openEngine(options: OpenOptions): Promise<Engine> {
  return await Engine.open({
    project: options.project,
    clock: options.clock,
    ...(options.memoryMax === undefined ? {} : { memoryMax: options.memoryMax }),
    ...(options.onUnexpected === undefined ? {} : { onUnexpected: options.onUnexpected }),
    openJournal: async (store, startAfter) => {
      const journal = await SegmentJournal.open(store.paths.journal, { startAfter })
      return {
        reader: journal,
        append: async entry => await journal.append(entry),
        end: () => journal.end,
        own: journal,
      }
    },
  })
}
