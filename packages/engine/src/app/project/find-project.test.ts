import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findProject } from './find-project.ts'

test('FP1: the nearest mainstem.yaml at or above the folder is the project', async () => {
  const root = await mkdtemp(join(tmpdir(), 'find-'))
  await mkdir(join(root, 'inner/streams'), { recursive: true })
  await writeFile(join(root, 'mainstem.yaml'), '')
  expect(await findProject(join(root, 'inner/streams'))).toBe(root)
  await writeFile(join(root, 'inner/mainstem.yaml'), '')
  expect(await findProject(join(root, 'inner/streams'))).toBe(join(root, 'inner'))
  expect(await findProject(root)).toBe(root)
})

test('FP2: at the root of the own repository, and only there, it is the sample', async () => {
  const root = await mkdtemp(join(tmpdir(), 'find-'))
  await mkdir(join(root, 'examples/retailer'), { recursive: true })
  await mkdir(join(root, 'packages'))
  await writeFile(join(root, 'examples/retailer/mainstem.yaml'), '')
  await expect(findProject(root)).rejects.toMatchObject({ code: 'PROJECT_NOT_FOUND' })
  await writeFile(join(root, 'package.json'), '{"name":"mainstem-workspace"}')
  expect(await findProject(root)).toBe(join(root, 'examples/retailer'))
  await expect(findProject(join(root, 'packages'))).rejects.toThrow('mainstem init')
})

test('FP3: a folder named mainstem.yaml is no project', async () => {
  const root = await mkdtemp(join(tmpdir(), 'find-'))
  await mkdir(join(root, 'mainstem.yaml'))
  await expect(findProject(root)).rejects.toMatchObject({ code: 'PROJECT_NOT_FOUND' })
})
