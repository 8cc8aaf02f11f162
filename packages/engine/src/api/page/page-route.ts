import type { Edge } from '../edge-deps.ts'
import type { RouteSpec } from '../route-spec.ts'
import { pageHtml, pagePolicy } from './page-html.ts'

/** `GET /`: one page to look with, made of one document and no other file. */
export function pageRoute({ settings }: Edge): RouteSpec {
  const html = Buffer.from(pageHtml(settings.project, settings.version))
  return {
    method: 'GET',
    path: '/',
    operationId: 'page',
    summary: 'One read-only page: freshness, counts, last verify, and a search for a profile.',
    tag: 'Page',
    access: 'page',
    answers: {
      200: { description: 'The page.', contentType: 'text/html', schema: { type: 'string' } },
    },
    handle: (_request, reply) =>
      reply
        .header('content-type', 'text/html; charset=utf-8')
        .header('content-security-policy', pagePolicy)
        .header('x-frame-options', 'DENY')
        .header('referrer-policy', 'no-referrer')
        .header('cross-origin-opener-policy', 'same-origin')
        .header('cache-control', 'no-cache')
        .send(html),
  }
}
