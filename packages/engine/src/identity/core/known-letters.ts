/**
 * Characters of the scripts that records are mostly written in, and of punctuation: none that came
 * after Unicode 15, and no place that a later version may still fill. The SQL engine's tables and
 * those of any JavaScript say the same of them; of others one may know more than the other. Without
 * the zero: functions of the engine take it for the end of a text.
 */
const KNOWN = new RegExp(
  `^[${[
    // Latin, Greek, Cyrillic, Armenian, Hebrew, Arabic
    String.raw`\x01-\u0377\u037A-\u037F\u0384-\u038A\u038C\u038E-\u03A1\u03A3-\u052F\u0531-\u0556`,
    String.raw`\u0559-\u058A\u058D-\u058F\u0591-\u05C7\u05D0-\u05EA\u05EF-\u05F4\u0600-\u070D`,
    // Devanagari, Thai, Georgian, Hangul's parts, more of Latin
    String.raw`\u0900-\u0983\u0E01-\u0E3A\u0E3F-\u0E5B\u10D0-\u11FF\u1E00-\u1EFF`,
    // Punctuation, currencies, signs
    String.raw`\u2000-\u2064\u20A0-\u20C0\u2100-\u218B\u2190-\u23FF\u2460-\u27BF`,
    // Chinese, Japanese, Korean
    String.raw`\u3000-\u303F\u3041-\u3096\u3099-\u30FF\u3105-\u312F\u3131-\u318E`,
    String.raw`\u3400-\u9FFF\uAC00-\uD7A3`,
    // Other forms of the same, and pictures
    String.raw`\uFB00-\uFB06\uFE00-\uFE0F\uFEFF\uFF01-\uFFBE\uFFFD`,
    String.raw`\u{1F300}-\u{1F64F}\u{1F680}-\u{1F6C5}\u{1F900}-\u{1F9FF}`,
  ].join('')}]*$`,
  'u',
)

/** Whether SQL and JavaScript surely normalise a text alike, whatever their versions of Unicode. */
export function hasKnownLetters(text: string): boolean {
  return KNOWN.test(text)
}
