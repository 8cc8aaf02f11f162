/** The columns of a file, and the mark between them. */
export interface LineShape {
  readonly columns: readonly string[]
  readonly delimiter: string
}

/** A line of a delimited file as a JSON object of its columns; undefined if it does not fit them. */
export function recordOfLine(line: string, { columns, delimiter }: LineShape): string | undefined {
  const cells = cellsOfLine(line.replace(/\r?\n$/, ''), delimiter)
  if (cells?.length !== columns.length) return undefined
  const members = columns.map(
    (name, at) => `${JSON.stringify(name)}:${JSON.stringify(cells[at] === '' ? null : cells[at])}`,
  )
  return `{${members.join(',')}}`
}

/** The values of a line (RFC 4180); undefined where a quoted value does not end as it should. */
export function cellsOfLine(line: string, delimiter: string): readonly string[] | undefined {
  const cells: string[] = []
  for (let at = 0; ; at += delimiter.length) {
    const cell = line.charAt(at) === '"' ? quotedCell(line, at) : plainCell(line, at, delimiter)
    if (cell === undefined) return undefined
    cells.push(cell.value)
    at = cell.end
    if (at >= line.length) return cells
    if (!line.startsWith(delimiter, at)) return undefined
  }
}

interface ReadCell {
  readonly value: string
  /** Where the next character after the value is. */
  readonly end: number
}

function plainCell(line: string, from: number, delimiter: string): ReadCell {
  const next = line.indexOf(delimiter, from)
  const end = next < 0 ? line.length : next
  return { value: line.slice(from, end), end }
}

function quotedCell(line: string, from: number): ReadCell | undefined {
  let value = ''
  for (let at = from + 1; ;) {
    const quote = line.indexOf('"', at)
    if (quote < 0) return undefined
    value += line.slice(at, quote)
    if (line.charAt(quote + 1) !== '"') return { value, end: quote + 1 }
    value += '"'
    at = quote + 2
  }
}
