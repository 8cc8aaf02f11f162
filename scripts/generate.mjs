// Writes what docs/ says from what the code knows: `npm run generate`. Tests hold the two together.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const built = new URL('../packages/engine/dist/', import.meta.url)
const reference = join(root, 'docs', 'reference')

const { limitsPage, publishedSchemas } = await import(
  new URL('app/project/published-schemas.js', built).href
)
write('limits.md', limitsPage())
for (const [name, text] of publishedSchemas()) write(join('schemas', name), text)

/** @param {string} name @param {string} text */
function write(name, text) {
  const path = join(reference, name)
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, text)
  process.stdout.write(`docs/reference/${name}\n`)
}
