// oxlint-disable-next-line no-control-regex -- escape codes start with a control character
const ESCAPES = /\u001B\[[0-9;]*m/g
const CONTROLS = /\p{Cc}/gu
const MARKS = /^\p{M}$/u
const WIDE =
  /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|\p{Emoji_Presentation}/u
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** Columns that a text takes on a terminal: colours take none, Chinese characters two. */
export function textWidth(text: string): number {
  let width = 0
  for (const { segment } of graphemes.segment(text.replaceAll(ESCAPES, ''))) {
    width += MARKS.test(segment) ? 0 : widthOf(segment)
  }
  return width
}

/** The text cut to a width, with `…` in the place of the rest. */
export function cutText(text: string, widthMax: number): string {
  if (textWidth(text) <= widthMax) return text
  let cut = ''
  let width = 0
  for (const { segment } of graphemes.segment(text.replaceAll(ESCAPES, ''))) {
    width += widthOf(segment)
    if (width > widthMax - 1) break
    cut += segment
  }
  return `${cut}…`
}

/** A value on one line: what would move the cursor, or hide the text behind it, is a space. */
export function oneLine(text: string): string {
  return text.replaceAll(CONTROLS, ' ')
}

function widthOf(grapheme: string): number {
  return WIDE.test(grapheme) ? 2 : 1
}
