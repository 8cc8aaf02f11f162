// @ts-check
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'
import { loadAverage } from './quiet-host.mjs'

const RESULTS = fileURLToPath(new URL('../results/', import.meta.url))

/** The middle of some numbers. @param {readonly number[]} values */
export function median(values) {
  return percentile(values, 50)
}

/** The smallest value that so many percent of the values do not exceed. @param {readonly number[]} values @param {number} percent */
export function percentile(values, percent) {
  const sorted = values.toSorted((one, other) => one - other)
  const at = Math.ceil((percent / 100) * sorted.length) - 1
  return sorted[Math.max(0, Math.min(at, sorted.length - 1))] ?? Number.NaN
}

/** A number with few digits. @param {number} value @param {number} [digits] */
export function round(value, digits = 2) {
  const factor = 10 ** digits
  return Math.round(value * factor) / factor
}

/** Prints rows under their names, numbers to the right. @param {readonly Record<string, unknown>[]} rows */
export function printTable(rows) {
  const names = [...new Set(rows.flatMap(row => Object.keys(row)))]
  const text = (/** @type {unknown} */ value) => (value === undefined ? '' : String(value))
  const widths = names.map(name =>
    Math.max(name.length, ...rows.map(row => text(row[name]).length)),
  )
  const line = (/** @type {readonly unknown[]} */ cells) =>
    cells
      .map((cell, at) =>
        typeof cell === 'number'
          ? text(cell).padStart(widths[at] ?? 0)
          : text(cell).padEnd(widths[at] ?? 0),
      )
      .join('  ')
      .trimEnd()
  print(line(names))
  print(widths.map(width => '-'.repeat(width)).join('  '))
  for (const row of rows) print(line(names.map(name => row[name])))
}

/** @param {string} text */
export function print(text) {
  process.stdout.write(`${text}\n`)
}

/** Keeps what a benchmark found, with where and when. @param {string} name @param {object} found */
export function writeResults(name, found) {
  mkdirSync(RESULTS, { recursive: true })
  const [cpu] = cpus()
  const host = {
    cpu: cpu?.model.trim(),
    cores: cpus().length,
    memoryGb: round(totalmem() / 2 ** 30, 1),
    node: process.version,
  }
  const document = { name, at: new Date().toISOString(), host, loadAtEnd: loadAverage(), ...found }
  writeFileSync(`${RESULTS}${name}.json`, `${JSON.stringify(document, undefined, 2)}\n`)
  print(`bench/results/${name}.json`)
}
