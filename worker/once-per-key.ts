/** `Idempotency-Key`: what was sent under a key is done once, and whoever sends it again within a day gets the same answer. */
import { Problem } from '@grimoire/schema/problem'
import type { Context } from 'hono'
import { sha256Of } from './digest.ts'
import type { Edge } from './http.ts'
import { withManner } from './manner.ts'
import { networkOf } from './network-of.ts'
import { type Claim, claimKey, forgetKey, keepAnswer } from './store/replays.ts'

/** What a header may hold that is no blank; the draft’s own limit is none, 255 is what everyone takes. */
const KEY = /^[\x21-\x7e]{1,255}$/

const manner = {
  codes: ['idempotency_key_reused', 'idempotency_in_flight'],
  reads: {
    'idempotency-key': {
      description:
        'Any text of yours that is new for each thing you want done, such as a UUID. The same key with the same body is done once and answered alike for a day; with another body it is refused. A refusal is not kept: after mending the cause the same key may be sent again',
      schema: { type: 'string', maxLength: 255 },
      example: '6f1c2f0e-5d3b-4c57-9c1e-0b5a3f1f7a11',
    },
  },
  writes: {
    'idempotent-replayed': {
      description: '`true` when this is the answer of an earlier request with the same key',
      schema: { type: 'string' },
    },
  },
} as const

/** What no caller can make another's: none of the four holds a line's end. */
const nameOf = (c: Context<Edge>, key: string): Promise<string> =>
  sha256Of([callerOf(c), c.req.method, new URL(c.req.url).pathname, key].join('\n'))

/** Whoever signed in is known by that; anyone else by where they send from, so that short keys of two people do not meet. */
const callerOf = (c: Context<Edge>): string =>
  c.req.header('authorization') ??
  c.req.header('cookie') ??
  networkOf(c.req.header('cf-connecting-ip') ?? 'local')

/** What became of the same request before, or why that cannot be told. */
function earlier(claimed: Exclude<Claim, { state: 'ours' }>, key: string): Response {
  const param = 'idempotency-key'
  if (claimed.state === 'other') throw new Problem('idempotency_key_reused', { param, got: key })
  if (claimed.state === 'running')
    throw new Problem('idempotency_in_flight', { param, got: key, extra: { retryAfterSeconds: 1 } })
  const { status, body, contentType } = claimed
  const headers = { 'content-type': contentType, 'idempotent-replayed': 'true' }
  return new Response(body, { status, headers })
}

export const oncePerKey = withManner(manner, async (c, next) => {
  const key = c.req.header('idempotency-key')
  if (key === undefined) return next()
  if (!KEY.test(key)) {
    throw new Problem('request_invalid', {
      param: 'idempotency-key',
      got: key,
      expected: '1 to 255 visible ASCII characters',
    })
  }
  const { DB } = c.env
  const name = await nameOf(c, key)
  const requestHash = await sha256Of(await c.req.arrayBuffer())
  const claimed = await claimKey(DB, { name, requestHash, nowMs: Date.now() })
  if (claimed.state !== 'ours') return earlier(claimed, key)
  await next()
  // A refusal changed nothing: what is sent again under its key is looked at anew. A secret is told once, and not kept.
  const secret = c.res.headers.has('set-cookie') || c.res.headers.get('cache-control')?.includes('no-store')
  if (!c.res.ok || secret) return forgetKey(DB, name, claimed.claim)
  await keepAnswer(DB, {
    name,
    claim: claimed.claim,
    status: c.res.status,
    body: await c.res.clone().text(),
    contentType: c.res.headers.get('content-type') ?? 'application/json',
  })
})
