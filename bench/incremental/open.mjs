// @ts-check
import { loadProject, openEngine, systemClock } from '../harness/engine-parts.mjs'

/** An engine over a made project, for changes to be put into. @param {string} project */
export async function openMade(project) {
  const engine = await openEngine({
    project: await loadProject(project),
    clock: systemClock,
    onUnexpected: (/** @type {unknown} */ error) => process.stderr.write(`${String(error)}\n`),
  })
  await engine.apply(await loadProject(project))
  return engine
}

/**
 * Puts records into the journal and applies them, as the server's engine does.
 * @param {any} engine @param {readonly import('./changes.mjs').Posted[]} records
 */
export async function applyRecords(engine, records) {
  await engine.parts.append({
    kind: 'rows',
    atMs: systemClock.nowMs(),
    space: engine.parts.store.space,
    stream: 'people',
    meta: { origin: 'request' },
    body: new TextEncoder().encode(JSON.stringify({ data: records })),
  })
  await engine.catchUp()
}
