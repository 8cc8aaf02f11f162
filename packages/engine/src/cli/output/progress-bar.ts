import type { TextStream } from './stream.ts'
import { countText, secondsText } from './table.ts'
import { cutText, oneLine } from './text-width.ts'

/** How far a piece of work is. */
export interface Progress {
  readonly label: string
  readonly done: number
  /** Absent where nobody can know it. */
  readonly total?: number | undefined
}

/** Shows how far long work is. */
export interface ProgressBar {
  show(progress: Progress): void
  /** Takes the bar away, so that what is printed next starts on a clean line. */
  clear(): void
}

/** A bar is drawn no more often than this: terminals are slow, and work is not. */
export const REDRAW_MS = 100
const BAR_CELLS = 24

/**
 * A bar on `stream` (stderr), redrawn in place. Where the stream is no terminal it draws nothing:
 * a log full of half bars helps nobody.
 */
export function progressBar(stream: TextStream, nowMs: () => number): ProgressBar {
  if (stream.isTTY !== true) return { show: () => undefined, clear: () => undefined }
  let drawnAtMs = Number.NEGATIVE_INFINITY
  let startedAtMs = nowMs()
  let label = ''
  return {
    show(progress) {
      const atMs = nowMs()
      const isNew = progress.label !== label
      if (isNew) startedAtMs = atMs
      label = progress.label
      if (!isNew && atMs - drawnAtMs < REDRAW_MS) return
      drawnAtMs = atMs
      const line = progressLine(progress, (atMs - startedAtMs) / 1000)
      stream.write(`\r\u001B[2K${cutText(line, (stream.columns ?? 80) - 1)}`)
    },
    clear() {
      if (drawnAtMs === Number.NEGATIVE_INFINITY) return
      drawnAtMs = Number.NEGATIVE_INFINITY
      label = ''
      stream.write('\r\u001B[2K')
    },
  }
}

/** A bar as one line of text: `streams  ████░░░░ 50%  500 of 1,000  1.20 s`. */
export function progressLine({ label, done, total }: Progress, seconds: number): string {
  const words = [oneLine(label)]
  if (total !== undefined && total > 0) {
    const share = Math.min(1, Math.max(0, done / total))
    const full = Math.round(share * BAR_CELLS)
    words.push(`${'█'.repeat(full)}${'░'.repeat(BAR_CELLS - full)} ${Math.floor(share * 100)}%`)
    words.push(`${countText(done)} of ${countText(total)}`)
  } else if (done > 0) words.push(countText(done))
  return [...words, secondsText(seconds)].join('  ')
}
