// `npm test`: format, lint, types, dead code, then every test. Its last line is
// `N passed, N failed`, where each static check counts as one test. With arguments
// (`npm test -- packages/engine/src/identity`) it runs only the tests that they name.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const MINUTES_MAX = 30

/** Name, command, arguments. Cheap ones first: what fails, fails soon. */
const STATIC_CHECKS = [
  ['format', 'oxfmt', '--check', '.'],
  ['lint', 'oxlint', '--type-aware', '.'],
  ['types', 'tsc', '-p', 'tsconfig.json'],
  ['dead code', 'knip'],
  ['dead code in what ships', 'knip', '--production'],
]

const filters = process.argv.slice(2)
const deadlineMs = Date.now() + MINUTES_MAX * 60_000
const total = { passed: 0, failed: 0, skipped: 0 }
/** Where tests write; a short name, for sockets lie there too. Removed at the end, whatever they leave. */
const temporary = mkdtempSync(join(tmpdir(), 'ms-'))
process.on('exit', () => rmSync(temporary, { recursive: true, force: true }))

if (filters.length === 0) {
  for (const [name = '', command = '', ...args] of STATIC_CHECKS) {
    const startedAtMs = Date.now()
    const passed = (await run(command, args)) === 0
    count({ passed: passed ? 1 : 0, failed: passed ? 0 : 1, skipped: 0 })
    process.stdout.write(`${passed ? '✓' : '✗'} ${name} (${Date.now() - startedAtMs} ms)\n`)
  }
}
count(await suite())
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : ''
process.stdout.write(`${total.passed} passed, ${total.failed} failed${skipped}\n`)
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0

/** Runs the tests; what the runner itself reports decides, not the text that it prints. */
async function suite() {
  const report = join(temporary, 'report.json')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const code = await run('vitest', ['run', ...reporters, ...filters])
  const counted = existsSync(report)
    ? countsOf(JSON.parse(readFileSync(report, 'utf8')))
    : undefined
  if (counted === undefined) return { passed: 0, failed: 1, skipped: 0 }
  // An error outside of any test fails the run and no test: it counts as one.
  return code !== 0 && counted.failed === 0 ? { ...counted, failed: 1 } : counted
}

/** A file that could not be loaded has no tests to fail: it counts as one. @param {any} report */
function countsOf(report) {
  const unloaded = report.testResults.filter(
    (/** @type {any} */ file) => file.status === 'failed' && file.assertionResults.length === 0,
  )
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + unloaded.length,
    skipped: report.numPendingTests + report.numTodoTests,
  }
}

/** @param {{ passed: number, failed: number, skipped: number }} counted */
function count({ passed, failed, skipped }) {
  total.passed += passed
  total.failed += failed
  total.skipped += skipped
}

/** Runs a tool of node_modules; ends it, and all that it started, when the time is over. @param {string} tool @param {string[]} args */
async function run(tool, args) {
  const path = join(root, 'node_modules', '.bin', tool)
  const env = { ...process.env, TMPDIR: temporary }
  const child = spawn(path, args, { cwd: root, env, stdio: ['ignore', 1, 2], detached: true })
  const stop = () => child.pid !== undefined && process.kill(-child.pid, 'SIGKILL')
  const timer = setTimeout(
    () => {
      process.stderr.write(`${tool} was ended: the time limit is ${MINUTES_MAX} minutes.\n`)
      stop()
    },
    Math.max(1, deadlineMs - Date.now()),
  )
  const interrupted = () => {
    stop()
    process.exit(130)
  }
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted)
  const code = await new Promise(resolve =>
    child.on('error', () => resolve(127)).on('exit', status => resolve(status ?? 1)),
  )
  clearTimeout(timer)
  process.off('SIGINT', interrupted).off('SIGTERM', interrupted)
  return code
}
