// Makes a fresh clone ready: installs the packages that are missing, builds what is older than its
// sources. Runs before `npm start` and `npm test`; where nothing is to do it takes a moment and
// prints nothing. Plain JavaScript without packages, because it runs before there are any.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { argv, execPath, kill, pid, platform, stderr } from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const PACKAGES = ['contracts', 'engine']
const SIGN_OF_LIFE_MS = 10_000
const LOCK_WAIT_MS_MAX = 15 * 60_000

/** Installs and builds what is missing; returns once the clone is ready. */
export async function setUp() {
  if (installed() && PACKAGES.every(name => built(name))) return
  await alone(async () => {
    if (!installed()) await install()
    for (const name of PACKAGES) if (!built(name)) await build(name)
  })
}

/** Whether node_modules holds every package of the lock file, in its version. */
function installed() {
  const wanted = readJson(join(root, 'package-lock.json'))?.packages ?? {}
  const found = readJson(join(root, 'node_modules', '.package-lock.json'))?.packages ?? {}
  const links = PACKAGES.every(name => existsSync(join(root, 'packages', name, 'package.json')))
  const bin = existsSync(join(root, 'node_modules', 'mainstem'))
  const fits = Object.entries(wanted).every(
    ([path, { version, optional, link }]) =>
      !path.startsWith('node_modules/') || optional || link || found[path]?.version === version,
  )
  return links && bin && fits
}

async function install() {
  const npm = process.env['npm_execpath']
  const command = npm === undefined ? 'npm' : execPath
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund']
  await step('Installing the packages', command, npm === undefined ? args : [npm, ...args])
}

/** Whether dist/ was built from the sources as they are now. @param {string} name */
function built(name) {
  const stamp = join(root, 'packages', name, 'dist', '.sources')
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === sourcesOf(name)
}

/** @param {string} name */
async function build(name) {
  const folder = join(root, 'packages', name)
  const sources = sourcesOf(name)
  // Files whose source is gone must not stay behind.
  rmSync(join(folder, 'dist'), { recursive: true, force: true })
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  await step(`Building ${name}`, execPath, [compiler, '-p', folder])
  mkdirSync(join(folder, 'dist'), { recursive: true })
  writeFileSync(join(folder, 'dist', '.sources'), sources)
}

/** One text for all that a build reads: any edit, new file or removed file changes it. @param {string} name */
function sourcesOf(name) {
  const folder = join(root, 'packages', name)
  const files = readdirSync(join(folder, 'src'), { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.ts') && !/\.(test|contract|fixture)\.ts$/.test(file))
    .map(file => join('src', file))
  const settings = ['package.json', 'tsconfig.json', '../../tsconfig.base.json']
  const hash = createHash('sha256')
  // The engine is compiled against the types of the contracts.
  if (name !== 'contracts') hash.update(sourcesOf('contracts'))
  for (const file of [...files.toSorted(), ...settings]) {
    const { size, mtimeMs } = statSync(join(folder, file))
    hash.update(`${file} ${size} ${mtimeMs}\n`)
  }
  return hash.digest('hex')
}

/** Runs a command with a line at its start, its end, and every ten seconds between. @param {string} what @param {string} command @param {string[]} args */
async function step(what, command, args) {
  const startedAtMs = Date.now()
  const seconds = () => `${Math.round((Date.now() - startedAtMs) / 1000)} s`
  stderr.write(`${what} …\n`)
  const timer = setInterval(() => stderr.write(`${what} … ${seconds()}\n`), SIGN_OF_LIFE_MS)
  // Nothing of it may reach stdout, which belongs to the command that runs after.
  const child = spawn(command, args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: platform === 'win32' && command === 'npm',
  })
  const code = await new Promise((resolve, reject) => child.on('error', reject).on('exit', resolve))
  clearInterval(timer)
  if (code !== 0) throw new SetUpError(`${what} failed; the lines above say why.`)
  stderr.write(`${what}: done in ${seconds()}\n`)
}

class SetUpError extends Error {}

/** Two commands started at once on a fresh clone: one sets up, the other waits. @param {() => Promise<void>} work */
async function alone(work) {
  const name = createHash('sha256').update(root).digest('hex').slice(0, 16)
  const lock = join(tmpdir(), `mainstem-setup-${name}`)
  const waitedSinceMs = Date.now()
  let told = false
  while (!take(lock)) {
    if (Date.now() - waitedSinceMs > LOCK_WAIT_MS_MAX) {
      throw new SetUpError(`Another set-up holds ${lock}; remove it if none is running.`)
    }
    if (!told) stderr.write('Waiting for another set-up of this clone …\n')
    told = true
    await sleep(500)
  }
  try {
    await work()
  } finally {
    rmSync(lock, { force: true })
  }
}

/** Takes the lock, also from a process that is gone. @param {string} lock */
function take(lock) {
  try {
    writeFileSync(lock, String(pid), { flag: 'wx' })
    return true
  } catch {
    const holder = existsSync(lock) ? Number(readFileSync(lock, 'utf8')) : 0
    if (holder > 0 && !isRunning(holder)) rmSync(lock, { force: true })
    return false
  }
}

/** @param {number} holder */
function isRunning(holder) {
  try {
    kill(holder, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** @param {string} path */
function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}

if (import.meta.url === pathToFileURL(argv[1] ?? '').href) {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major < 20 || (major === 20 && minor < 19)) {
    stderr.write(`Mainstem needs Node.js 20.19 or newer; this is ${process.versions.node}.\n`)
    process.exit(1)
  }
  try {
    await setUp()
  } catch (error) {
    stderr.write(`${error instanceof SetUpError ? error.message : String(error)}\n`)
    process.exit(1)
  }
}
