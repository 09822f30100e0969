/** The node's HTTP surface: OpenAI's paths, the grants, the quotes; every refusal is a problem that OpenAI's clients read. */
import { asProblem, Problem, problemResponse } from '@grimoire/schema/problem'
import { TURN_HEADER } from '@grimoire/schema/turn-access'
import { type Context, Hono, type Next } from 'hono'
import { cors } from 'hono/cors'
import { requestId } from 'hono/request-id'
import { reasonOf } from '../log.ts'
import type { NodeParts } from '../parts.ts'
import { OPEN } from './body.ts'
import { health } from './models.ts'
import { refusalsOf } from './refusals.ts'
import { addRoutes } from './routes.ts'

const PAYMENT_HEADERS = ['PAYMENT-REQUIRED', 'PAYMENT-RESPONSE', 'retry-after', 'x-request-id', TURN_HEADER]

/** A node that is about to stop begins nothing; what it has begun may be read and ended. */
const openOnly = (parts: NodeParts) => async (c: Context, next: Next) => {
  if (c.req.method === 'POST' || c.req.method === 'PUT') parts.readiness.requireOpen()
  await next()
}

export function nodeApp(parts: NodeParts): Hono {
  const app = new Hono()
  app.use(
    '*',
    cors({ origin: '*', exposeHeaders: PAYMENT_HEADERS, allowMethods: ['GET', 'POST', 'PUT', 'DELETE'] }),
  )
  app.use('*', requestId())
  app.get('/health', async c => c.json(await health(parts)))
  app.get('/ready', async c => {
    const { ready, checks } = await parts.readiness.now()
    return c.json({ ready, checks }, ready ? 200 : 503)
  })
  app.use('/v1/*', refusalsOf(parts), openOnly(parts))
  addRoutes(app, parts)
  app.notFound(c => problemResponse(new Problem('not_found', { got: c.req.path }), OPEN))
  app.onError((error, c) => refused(parts, error, c))
  return app
}

/** The reason is for the operator's log; the caller gets the problem. */
function refused({ log }: NodeParts, error: unknown, c: Context): Response {
  const problem = asProblem(error)
  const { status, code, retry, details } = problem
  const reason = reasonOf(details.cause ?? error)
  log({ event: 'refused', path: c.req.path, status, code, reason })
  const headers = retry ? { 'retry-after': String(details.extra?.retryAfterSeconds ?? 1) } : {}
  return problemResponse(problem, { ...OPEN, ...headers })
}
