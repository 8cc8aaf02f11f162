// @ts-check
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { IdentityStage, RESOLVE_LIMITS, TypedArrayMatchIndex } from '../harness/engine-parts.mjs'
import { median, round } from '../harness/report.mjs'

/**
 * What it takes to have the identity index again after a start: writing its snapshot when the
 * engine ends, reading it, and making it from the tables where there is none.
 * @param {any} engine @param {{ folder: string, rounds: number }} how
 */
export async function measureIndexRestart(engine, { folder, rounds }) {
  const [{ stage }] = engine.applied.rulesets
  const position = engine.applier.position
  const file = join(folder, 'index.snapshot')
  mkdirSync(folder, { recursive: true })
  /** @type {{ write: number[], load: number[], rebuild: number[] }} */
  const seconds = { write: [], load: [], rebuild: [] }
  let bytes = 0
  for (let at = 0; at < rounds; at++) {
    seconds.write.push(
      await timed(() => {
        bytes = writeParts(file, stage.snapshot(position, crc32))
      }),
    )
    await engine.reading(async (/** @type {any} */ session) => {
      seconds.load.push(
        await timed(() =>
          fresh(stage).load(session, { bytes: readFileSync(file), position, checksum: crc32 }),
        ),
      )
      seconds.rebuild.push(await timed(() => fresh(stage).load(session)))
    })
  }
  return {
    rows: stage.index.rowCount,
    snapshotBytes: bytes,
    writeSeconds: round(median(seconds.write), 3),
    loadSeconds: round(median(seconds.load), 3),
    rebuildSeconds: round(median(seconds.rebuild), 3),
  }
}

/** @param {any} stage */
function fresh(stage) {
  return new IdentityStage({
    ruleset: stage.ruleset,
    storeId: 'bench',
    newIndex: (/** @type {any} */ expected) => new TypedArrayMatchIndex(expected),
    limits: RESOLVE_LIMITS,
  })
}

/** @param {string} file @param {readonly Uint8Array[]} parts */
function writeParts(file, parts) {
  const handle = openSync(file, 'w')
  for (const part of parts) writeSync(handle, part)
  fsyncSync(handle)
  closeSync(handle)
  return parts.reduce((sum, part) => sum + part.length, 0)
}

/** @param {() => unknown} work */
async function timed(work) {
  const started = performance.now()
  await work()
  return (performance.now() - started) / 1000
}
