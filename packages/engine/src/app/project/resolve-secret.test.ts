import { chmod, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { requireSecret, resolveSecret, SECRET_BYTES_MAX } from './resolve-secret.ts'

test('SE1: a secret comes from its variable; unset and empty are both no secret', async () => {
  expect(await resolveSecret({ env: 'A' }, '/', { A: 'x' })).toBe('x')
  expect(await resolveSecret({ env: 'A' }, '/', { A: '' })).toBeUndefined()
  expect(await resolveSecret({ env: 'A' }, '/', {})).toBeUndefined()
})

test('SE2: a secret comes from its file, by a relative or absolute path, without its line end', async () => {
  const root = await mkdtemp(join(tmpdir(), 'secret-'))
  await writeFile(join(root, 'token'), 'x y \r\n', { mode: 0o600 })
  expect(await resolveSecret({ file: 'token' }, root)).toBe('x y ')
  expect(await resolveSecret({ file: join(root, 'token') }, '/')).toBe('x y ')
  expect(await resolveSecret({ file: 'nope' }, root)).toBeUndefined()
})

test('SE3: a file that cannot be a secret is an error that does not show its content', async () => {
  const root = await mkdtemp(join(tmpdir(), 'secret-'))
  await writeFile(join(root, 'big'), 'hunter2'.repeat(SECRET_BYTES_MAX))
  await writeFile(join(root, 'binary'), new Uint8Array([0xff, 0xfe, 0x00]))
  await chmod(join(root, 'big'), 0o600)
  await expect(resolveSecret({ file: 'big' }, root)).rejects.toThrow('too large to be a secret')
  await expect(resolveSecret({ file: 'big' }, root)).rejects.not.toThrow('hunter2')
  await expect(resolveSecret({ file: 'binary' }, root)).rejects.toThrow('is not UTF-8 text')
  await expect(resolveSecret({ file: '.' }, root)).rejects.toThrow('cannot be read')
})

test('SE4: a secret that is needed and absent says which key wants it and where it was sought', async () => {
  await expect(
    requireSecret({ env: 'MAINSTEM_NO_SUCH_VARIABLE' }, '/', 'signingKey'),
  ).rejects.toThrow('"signingKey" needs a secret, and the variable MAINSTEM_NO_SUCH_VARIABLE')
})
