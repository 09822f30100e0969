/** The manners of every answer: problem+json for every refusal, 405 with `allow`, CORS for anyone, a request id, revalidation. */
import { isProblem, Problem, problemResponse } from '@grimoire/schema/problem'
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { cors } from 'hono/cors'
import { etag, RETAINED_304_HEADERS } from 'hono/etag'
import { HTTPException } from 'hono/http-exception'
import { requestId } from 'hono/request-id'
import type { Env } from './env.ts'

export type Edge = { Bindings: Env; Variables: { requestId: string } }
export type Door = Hono<Edge>

/** What a page of another origin may read of an answer. */
const EXPOSED = [
  'etag',
  'x-request-id',
  'retry-after',
  'ratelimit',
  'ratelimit-policy',
  'idempotent-replayed',
  'content-range',
  'accept-ranges',
  'x-ipfs-path',
  'x-ipfs-roots',
  'location',
  'link',
]
const PREFLIGHT_SECONDS = 86_400

/** An answer is data: nothing in it runs, and no page of another origin is shown inside a frame of it. */
const SAFE_HEADERS = {
  'content-security-policy':
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'cross-origin',
  'strict-transport-security': 'max-age=31536000',
}

/** Reads are kept by nobody without asking again, which costs a 304; writes and refusals are not kept at all. */
const finish: MiddlewareHandler<Edge> = async (c, next) => {
  await next()
  for (const [name, value] of Object.entries(SAFE_HEADERS)) {
    if (!c.res.headers.has(name)) c.header(name, value)
  }
  if (c.res.headers.has('cache-control')) return
  const read = c.req.method === 'GET' || c.req.method === 'HEAD'
  c.header('cache-control', read && c.res.status < 400 ? 'no-cache' : 'no-store')
}

const sha256 = (body: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer> => crypto.subtle.digest('SHA-256', body)
/** A browser takes the headers of a 304 in place of those it keeps: a page must not come back under an answer's policy. */
const retainedHeaders = [
  ...RETAINED_304_HEADERS,
  ...Object.keys(SAFE_HEADERS),
  'access-control-allow-origin',
  'access-control-expose-headers',
  'x-request-id',
]

/** What of an answer's headers goes with a 304. */
export const headersOf304 = (headers: Headers): Headers =>
  new Headers(retainedHeaders.flatMap(name => (headers.has(name) ? [[name, headers.get(name) ?? '']] : [])))

export function createDoor(): Door {
  const app: Door = new Hono<Edge>()
  // A caller may name its own request, to find it again in its logs and ours; nothing relies on such a name being new.
  app.use(requestId({ limitLength: 64 }))
  app.use(finish)
  app.use(
    cors({
      origin: '*',
      allowMethods: (_, c) => methodsOf(app, c.req.path),
      exposeHeaders: EXPOSED,
      maxAge: PREFLIGHT_SECONDS,
    }),
  )
  app.use(etag({ retainedHeaders, generateDigest: sha256 }))
  app.onError((error, c) => refuse(c, error))
  app.notFound(c => unmatched(app, c))
  return app
}

/** What the client is told; what we did not foresee is logged with the request id and stays inside. */
export function refuse(c: Context<Edge>, error: unknown): Response {
  const requestId = c.get('requestId')
  const problem = error instanceof HTTPException ? asRefusal(error) : error
  if (!isProblem(problem)) console.error(JSON.stringify({ requestId, error: String(error) }))
  const known = isProblem(problem) ? problem : new Problem('internal', { cause: error })
  const { retryAfterSeconds } = known.details.extra ?? {}
  const details = { ...known.details, extra: { ...known.details.extra, requestId } }
  const headers = typeof retryAfterSeconds === 'number' ? { 'retry-after': String(retryAfterSeconds) } : {}
  return problemResponse(new Problem(known.code, details), headers)
}

/** The framework's own refusals: malformed JSON, another content type and the like. */
function asRefusal(error: HTTPException): Problem {
  if (error.status === 413) return new Problem('body_too_large', { cause: error })
  if (error.status === 415) return new Problem('media_type_unsupported', { cause: error })
  return new Problem('request_invalid', { detail: error.message, cause: error })
}

/** Which methods a path answers; none when nothing stands there. */
function methodsOf(app: Door, path: string): string[] {
  const methods = new Set<string>()
  for (const route of app.routes) {
    if (route.method === 'ALL' || route.path.includes('*')) continue
    const pattern = new RegExp(`^${route.path.replace(/:[^/]+/g, '[^/]+')}$`)
    if (pattern.test(path)) methods.add(route.method)
  }
  if (methods.has('GET')) methods.add('HEAD')
  return [...methods].sort()
}

function unmatched(app: Door, c: Context<Edge>): Response {
  const { path } = c.req
  const methods = methodsOf(app, path)
  if (methods.length === 0) return refuse(c, new Problem('not_found', { got: path.slice(0, 200) }))
  const allow = methods.join(', ')
  const response = refuse(c, new Problem('method_not_allowed', { got: c.req.method, expected: allow }))
  response.headers.set('allow', allow)
  return response
}
