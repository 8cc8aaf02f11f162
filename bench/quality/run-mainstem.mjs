// @ts-check
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const MAINSTEM = fileURLToPath(new URL('../../packages/engine/bin/mainstem.js', import.meta.url))
const OUTPUT_BYTES_MAX = 256_000_000
const SAID_CHARS_MAX = 300

/**
 * `mainstem resolve … --json` in a process of its own; answers its document.
 * @param {{ files: readonly string[], truth?: string, ignored?: readonly string[], ruleset?: string, more?: readonly string[] }} how
 * @returns {any}
 */
export function runMainstem({ files, truth, ignored = [], ruleset, more = [] }) {
  const args = [
    ...['resolve', ...files, '--json'],
    ...(truth === undefined ? [] : ['--truth', truth]),
    ...(ignored.length === 0 ? [] : ['--ignore', ignored.join(',')]),
    ...(ruleset === undefined ? [] : ['--ruleset', ruleset]),
    ...more,
  ]
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAINSTEM, ...args], {
    encoding: 'utf8',
    maxBuffer: OUTPUT_BYTES_MAX,
  })
  if (status !== 0) throw new Error(`mainstem resolve failed: ${said(stderr) || said(stdout)}`)
  return JSON.parse(stdout)
}

/** @param {string} text */
function said(text) {
  return text.replaceAll(/\s+/gu, ' ').trim().slice(0, SAID_CHARS_MAX)
}
