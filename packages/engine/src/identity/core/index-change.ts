import type { KeyBatch, MatchIndex } from './match-index.ts'

/** What happened to some nodes: their rows and presence are from now on as given. */
export interface IndexChange {
  /** The touched nodes, each once. */
  readonly pids: Int32Array
  /** For each of `pids`, 1 if it is present. */
  readonly present: Uint8Array
  /** All rows of the touched nodes. */
  readonly rows: KeyBatch
}

/** Takes a change back, for a transaction that failed. Only good before the next change. */
export type Undo = () => void

/** Makes the index what the change says. */
export function applyChange(index: MatchIndex, change: IndexChange): Undo {
  const wasPresent = pidsWhere(change.pids, pid => index.isPresent(pid))
  const wasAbsent = pidsWhere(change.pids, pid => !index.isPresent(pid))
  const rowsBefore = index.replace(change.pids, change.rows)
  index.setPresent(
    pidsWhere(change.pids, (_pid, at) => change.present[at] === 1),
    true,
  )
  index.setPresent(
    pidsWhere(change.pids, (_pid, at) => change.present[at] !== 1),
    false,
  )
  return function undo() {
    index.replace(change.pids, rowsBefore)
    index.setPresent(wasPresent, true)
    index.setPresent(wasAbsent, false)
  }
}

/** Gives each node its uid, in step; the uids before can be set back by `undo`. */
export function relabel(index: MatchIndex, pids: Int32Array, uids: Int32Array): Undo {
  const before = labelsOf(index, pids)
  setLabels(index, pids, uids)
  return function undo() {
    setLabels(index, pids, before)
  }
}

/** The uids that nodes have now, in step. */
export function labelsOf(index: MatchIndex, pids: Int32Array): Int32Array {
  return pids.map(pid => index.label(pid))
}

function setLabels(index: MatchIndex, pids: Int32Array, uids: Int32Array): void {
  for (const [at, pid] of pids.entries()) index.setLabel(pid, uids[at] ?? -1)
}

function pidsWhere(pids: Int32Array, holds: (pid: number, at: number) => boolean): Int32Array {
  return pids.filter((pid, at) => holds(pid, at))
}
