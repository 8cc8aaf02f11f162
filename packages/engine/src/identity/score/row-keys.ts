import { type FieldPart, SEVERAL_MAX } from './blocking-groups.ts'
import { partHash } from './blocking-part.ts'
import { BLANK, type ScoreTable } from './score-table.ts'
import { joinHashes } from './text-hash.ts'
import { SEVERAL } from './value-form.ts'

/** The keys of one row by a pass, the same that `KeyMaker` makes of all; none if it lacks a part. */
export function keysOfRow(
  table: ScoreTable,
  pass: readonly FieldPart[],
  row: number,
): readonly bigint[] {
  let keys = [{ low: pass.length, high: pass.length }]
  for (const { field, part } of pass) {
    const value = table.value(field, row)
    if (value === BLANK) return []
    const texts = table.fields[field]?.text(value).split(SEVERAL) ?? []
    const hashes = texts.flatMap(text => partHash(part, text) ?? []).slice(0, SEVERAL_MAX)
    keys = keys.flatMap(key =>
      hashes.map(one => ({
        low: joinHashes(key.low, one.low),
        high: joinHashes(key.high, one.high),
      })),
    )
  }
  return keys
    .slice(0, SEVERAL_MAX)
    .map(({ low, high }) => (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0))
}
