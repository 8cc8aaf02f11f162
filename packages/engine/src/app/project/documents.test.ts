import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { loadProject } from './index.ts'

const documents = fileURLToPath(new URL('../../../../../docs/', import.meta.url))

/** The files that a page writes: blocks of YAML whose first line is a comment with the path. */
async function filesOf(page: string): Promise<readonly (readonly [string, string])[]> {
  const text = await readFile(join(documents, page), 'utf8')
  return [...text.matchAll(/```yaml\n# (\S+\.yaml)\n([^]*?)```/g)].map(
    ([, path = '', body = '']) => [path, body] as const,
  )
}

test('DO1: the first project of the guide loads as it is written there', async () => {
  const root = await mkdtemp(join(tmpdir(), 'guide-'))
  const files = await filesOf('guide/first-project.md')
  for (const [path, body] of files) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), body)
  }
  const project = await loadProject(join(root, 'shop'))
  expect(files.length).toBeGreaterThanOrEqual(10)
  expect(project.activations).toHaveLength(1)
  expect(project.streams.map(({ definition }) => definition.name)).toEqual(['contacts', 'orders'])
})
