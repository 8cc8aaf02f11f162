import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdir, readFile, rm, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { TOKEN, writeCrashProject } from './crash-project.ts'
import { freePort } from './free-port.ts'
import { temporaryFolder } from './small-store.ts'
import { ask } from './traffic.ts'

const PROGRAM = fileURLToPath(new URL('../../packages/engine/bin/mainstem.js', import.meta.url))
/** Makes a small disk at $1 that only the server of the project $3 sees, then becomes the server. */
const SMALL_DISK = 'mount -t tmpfs -o size=96m tmpfs "$1" && exec "$2" "$4" start --project "$3"'
const BYTES_LEFT = 3_000_000

const canMount = spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0
if (!canMount)
  console.log('SKIPPED: disk full, for this system lets nobody mount a small disk (unshare -rm).')

test.skipIf(!canMount)(
  'a full disk: 503 with the reason, and nothing that was acknowledged is lost',
  { timeout: 180_000 },
  async () => {
    const folder = await temporaryFolder()
    const port = await freePort()
    await writeCrashProject(folder, port)
    const store = join(folder, '.mainstem')
    await mkdir(store)
    const server = serverOnSmallDisk(folder, store)
    const url = `http://127.0.0.1:${port}`
    await until('the first run is over', async () => {
      const rows = await ask(url, { sql: 'select count(*) from members__dll' })
      return Number(rows?.[0]?.[0] ?? 0) > 0
    })
    // The disk as the server sees it.
    const disk = `/proc/${server.pid}/root${store}`
    const ballast = join(disk, 'ballast')
    const { bavail, bsize } = await statfs(disk)
    await writeFile(ballast, Buffer.alloc(bavail * bsize - BYTES_LEFT))

    const acknowledged: string[] = []
    const refusals: { status: number; text: string; retry: string | null }[] = []
    for (let at = 0; at < 400 && refusals.length < 5; at++) {
      const id = `d${at}`
      const answer = await postPerson(url, id, 60_000)
      if (answer.status === 202) acknowledged.push(id)
      else refusals.push(answer)
    }
    expect(acknowledged.length).toBeGreaterThan(5)
    expect(refusals).toHaveLength(5)
    for (const { status, text, retry } of refusals) {
      expect(status).toBe(503)
      expect(text).toContain('DISK_FULL')
      expect(text).toMatch(/no room left on the disk/i)
      expect(retry).toBe('30')
    }
    expect((await fetch(`${url}/health`)).status).toBe(200)

    await until('the engine has met the full disk too', async () => {
      const log = await readFile(join(folder, 'server.log'), 'utf8')
      return /no room left on the disk for the next batch|The engine ended/.test(log)
    })
    await sleep(2500)
    await rm(ballast)
    await until(
      'records are taken again',
      async () => (await postPerson(url, 'last', 10)).status === 202,
    )
    acknowledged.push('last')
    await until('all is applied', async () => {
      const rows = await ask(url, {
        sql: `select count(*) from people__dll where person_id__c = 'last'`,
      })
      return Number(rows?.[0]?.[0] ?? 0) > 0
    })
    const rows = await ask(url, { sql: 'select person_id__c from people__dll' })
    expect(rows?.map(([id]) => String(id)).toSorted()).toEqual(acknowledged.toSorted())
    const links = await ask(url, {
      sql: `select count(*), count(distinct SourceRecordId__c) from IndividualIdentityLink__dlm where KQ_SourceRecordId__c = 'shop'`,
    })
    expect(links?.[0]?.map(Number)).toEqual([acknowledged.length, acknowledged.length])
  },
)

function serverOnSmallDisk(folder: string, store: string): ChildProcess {
  const server = spawn(
    'unshare',
    ['-rm', 'sh', '-c', SMALL_DISK, 'sh', store, process.execPath, folder, PROGRAM],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, MAINSTEM_TOKEN: TOKEN } },
  )
  const log = createWriteStream(join(folder, 'server.log'))
  server.stdout.pipe(log)
  server.stderr.pipe(log)
  onTestFinished(async () => {
    if (server.exitCode !== null || server.signalCode !== null) return
    server.kill('SIGTERM')
    await once(server, 'exit')
  })
  return server
}

async function postPerson(
  url: string,
  id: string,
  bytes: number,
): Promise<{ status: number; text: string; retry: string | null }> {
  const person = {
    person_id: id,
    first_name: 'Jonathan',
    last_name: `${id}-${'x'.repeat(bytes)}`,
    email: `${id}@mail.example`,
    round: 1,
  }
  const answer = await fetch(`${url}/api/v1/ingest/people`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` },
    body: JSON.stringify({ data: [person] }),
  })
  return {
    status: answer.status,
    text: await answer.text(),
    retry: answer.headers.get('retry-after'),
  }
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 60_000
  while (!(await isSo().catch(() => false))) {
    if (Date.now() > end) throw new Error(`Not after a minute: ${what}.`)
    await sleep(100)
  }
}
