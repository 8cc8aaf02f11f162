import { fastify, type FastifyInstance } from 'fastify'
import { checkAccess } from './access.ts'
import { compressed } from './compress.ts'
import { decisionRoutes } from './decision-routes.ts'
import { drainOnClose } from './drain.ts'
import type { Edge, EdgeDeps } from './edge-deps.ts'
import { EDGE_LIMITS } from './edge-limits.ts'
import { gaugeEngine } from './engine-gauges.ts'
import { engineRelay, OpenCalls } from './engine-relay.ts'
import { answerFailures, answerFrameworkError } from './failures.ts'
import { ingestRoutes } from './ingest/ingest-routes.ts'
import { journalWriter } from './ingest/journal-writer.ts'
import { boundLanes } from './lanes.ts'
import { lookUpRoutes } from './look-up-routes.ts'
import { openApiRoute } from './openapi-route.ts'
import { pageRoute } from './page/page-route.ts'
import { planRoutes } from './plan-routes.ts'
import { probeRoutes } from './probe-routes.ts'
import { queryRoutes } from './query/query-routes.ts'
import { traceIdOf, traceRequests } from './request-trace.ts'
import { reviewRoutes } from './review-routes.ts'
import type { RouteSpec } from './route-spec.ts'

/** The edge as an HTTP server that is not yet listening. `close()` lets what is under way finish. */
export function buildServer(deps: EdgeDeps): FastifyInstance {
  const edge: Edge = { ...deps, limits: { ...EDGE_LIMITS, ...deps.settings.limits } }
  const app = emptyServer(edge)
  const calls = new OpenCalls()

  takeBodiesAsBytes(app)
  traceRequests(app, edge)
  drainOnClose(app, edge, calls)
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-content-type-options', 'nosniff')
    checkAccess(request, request.routeOptions.config.access ?? 'token', edge.settings)
  })
  boundLanes(app, edge)
  app.addHook('onSend', compressed)
  answerFailures(app, edge)
  gaugeEngine(edge)

  const routes = edgeRoutes(edge, calls)
  for (const route of [...routes, openApiRoute(edge, routes)]) serve(app, edge, route)
  return app
}

function edgeRoutes(edge: Edge, calls: OpenCalls): readonly RouteSpec[] {
  const relay = engineRelay(edge, calls)
  return [
    ...probeRoutes(edge),
    ...ingestRoutes(edge, journalWriter(edge)),
    ...queryRoutes(edge, relay),
    ...lookUpRoutes(relay),
    ...reviewRoutes(relay),
    ...decisionRoutes(relay),
    ...planRoutes(relay),
    pageRoute(edge),
  ]
}

function emptyServer(edge: Edge): FastifyInstance {
  const timeoutMs = edge.limits['server.requestTimeoutMs']
  const app = fastify({
    logger: false,
    genReqId: traceIdOf,
    requestIdHeader: false,
    requestTimeout: timeoutMs,
    keepAliveTimeout: 65_000,
    http: { connectionsCheckingInterval: Math.min(timeoutMs / 2, 5_000) },
    bodyLimit: edge.limits['ingest.stream.maxRequestBytes'],
    routerOptions: { maxParamLength: 256 },
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    frameworkErrors: (error, request, reply) =>
      answerFrameworkError(edge, { error, request, reply }),
  })
  app.server.headersTimeout = Math.min(timeoutMs, 15_000)
  app.server.maxConnections = edge.limits['server.maxConnections']
  return app
}

/** Every body stays the bytes that it is; who reads it also checks its type. */
function takeBodiesAsBytes(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
}

function serve(app: FastifyInstance, edge: Edge, route: RouteSpec): void {
  const { access, lane, body } = route
  app.route({
    method: route.method,
    url: route.path,
    ...(body === undefined ? {} : { bodyLimit: edge.limits[body.limit] }),
    config: { access, lane, bodyLimitName: body?.limit },
    handler: async (request, reply) => await route.handle(request, reply),
  })
}
