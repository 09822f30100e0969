/** The local gateway: OpenAI's API over the works that a wallet holds, each turn paid by voucher under a daily cap. */
import { chatRequest, UNSUPPORTED_FIELDS } from '@grimoire/schema/chat'
import { parseOr } from '@grimoire/schema/parse'
import { Problem } from '@grimoire/schema/problem'
import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { cors } from 'hono/cors'
import { beginAnswer, type Parts } from './answering.ts'
import type { GatewayContext } from './context.ts'
import { openDirectory } from './directory.ts'
import { bearerCheck, hostCheck } from './door.ts'
import { openLanes } from './lanes.ts'
import { modelOfWork } from './models.ts'
import { faultsOf } from './ranking.ts'
import { openShelf, type Shelf } from './shelf.ts'
import { spendingReport } from './spending.ts'
import { refusalOf, streamedAnswer, wholeAnswer } from './wire.ts'

const BODY_MAX_BYTES = 1_000_000

export type GatewayOptions = GatewayContext & {
  token: string
  /** Names under which this gateway is asked beside the loopback's. */
  allowedHosts?: readonly string[]
  /** Pages that may ask from a browser; none without it. */
  allowedOrigins?: readonly string[]
}

function readChat(body: unknown) {
  const fields = typeof body === 'object' && body !== null ? body : {}
  const unsupported = UNSUPPORTED_FIELDS.find(name => {
    const value: unknown = Reflect.get(fields, name)
    return value !== undefined && value !== null && value !== false
  })
  if (unsupported) throw new Problem('field_unsupported', { param: unsupported, got: unsupported })
  return parseOr(chatRequest, body, { what: 'a chat request' })
}

async function jsonOf(c: Context): Promise<unknown> {
  return c.req.json().catch(cause => {
    throw new Problem('request_invalid', { expected: 'a JSON body', cause })
  })
}

async function chat(parts: Parts, shelf: Shelf, c: Context): Promise<Response> {
  const { model, messages, stream, stream_options, ...options } = readChat(await jsonOf(c))
  const { work, version } = await shelf.find(model)
  const gone = new AbortController()
  const leave = () => gone.abort(new DOMException('The program that asked went away.', 'AbortError'))
  c.req.raw.signal.addEventListener('abort', leave)
  if (c.req.raw.signal.aborted) leave()
  const begun = await beginAnswer(parts, {
    ...{ work, messages, options, signal: gone.signal },
    ...(version === undefined ? {} : { version }),
  })
  return stream
    ? streamedAnswer(begun, { includeUsage: stream_options?.include_usage ?? false, gone })
    : wholeAnswer(begun)
}

export function createGateway(options: GatewayOptions) {
  const { token, allowedHosts = [], allowedOrigins = [], ...context } = options
  const [directory, lanes, shelf] = [openDirectory(context), openLanes(context), openShelf(context)]
  const parts: Parts = { context, directory, lanes, faults: faultsOf() }
  const app = new Hono()
  app.use('*', hostCheck(allowedHosts))
  if (allowedOrigins.length > 0) app.use('*', cors({ origin: [...allowedOrigins] }))
  app.get('/health', c => c.json({ status: 'ok' }))
  app.use('*', bearerCheck(token))
  app.get('/v1/models', async c => {
    const works = await shelf.works()
    const data = await Promise.all(works.map(work => modelOfWork(parts, work)))
    return c.json({ object: 'list', data })
  })
  app.get('/v1/models/:model{.+}', async c => {
    const { work } = await shelf.find(c.req.param('model'))
    return c.json(await modelOfWork(parts, work))
  })
  const limit = bodyLimit({
    maxSize: BODY_MAX_BYTES,
    onError: () => {
      throw new Problem('body_too_large', { expected: `at most ${BODY_MAX_BYTES} bytes` })
    },
  })
  app.post('/v1/chat/completions', limit, c => chat(parts, shelf, c))
  app.post('/v1/embeddings', () => {
    throw new Problem('embeddings_unoffered')
  })
  app.get('/v1/grimoire/spending', c => c.json(spendingReport(context.book, c.req.query('days'))))
  app.notFound(c => refusalOf(new Problem('not_found', { got: c.req.path })))
  app.onError((error, c) => {
    const refusal = refusalOf(error)
    context.log({ event: 'refused', path: c.req.path, status: refusal.status })
    return refusal
  })
  return { app, parts, shelf, close: () => lanes.close() }
}
