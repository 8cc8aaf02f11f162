export { errorDocument, errorLines, type ExitCode, exitCodeOf } from './command-error.ts'
export { jsonDocument } from './json-document.ts'
export { type Paint, paintFor } from './paint.ts'
export { type Printer, printerFor, type PrinterSettings } from './printer.ts'
export { type Progress, progressBar, type ProgressBar, progressLine } from './progress-bar.ts'
export type { Environment, TextStream } from './stream.ts'
export {
  bytesText,
  type Cell,
  type Column,
  counted,
  countText,
  secondsText,
  tableLines,
} from './table.ts'
export { cutText, oneLine, textWidth } from './text-width.ts'
