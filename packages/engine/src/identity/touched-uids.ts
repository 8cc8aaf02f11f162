import { type Assignment, NO_UID } from './core/index.ts'

/** The unified ids that some source profiles had before and have now. */
export function touchedUids(
  pids: Int32Array,
  previous: Int32Array,
  assignment: Assignment,
): Int32Array {
  const uids = new Set<number>()
  for (let at = 0; at < pids.length; at++) {
    uids.add(previous[at] ?? NO_UID)
    uids.add(assignment.uids[at] ?? NO_UID)
  }
  uids.delete(NO_UID)
  return Int32Array.from(uids)
}
