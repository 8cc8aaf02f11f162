#!/usr/bin/env node
// The `mainstem` command. Committed as it is, so that npm links it at install, before any build.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const main = new URL('../dist/cli/main.js', import.meta.url)
const setup = new URL('../../../scripts/setup.mjs', import.meta.url)

if (!existsSync(main) && existsSync(setup)) {
  const { setUp } = await import(setup.href)
  await setUp().catch((/** @type {unknown} */ error) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exit(1)
  })
}
if (!existsSync(main)) {
  process.stderr.write(`Mainstem is not built: ${fileURLToPath(main)} is missing.\n`)
  process.stderr.write('Run "npm start" or "node scripts/setup.mjs" in its repository.\n')
  process.exit(1)
}
await import(main.href)
