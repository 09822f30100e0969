/** Reads that many ask at once: worked out once, and remembered by this isolate for at most a second. */
import type { MiddlewareHandler } from 'hono'
import { type Door, type Edge, headersOf304 } from './door.ts'
import type { Env } from './env.ts'
import type { App } from './http.ts'

/** Below the time of a block: what the chain ended is gone before the next one. */
const KEPT_MS = 1_000
const MOST_BYTES = 16 * 2 ** 20
const LARGEST_BYTES = 2 ** 19
/** From this age on, whoever asks next has it worked out anew meanwhile. */
const RENEWED_MS = 750
/** So much is counted for an answer beside its body: its address and headers. */
const OVERHEAD_BYTES = 4_096
/** An answer that somebody else is waiting for too: after this everyone asks for themselves. */
const WAIT_MS = 1_000

type Kept = { body: ArrayBuffer; headers: Headers; etag: string; sinceMs: number }
type Entry = {
  /** When it was begun: what it tells is not older. */
  sinceMs: number
  bytes: number
  kept: Kept | null
  /** What is told while this is worked out, for as long as it may be. */
  before: Kept | null
  coming: Promise<Kept | null>
}

/** Of one deployment: what is bound decides the answers. The oldest stand first. */
type Memory = { entries: Map<string, Entry>; bytes: number }
const memories = new WeakMap<Env, Memory>()

function memoryOf(env: Env): Memory {
  const known = memories.get(env)
  if (known) return known
  const memory = { entries: new Map(), bytes: 0 }
  memories.set(env, memory)
  return memory
}

/** Stands before a route whose answer follows from its address and the database alone, whoever asks. */
export const remembered: MiddlewareHandler<Edge> = (_, next) => next()

/** Whether such a route has a path. What no module was read for yet is worked out by itself, once. */
function rememberedAmong(opened: () => App | null): (path: string) => boolean {
  let known = { routes: 0, pattern: /^$/ }
  return path => {
    const routes = opened()?.routes ?? []
    if (routes.length !== known.routes) {
      const paths = routes.filter(({ handler }) => handler === remembered).map(one => one.path)
      const pattern = new RegExp(`^(?:${paths.map(one => one.replaceAll(/:[^/]+/g, '[^/]+')).join('|')})$`)
      known = { routes: routes.length, pattern }
    }
    return known.pattern.test(path)
  }
}

function forget(memory: Memory, url: string, entry: Entry): void {
  memory.entries.delete(url)
  memory.bytes -= entry.bytes
}

/** After anything that may have changed what is read. */
export function forgetAll(env: Env): void {
  const memory = memoryOf(env)
  memory.entries.clear()
  memory.bytes = 0
}

function makeRoom(memory: Memory, nowMs: number): void {
  for (const [url, entry] of memory.entries) {
    if (memory.bytes <= MOST_BYTES && nowMs - entry.sinceMs < KEPT_MS) return
    forget(memory, url, entry)
  }
}

/** What may be answered again; null for a refusal, and for anything that its own headers say is nobody else's. */
async function keptOf(response: Response, sinceMs: number): Promise<Kept | null> {
  const { headers, status } = response
  const etag = headers.get('etag')
  const shared =
    headers.get('cache-control') === 'no-cache' && !headers.has('set-cookie') && !headers.has('vary')
  if (status !== 200 || !etag || !shared) return null
  const body = await response.arrayBuffer()
  return { body, headers: new Headers(headers), etag, sinceMs }
}

const A_NAME = /^[\w=-]{1,64}$/

/** The same answer under this request's own name, or 304 to whoever has it already. */
function answerWith({ body, headers, etag }: Kept, request: Request): Response {
  const named = request.headers.get('x-request-id') ?? ''
  const name = A_NAME.test(named) ? named : crypto.randomUUID()
  const has = request.headers.get('if-none-match')
  const response = has?.split(',').some(one => [etag, `W/${etag}`, '*'].includes(one.trim()))
    ? new Response(null, { status: 304, headers: headersOf304(headers) })
    : new Response(body, { headers })
  response.headers.set('x-request-id', name)
  return response
}

