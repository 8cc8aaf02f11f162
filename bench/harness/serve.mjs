// @ts-check
/**
 * A server for a benchmark, in a process of its own: the real one, or the same edge in front of
 * nothing, whose journal acknowledges at once and keeps nothing (`--journal null`). Says where it
 * listens, serves until it is told to stop.
 */
import { parseArgs } from 'node:util'
import {
  buildServer,
  hashToken,
  loadProject,
  PinoLog,
  PrometheusMeter,
  startEdge,
  systemClock,
} from './engine-parts.mjs'
import { TOKEN } from './made-project.mjs'

const { values } = parseArgs({
  options: {
    project: { type: 'string', default: '' },
    journal: { type: 'string', default: 'durable' },
  },
})
process.env['MAINSTEM_TOKEN'] = TOKEN
const project = await loadProject(values.project)
const log = new PinoLog({ level: 'warn', process: 'edge' })

const server = values.journal === 'null' ? await bareEdge() : await wholeServer()
process.send?.({ url: server.url })
process.on('message', () => {
  void server.close().finally(() => process.exit(0))
})
process.on('disconnect', () => process.exit(0))

async function wholeServer() {
  const edge = await startEdge({ project, clock: systemClock, log, port: 0 })
  while (!edge.engine.ready().ready) await new Promise(resolve => setTimeout(resolve, 20))
  return edge
}

async function bareEdge() {
  let end = 0n
  const streams = project.streams.map((/** @type {any} */ { definition }) => ({
    name: definition.name,
    source: definition.connector.source,
    object: definition.connector.object,
    fields: Object.keys(definition.fields).map(name => ({ name })),
    primaryKey: [definition.primaryKey],
    refreshMode: /** @type {const} */ ('UPSERT'),
    deletes: false,
  }))
  const app = buildServer({
    journal: {
      append: () => Promise.resolve((end += 1n)),
      get end() {
        return end
      },
    },
    engine: {
      call: () => Promise.reject(new Error('there is no engine')),
      ready: () => ({ ready: true }),
    },
    streams: () => streams,
    settings: {
      project: project.definition.name,
      version: '0',
      space: `space_${project.definition.dataSpace}`,
      host: '127.0.0.1',
      tokenHashes: [hashToken(TOKEN)],
      limits: project.definition.edgeLimits,
    },
    clock: systemClock,
    log,
    meter: new PrometheusMeter({ processBasics: true }),
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const address = app.server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return { url: `http://127.0.0.1:${port}`, close: () => app.close() }
}
