import { cutText, oneLine, textWidth } from './text-width.ts'

/** A column of a table for people. */
export interface Column {
  readonly title: string
  /** Numbers stand right, so that their digits line up. */
  readonly align?: 'left' | 'right' | undefined
}

/** A value of a cell. Numbers get thousands separators; null and undefined are shown as `–`. */
export type Cell = string | number | bigint | boolean | null | undefined

/** How wide a cell may be before it is cut. */
export const CELL_WIDTH_MAX = 60

/** The lines of a table: titles, a rule, rows. Values never break it, whatever they hold. */
export function tableLines(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  cellWidthMax: number = CELL_WIDTH_MAX,
): string[] {
  const texts = rows.map(row =>
    columns.map((_, place) => cutText(cellText(row[place]), cellWidthMax)),
  )
  const titles = columns.map(({ title }) => title)
  const widths = columns.map((_, place) =>
    Math.max(...[titles, ...texts].map(row => textWidth(row[place] ?? ''))),
  )
  const line = (row: readonly string[]): string =>
    row
      .map((text, place) => padded(text, widths[place] ?? 0, columns[place]))
      .join('  ')
      .trimEnd()
  return [line(titles), widths.map(width => '─'.repeat(width)).join('  '), ...texts.map(line)]
}

/** A number as people read it: `12,345` and `0.25`. */
export function countText(count: number | bigint): string {
  return count.toLocaleString('en-US', { maximumFractionDigits: 3 })
}

/** So many of a thing: `1 row`, `12,345 rows`. */
export function counted(count: number, one: string): string {
  return `${countText(count)} ${one}${count === 1 ? '' : 's'}`
}

/** A duration as people read it: `0.42 s`, `12.3 s`, `3 min 5 s`. */
export function secondsText(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(2)} s`
  if (seconds < 60) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  return `${Math.floor(whole / 60)} min ${whole % 60} s`
}

/** A size as people read it: `512 B`, `1.5 MB`. */
export function bytesText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  const place = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3))
  const size = bytes / 1000 ** place
  return `${place === 0 ? size : size.toFixed(1)} ${units[place] ?? 'B'}`
}

function cellText(cell: Cell): string {
  if (cell === null || cell === undefined) return '–'
  if (typeof cell === 'number' || typeof cell === 'bigint') return countText(cell)
  return oneLine(String(cell))
}

function padded(text: string, width: number, column: Column | undefined): string {
  const space = ' '.repeat(width - textWidth(text))
  return column?.align === 'right' ? space + text : text + space
}