type Fetch = NonNullable<ExportedHandler<Env>['fetch']>
type Asked = { request: Parameters<Fetch>[0]; env: Env; context: ExecutionContext }

/** Works it out for all who ask meanwhile. It goes on when the first of them hangs up. */
function begin(app: Door, { request, env, context }: Asked, sinceMs: number, before: Kept | null = null) {
  const { url } = request
  const memory = memoryOf(env)
  let refused: Response | null = null
  const workOut = async (): Promise<Kept | null> => {
    const name = request.headers.get('x-request-id')
    const plain = new Request(url, name === null ? {} : { headers: { 'x-request-id': name } })
    const response = await app.fetch(plain, env, context)
    const kept = await keptOf(response, sinceMs)
    if (!kept) refused = response
    return kept
  }
  const coming = workOut()
    .catch(() => null)
    .then(kept => settle(memory, url, entry, kept))
  const entry: Entry = { sinceMs, bytes: OVERHEAD_BYTES, kept: null, before, coming }
  makeRoom(memory, sinceMs)
  memory.entries.set(url, entry)
  memory.bytes += entry.bytes
  context.waitUntil(coming)
  return async (): Promise<Response> => {
    const kept = await coming
    return kept ? answerWith(kept, request) : (refused ?? app.fetch(request, env, context))
  }
}

/** It may have been forgotten while it was worked out: then those who wait get it, and nobody after them. */
function settle(memory: Memory, url: string, entry: Entry, kept: Kept | null): Kept | null {
  if (memory.entries.get(url) !== entry) return kept
  const size = kept?.body.byteLength ?? 0
  if (!kept || size > LARGEST_BYTES) forget(memory, url, entry)
  else {
    entry.kept = kept
    entry.bytes += size
    memory.bytes += size
  }
  return kept
}

/** Whatever the one that is being worked out comes to, nobody waits longer for it than for their own. */
async function share(app: Door, entry: Entry, { request, env, context }: Asked): Promise<Response> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const tired = new Promise<null>(resolve => {
    timer = setTimeout(resolve, WAIT_MS, null)
  })
  const kept = await Promise.race([entry.coming, tired])
  clearTimeout(timer)
  return kept ? answerWith(kept, request) : app.fetch(request, env, context)
}

/** In front of the routes: a read from memory goes through none of them. Whatever is no read ends what is remembered. */
export function remembering(app: Door, opened: () => App | null): Fetch {
  const isRemembered = rememberedAmong(opened)
  return (request, env, context) => {
    const asked = { request, env, context }
    const memory = memoryOf(env)
    if (request.method !== 'GET') {
      const reads = request.method === 'HEAD' || request.method === 'OPTIONS'
      return reads ? app.fetch(request, env, context) : write(app, asked)
    }
    const nowMs = Date.now()
    const entry = memory.entries.get(request.url)
    const known = entry && nowMs - entry.sinceMs < KEPT_MS ? (entry.kept ?? entry.before) : null
    if (entry && known && nowMs - known.sinceMs < KEPT_MS) {
      if (entry.kept && nowMs - known.sinceMs >= RENEWED_MS) {
        forget(memory, request.url, entry)
        begin(app, asked, nowMs, known)
      }
      return answerWith(known, request)
    }
    if (entry && !entry.kept && nowMs - entry.sinceMs < KEPT_MS) return share(app, entry, asked)
    if (!isRemembered(new URL(request.url).pathname)) return app.fetch(request, env, context)
    if (entry) forget(memory, request.url, entry)
    return begin(app, asked, nowMs)()
  }
}

async function write(app: Door, { request, env, context }: Asked): Promise<Response> {
  try {
    return await app.fetch(request, env, context)
  } finally {
    forgetAll(env)
  }
}
