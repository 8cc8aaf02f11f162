// @ts-check
/** Splink, outside the repository: a virtual environment in the temporary folder, made when it is first asked for. */
import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { print } from '../harness/report.mjs'

const REQUIREMENTS = fileURLToPath(new URL('requirements.txt', import.meta.url))
const PROGRAM = fileURLToPath(new URL('run.py', import.meta.url))
const OUTPUT_BYTES_MAX = 64_000_000

/**
 * Runs Splink over a prepared Parquet file (`unique_id`, `truth_entity` and the columns to match by);
 * answers what run.py prints.
 * @param {{ records: string, profile: string, threads?: number, memory?: string }} how
 * @returns {any}
 */
export function runSplink({ records, profile, threads = 2, memory = '12GB' }) {
  const { status, stdout, stderr } = spawnSync(
    splinkPython(),
    [
      PROGRAM,
      ...['--records', records, '--profile', profile],
      `--threads=${threads}`,
      `--memory=${memory}`,
    ],
    { encoding: 'utf8', maxBuffer: OUTPUT_BYTES_MAX },
  )
  if (status !== 0) throw new Error(`Splink failed: ${lastLine(stderr)}`)
  return JSON.parse(stdout)
}

/** The interpreter that has the packages of requirements.txt; another set of them is another environment. */
function splinkPython() {
  const given = process.env['MAINSTEM_SPLINK_PYTHON']
  if (given) return given
  const version = createHash('sha256').update(readFileSync(REQUIREMENTS)).digest('hex').slice(0, 12)
  const folder = join(tmpdir(), `mainstem-splink-${version}`)
  const python = join(folder, 'bin', 'python')
  if (existsSync(python)) return python
  print(`Installing Splink into ${folder} …`)
  const unfinished = `${folder}.${process.pid}`
  try {
    execFileSync('python3', ['-m', 'venv', unfinished], { stdio: 'pipe' })
    const pip = [join(unfinished, 'bin', 'python'), '-m', 'pip', 'install', '--quiet']
    execFileSync(pip[0] ?? '', [...pip.slice(1), '-r', REQUIREMENTS], { stdio: 'pipe' })
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true })
    const said = error instanceof Error ? lastLine(error.message) : String(error)
    throw new Error(`Splink could not be installed (it needs python3 with venv and pip): ${said}`, {
      cause: error,
    })
  }
  renameSync(unfinished, folder)
  return python
}

/** Where Python names the error; it prints its place after it. @param {string} text */
function lastLine(text) {
  const lines = text.trimEnd().split('\n')
  return lines.findLast(line => /^[\w.]+(Error|Exception)/u.test(line)) ?? lines.at(-1) ?? ''
}
