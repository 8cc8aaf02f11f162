import type { FieldKind } from './field-kind.ts'
import { BLANK, type FieldValues } from './score-table.ts'
import { localBytesHash } from './text-hash.ts'
import { fieldForm } from './value-form.ts'

/** The byte that stands between texts that cross together, and for a space in them. */
export const BETWEEN = 0x1e
const BETWEEN_TEXT = String.fromCharCode(BETWEEN)

/** The form in which a record's text is compared; null where it says nothing. */
export function recordForm(kind: FieldKind, text: string): string | null {
  const form = fieldForm(
    kind,
    text.includes(BETWEEN_TEXT) ? text.replaceAll(BETWEEN_TEXT, ' ') : text,
  )
  return form === '' ? null : form
}

/** Texts of a field that are remembered by their bytes: how many, and the most bytes of one. */
const REMEMBERED = { texts: 1 << 13, bytesMax: 31 }
/** A remembered text: how many bytes, then those. */
const STRIDE = 1 + REMEMBERED.bytesMax
/** After so many texts it is looked whether so large a part of them was remembered; if not, none is any more. */
const TRIAL = { texts: 1 << 15, part: 0.2 }

/**
 * The number of the compared form of each text of a field. Where texts come again it is remembered.
 * Memory: 300 KB.
 */
export class TextNumbers {
  readonly #values: FieldValues
  readonly #texts = new Uint8Array(REMEMBERED.texts * STRIDE)
  readonly #numbers = new Int32Array(REMEMBERED.texts).fill(BLANK)
  /** Texts that were looked for, and of those the ones that were remembered. */
  #looked = 0
  #found = 0

  constructor(values: FieldValues) {
    this.#values = values
  }

  /** The number of a text that stands in bytes. */
  number(bytes: Buffer, start: number, end: number): number {
    if (start === end) return BLANK
    if (end - start > REMEMBERED.bytesMax || this.#isInVain()) {
      return this.numberOf(textIn(bytes, start, end))
    }
    const slot = localBytesHash(bytes, start, end) & (REMEMBERED.texts - 1)
    const held = slot * STRIDE
    this.#looked += 1
    if (this.#texts[held] === end - start && this.#isHeld(held, bytes, start)) this.#found += 1
    else {
      this.#numbers[slot] = this.numberOf(textIn(bytes, start, end))
      this.#texts[held] = end - start
      this.#hold(held, bytes, start)
    }
    return this.#numbers[slot] ?? BLANK
  }

  /** The number of a text. */
  numberOf(text: string): number {
    const form = recordForm(this.#values.field.kind, text)
    return form === null ? BLANK : this.#values.number(form)
  }

  /** Whether nearly every text is another one. */
  #isInVain(): boolean {
    return this.#looked >= TRIAL.texts && this.#found < TRIAL.part * this.#looked
  }

  #isHeld(held: number, bytes: Buffer, start: number): boolean {
    const length = this.#texts[held] ?? 0
    for (let at = 0; at < length; at++) {
      if (this.#texts[held + 1 + at] !== bytes[start + at]) return false
    }
    return true
  }

  #hold(held: number, bytes: Buffer, start: number): void {
    const length = this.#texts[held] ?? 0
    for (let at = 0; at < length; at++) this.#texts[held + 1 + at] = bytes[start + at] ?? 0
  }
}

/** The text that stands in bytes; nearly all have nothing but ASCII, which is read in less than half the time. */
function textIn(bytes: Buffer, start: number, end: number): string {
  let all = 0
  for (let at = start; at < end; at++) all |= bytes[at] ?? 0
  return bytes.toString(all < 0x80 ? 'latin1' : 'utf8', start, end)
}
