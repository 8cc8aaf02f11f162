// `npm run bench [-- NAME… --flag value…]`: runs bench/*.bench.mjs one after the other, each in a
// process of its own, so that none inherits another's memory. Names choose among them; all that
// follows the first flag is passed on to each.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('../bench/', import.meta.url))
const args = process.argv.slice(2)
const flagsAt = args.findIndex(arg => arg.startsWith('-'))
const wanted = flagsAt === -1 ? args : args.slice(0, flagsAt)
const flags = flagsAt === -1 ? [] : args.slice(flagsAt)

const names = (existsSync(folder) ? readdirSync(folder) : [])
  .filter(name => name.endsWith('.bench.mjs'))
  .map(name => name.replace('.bench.mjs', ''))
  .toSorted()
const unknown = wanted.filter(name => !names.includes(name))
if (unknown.length > 0 || names.length === 0) {
  process.stderr.write(
    `There is no benchmark ${unknown.join(', ')}; there are: ${names.join(', ')}\n`,
  )
  process.exit(2)
}

let failed = 0
for (const name of wanted.length > 0 ? wanted : names) {
  process.stdout.write(`== ${name}\n`)
  const { status } = spawnSync(process.execPath, [join(folder, `${name}.bench.mjs`), ...flags], {
    stdio: 'inherit',
  })
  if (status !== 0) failed += 1
}
process.exitCode = failed > 0 ? 1 : 0
