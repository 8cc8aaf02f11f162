import { refuse } from './refusal.ts'
import type { CastType } from './sql-tree.ts'
import { fields, type Reading, string } from './tree-node.ts'

const KNOWN = ['data_type', 'precision', 'scale', 'length', 'timezone', 'name']

/** Reads the type of a cast. Which types there are is decided where casts are written. */
export function readCastType(value: unknown, reading: Reading): CastType {
  const node = fields(value, KNOWN, 'A cast')
  const isCustom = node['data_type'] === 'custom'
  const precision = size(node['precision'] ?? node['length'], reading)
  return {
    name: (isCustom
      ? reading.name({ name: node['name'] }).text
      : string(node['data_type'])
    ).toLowerCase(),
    precision,
    scale: size(node['scale'], reading),
    timeZone: node['timezone'] === true,
  }
}

function size(value: unknown, reading: Reading): number | undefined {
  if (value === null || value === undefined) return undefined
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    return refuse('SQL_INVALID', 'A type has a size that is not a number')
  }
  reading.number(String(value))
  return value
}
