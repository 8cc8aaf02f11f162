import type { Preview } from '../app/cli-door.ts'
import { tableLines } from './output/index.ts'

/** What `init` is about to write for one file: its first rows as they are, and as they are mapped. */
export function previewLines(preview: Preview): readonly string[] {
  const { stream, file, category, primaryKey, raw, mapped } = preview
  return [
    `${file} → stream ${stream}, ${category}, key ${[primaryKey].flat().join(' + ')}`,
    ...tableLines(
      raw.columns.map(title => ({ title })),
      raw.rows,
      24,
    ),
    ...mapped.flatMap(({ object, columns, rows }) => [
      `${stream} as ${object}:`,
      ...tableLines(
        columns.map(title => ({ title })),
        rows,
        24,
      ),
    ]),
    '',
  ]
}
