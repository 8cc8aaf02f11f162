import { columnMeaning } from './column-meaning.ts'
import type { ColumnStatistics } from './column-statistics.ts'
import type { InspectedColumn, MappingProposal } from './inspection.ts'
import { proposeMapping } from './propose-mapping.ts'

/** The answer of `mainstem inspect`. */
export interface Inspection {
  readonly rows: number
  readonly columns: readonly InspectedColumn[]
  readonly proposal: MappingProposal
}

/** What the columns of a source seem to hold, and a mapping of them to start from. */
export function inspectColumns(stream: string, columns: readonly ColumnStatistics[]): Inspection {
  const inspected = columns.map((column): InspectedColumn => {
    const guess = columnMeaning(column)
    const { name, type, blank, distinct, samples } = column
    const why = guess?.why ?? 'neither the name nor the values are telling'
    return { name, type, blank, distinct, samples, meaning: guess?.meaning ?? null, why }
  })
  const rows = columns[0]?.rows ?? 0
  return { rows, columns: inspected, proposal: proposeMapping(stream, inspected, rows) }
}
