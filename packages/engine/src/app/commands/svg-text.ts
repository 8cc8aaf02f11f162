/** A font whose letters are all as wide, so that the width of a text is known without drawing it. */
export const FONT = "ui-monospace, 'DejaVu Sans Mono', Consolas, monospace"

/** Pixels that a letter of it takes at its size of twelve. */
const CHAR_WIDTH = 7.3

/** The room a text takes, in pixels: characters of East Asian scripts and pictures are twice as wide. */
export function svgTextWidth(text: string): number {
  let chars = 0
  for (const char of text) chars += (char.codePointAt(0) ?? 0) >= 0x1100 ? 2 : 1
  return chars * CHAR_WIDTH
}

/** A number of pixels, to a tenth. */
export function pixels(value: number): string {
  return String(Math.round(value * 10) / 10)
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}

/** Text as XML may hold it: no mark-up, and none of the characters that XML forbids. */
export function escaped(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replaceAll(/[&<>"']/g, char => ESCAPES[char] ?? '')
}
