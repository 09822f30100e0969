/** The manners of every answer: problem+json for every refusal, 405 with `allow`, CORS for anyone, a request id. */
import { isProblem, Problem, problemResponse } from '@grimoire/schema/problem'
import { OpenAPIHono, z } from '@hono/zod-openapi'
import type { Context, MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { cors } from 'hono/cors'
import { HTTPException } from 'hono/http-exception'
import type { Env } from './env.ts'

export type Edge = { Bindings: Env; Variables: { requestId: string } }
export type App = OpenAPIHono<Edge>

/** The first thing wrong with a request, named by its field. */
function refuseShape(error: z.ZodError): Problem {
  const issue = error.issues[0]
  const param = issue?.path.join('.') ?? ''
  return new Problem('request_invalid', { param, detail: `${param ? `${param}: ` : ''}${issue?.message}.` })
}

export function createApp(): App {
  const app: App = new OpenAPIHono<Edge>({
    defaultHook: result => {
      if (!result.success) throw refuseShape(result.error)
    },
  })
  app.use(cors({ origin: '*', exposeHeaders: ['etag', 'x-request-id', 'retry-after', 'content-range'] }))
  app.use(async (c, next) => {
    c.set('requestId', crypto.randomUUID())
    await next()
    c.header('x-request-id', c.get('requestId'))
    c.header('x-content-type-options', 'nosniff')
    if (!c.res.headers.has('cache-control')) c.header('cache-control', 'no-cache')
  })
  app.onError((error, c) => refuse(c, error))
  app.notFound(c => unmatched(app, c))
  return app
}

/** What the client is told; what we did not foresee is logged with the request id and stays inside. */
function refuse(c: Context<Edge>, error: unknown): Response {
  const requestId = c.get('requestId')
  const problem = error instanceof HTTPException ? asRefusal(error) : error
  if (!isProblem(problem)) console.error(JSON.stringify({ requestId, error: String(error) }))
  const known = isProblem(problem) ? problem : new Problem('internal', { cause: error })
  const details = { ...known.details, extra: { ...known.details.extra, requestId } }
  const headers: Record<string, string> = known.code === 'rate_limited' ? { 'retry-after': '60' } : {}
  return problemResponse(new Problem(known.code, details), headers)
}

/** The framework's own refusals: malformed JSON and the like. */
const asRefusal = (error: HTTPException): Problem =>
  error.status === 413
    ? new Problem('body_too_large', { cause: error })
    : new Problem('request_invalid', { detail: error.message, cause: error })

function unmatched(app: App, c: Context<Edge>): Response {
  const { path } = c.req
  const methods = new Set<string>()
  for (const route of app.routes) {
    if (route.method === 'ALL' || route.path.includes('*')) continue
    const pattern = new RegExp(`^${route.path.replace(/:[^/]+/g, '[^/]+')}$`)
    if (pattern.test(path)) methods.add(route.method)
  }
  if (methods.size === 0) return refuse(c, new Problem('not_found', { got: path.slice(0, 200) }))
  if (methods.has('GET')) methods.add('HEAD')
  const allow = [...methods].sort().join(', ')
  const response = refuse(c, new Problem('method_not_allowed', { got: c.req.method, expected: allow }))
  response.headers.set('allow', allow)
  return response
}

/** Before anything that writes: each address of the network has its own budget. */
export const limitWrites: MiddlewareHandler<Edge> = async (c, next) => {
  const key = c.req.header('cf-connecting-ip') ?? 'local'
  const { success } = await c.env.WRITES.limit({ key })
  if (!success) throw new Problem('rate_limited')
  await next()
}

/** A signature of a smart account may be long; no more than this. */
const MAX_ORDER_BYTES = 32_768

/** Before a listing or an offer is taken. */
export const limitOrders = [
  limitWrites,
  bodyLimit({
    maxSize: MAX_ORDER_BYTES,
    onError: () => {
      throw new Problem('body_too_large', { expected: `at most ${MAX_ORDER_BYTES} bytes` })
    },
  }),
]

const problemAnswer = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    code: z.string(),
    retry: z.boolean(),
    mend: z.string(),
    requestId: z.string(),
  })
  .openapi('Problem')

/** The answers of a route for its OpenAPI entry: one good shape, and the problem that any refusal is. */
export const answers = <T extends z.ZodType>(description: string, schema: T) => ({
  200: { description, content: { 'application/json': { schema } } },
  default: {
    description: 'A refusal: RFC 9457 with the code, what was got and expected, and how to mend it',
    content: { 'application/problem+json': { schema: problemAnswer } },
  },
})
