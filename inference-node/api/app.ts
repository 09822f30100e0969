/** The node's HTTP surface: OpenAI's paths, the grants, the quotes; every refusal is a problem that OpenAI's clients read. */
import { grantRequest } from '@grimoire/schema/grant'
import { parseModelId } from '@grimoire/schema/model-id'
import { asProblem, Problem, problemResponse } from '@grimoire/schema/problem'
import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { cors } from 'hono/cors'
import { requestId } from 'hono/request-id'
import { reasonOf } from '../log.ts'
import type { NodeParts } from '../parts.ts'
import { chat, probe } from './chat.ts'
import { health, modelList, modelNamed } from './models.ts'
import { quoteFor } from './quotes.ts'

const CHAT_MAX_BYTES = 1024 * 1024
const GRANT_MAX_BYTES = 32 * 1024
const DRAIN_MAX_BYTES = 16 * 1024 * 1024
const PAYMENT_HEADERS = ['PAYMENT-REQUIRED', 'PAYMENT-RESPONSE', 'retry-after', 'x-request-id']

const limited = (maxSize: number) =>
  bodyLimit({
    maxSize,
    onError: async c => {
      await drain(c.req.raw)
      return problemResponse(new Problem('body_too_large', { expected: `at most ${maxSize} bytes` }), OPEN)
    },
  })

/** An answer before the end of the body is a closed connection to most clients, so a little more is read and dropped. */
async function drain({ body }: Request): Promise<void> {
  if (!body || body.locked) return
  let left = DRAIN_MAX_BYTES
  for await (const chunk of body) {
    left -= chunk.length
    if (left < 0) return
  }
}

/** For answers that are made before the CORS middleware could see them. */
const OPEN = { 'access-control-allow-origin': '*' }

export function nodeApp(parts: NodeParts): Hono {
  const app = new Hono()
  app.use('*', cors({ origin: '*', exposeHeaders: PAYMENT_HEADERS, allowMethods: ['GET', 'POST', 'DELETE'] }))
  app.use('*', requestId())
  app.get('/health', async c => c.json(await health(parts)))
  app.get('/v1/models', async c => c.json(await modelList(parts)))
  app.get('/v1/models/:model', async c => c.json(await modelNamed(parts, c.req.param('model'))))
  app.get('/v1/quotes', async c => c.json(await quoteFor(parts, c.req.query('model') ?? '')))
  app.post('/v1/grants', limited(GRANT_MAX_BYTES), c => giveGrant(parts, c))
  app.delete('/v1/grants/:id', async c => {
    parts.grants.end(c.req.param('id'))
    await parts.sweep()
    return c.body(null, 204)
  })
  app.get('/v1/chat/completions', c => probe(parts, c.req.raw))
  app.post('/v1/chat/completions', limited(CHAT_MAX_BYTES), async c =>
    chat(parts, c.req.raw, await jsonOf(c)),
  )
  app.notFound(c => problemResponse(new Problem('not_found', { got: c.req.path }), OPEN))
  app.onError((error, c) => {
    const problem = asProblem(error)
    const reason = reasonOf(problem.details.cause ?? error)
    parts.log({ event: 'refused', path: c.req.path, status: problem.status, code: problem.code, reason })
    return problemResponse(problem, problem.retry ? { ...OPEN, 'retry-after': '1' } : OPEN)
  })
  return app
}

async function jsonOf(c: Context): Promise<unknown> {
  const text = await c.req.text()
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new Problem('request_invalid', { expected: 'a JSON body', cause })
  }
}

async function giveGrant(parts: NodeParts, c: Context): Promise<Response> {
  const parsed = grantRequest.safeParse(await jsonOf(c))
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new Problem('grant_invalid', {
      param: issue?.path.join('.') ?? '',
      expected: issue?.message ?? 'a grant',
    })
  }
  const answer = await parts.grants.give(parsed.data.authSig, parseModelId(parsed.data.model))
  parts.log({ event: 'grant_given', workId: answer.workId, version: answer.version, holder: answer.holder })
  return c.json(answer, 201)
}
