// @ts-check
/** Rows of a known width, parsed where they come in. */

export const z = {
  /** @returns {[string, string, string, string, string, string]} */
  six(/** @type {readonly string[]} */ row) {
    const [a, b, c, d, e, f] = row
    if (f === undefined) throw new Error(`a row of ${row.length} columns, not 6`)
    return [a ?? '', b ?? '', c ?? '', d ?? '', e ?? '', f]
  },
  /** @returns {[string, string, string, string, string, string, string]} */
  seven(/** @type {readonly string[]} */ row) {
    const [a, b, c, d, e, f, g] = row
    if (g === undefined) throw new Error(`a row of ${row.length} columns, not 7`)
    return [a ?? '', b ?? '', c ?? '', d ?? '', e ?? '', f ?? '', g]
  },
}
