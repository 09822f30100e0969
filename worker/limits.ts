/** Who may send how much: budgets of requests, told in the headers of the IETF draft, and the sizes of bodies. */
import { Problem } from '@grimoire/schema/problem'
import type { MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { type Settings, settingsOf } from './env.ts'
import type { Edge } from './http.ts'
import { withManner } from './manner.ts'
import { networkOf } from './network-of.ts'
import { oncePerKey } from './once-per-key.ts'

export const PERIOD_SECONDS = 60
/** Whoever comes from more networks than this within a minute is no longer counted one by one. */
const MAX_COUNTED = 10_000

type Budget = {
  /** How the headers call it. */
  name: string
  binding: 'WRITES'
  quota: (settings: Settings) => number
}

const headers = {
  'ratelimit-policy': {
    description: 'The budget: `"writes";q=600;w=60` is 600 requests in 60 seconds from one network address',
    schema: { type: 'string' },
  },
  ratelimit: {
    description: 'What is left of it at most, and the seconds until it is whole again: `"writes";r=599;t=42`',
    schema: { type: 'string' },
  },
} as const

/** One budget for each network address; the headers are those of draft-ietf-httpapi-ratelimit-headers-11. */
function budgetOf({ name, binding, quota }: Budget): MiddlewareHandler<Edge> {
  let minute = 0
  let seen = new Map<string, number>()
  /** The binding says yes or no and never how much is left: what this isolate saw is the most that can be left. */
  const count = (key: string, now: number): number => {
    const current = Math.floor(now / (PERIOD_SECONDS * 1000))
    if (current !== minute || seen.size > MAX_COUNTED) seen = new Map()
    minute = current
    const times = (seen.get(key) ?? 0) + 1
    seen.set(key, times)
    return times
  }
  const manner = { codes: ['rate_limited'], writes: headers } as const
  return withManner(manner, async (c, next) => {
    const key = networkOf(c.req.header('cf-connecting-ip') ?? 'local')
    const most = quota(settingsOf(c.env))
    const now = Date.now()
    const times = count(key, now)
    const { success } = await c.env[binding].limit({ key })
    const left = success ? Math.max(0, most - times) : 0
    const seconds = success ? PERIOD_SECONDS - (Math.floor(now / 1000) % PERIOD_SECONDS) : PERIOD_SECONDS
    c.header('ratelimit-policy', `"${name}";q=${most};w=${PERIOD_SECONDS}`)
    c.header('ratelimit', `"${name}";r=${left};t=${seconds}`)
    if (!success) throw new Problem('rate_limited', { extra: { retryAfterSeconds: seconds } })
    await next()
  })
}

/** Before anything that writes. */
export const limitWrites = budgetOf({
  name: 'writes',
  binding: 'WRITES',
  quota: settings => settings.WRITES_PER_MINUTE,
})

const limitBody = (maxSize: number): MiddlewareHandler<Edge> =>
  withManner(
    { codes: ['body_too_large'] },
    bodyLimit({
      maxSize,
      onError: () => {
        throw new Problem('body_too_large', { expected: `at most ${maxSize} bytes` })
      },
    }),
  )

/** Before something that is not done again for an `Idempotency-Key`: its answer may hold a secret, or it changes nothing twice. */
export const limitSizes = (maxSize: number): [MiddlewareHandler<Edge>, MiddlewareHandler<Edge>] => [
  limitWrites,
  limitBody(maxSize),
]

/** Before something signed is taken. */
export const limitPosts = (maxSize: number) => [limitWrites, limitBody(maxSize), oncePerKey]

/** A signature of a smart account may be long; no more than this. */
const MAX_ORDER_BYTES = 32_768

/** Before a wallet signs in: the token that is answered is kept nowhere. */
export const limitSigned = limitSizes(MAX_ORDER_BYTES)

/** Before a listing or an offer is taken. */
export const limitOrders = limitPosts(MAX_ORDER_BYTES)
