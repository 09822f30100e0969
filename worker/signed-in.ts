/** Who is asking: the session that a bearer token or the page's cookie carries, for the few routes that need somebody. */
import { isLoopback } from '@grimoire/schema/loopback'
import { Problem } from '@grimoire/schema/problem'
import type { Session } from '@grimoire/schema/session'
import type { Context, MiddlewareHandler } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { createMiddleware } from 'hono/factory'
import { settingsOf } from './env.ts'
import { type App, type Edge, limitSizes, limitWrites } from './http.ts'
import { withManner } from './manner.ts'
import { nowSeconds } from './now.ts'
import { ownOrigin } from './own-origin.ts'
import { findSession } from './store/sessions.ts'

const COOKIE = 'grimoire'
const MAX_TOKEN_CHARACTERS = 200
const SAFE_METHODS = new Set(['GET', 'HEAD'])

type Visitor = { session: Session; token: string }
export type SignedIn = Edge & { Variables: { visitor: Visitor } }

const manner = {
  codes: ['session_missing', 'origin_refused', 'sign_in_off'],
  security: ['bearer', 'cookie'],
} as const

export function describeSecurity(app: App): void {
  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    description: 'The token that POST /v1/sessions answered',
  })
  app.openAPIRegistry.registerComponent('securitySchemes', 'cookie', {
    type: 'apiKey',
    in: 'cookie',
    name: `__Host-${COOKIE}`,
    description: 'For the page of this edge; on a loopback address its name has no __Host-',
  })
}

/** Whatever writes under a cookie has to come from the edge's own page; browsers say from where, and pages cannot lie about it. */
export function checkOrigin<E extends Edge>(c: Context<E>): void {
  const expected = ownOrigin(settingsOf(c.env), c.req.url).origin
  const got = c.req.header('origin') ?? 'no origin'
  if (got !== expected) throw new Problem('origin_refused', { got, expected })
}

/** `__Host-` binds the cookie to https and to this very host; on loopback there is no https. */
const cookieName = (origin: URL) => (isLoopback(origin.hostname) ? COOKIE : `__Host-${COOKIE}`)

export function giveCookie<E extends Edge>(
  c: Context<E>,
  token: string,
  { expiresAtSeconds }: Session,
): void {
  const origin = ownOrigin(settingsOf(c.env), c.req.url)
  setCookie(c, cookieName(origin), token, {
    path: '/',
    httpOnly: true,
    sameSite: 'Strict',
    secure: !isLoopback(origin.hostname),
    maxAge: Math.max(0, expiresAtSeconds - nowSeconds()),
  })
}

export function takeCookie<E extends Edge>(c: Context<E>): void {
  const origin = ownOrigin(settingsOf(c.env), c.req.url)
  deleteCookie(c, cookieName(origin), { path: '/', secure: !isLoopback(origin.hostname) })
}

/** A bearer token goes first: whoever sends one means it. */
function tokenOf<E extends Edge>(c: Context<E>): { token: string; carrier: Session['carrier'] } | null {
  const header = c.req.header('authorization')
  if (header !== undefined) {
    const token = /^bearer ([A-Za-z0-9_]+)$/i.exec(header)?.[1]
    return token && token.length <= MAX_TOKEN_CHARACTERS ? { token, carrier: 'bearer' } : null
  }
  const token = getCookie(c, cookieName(ownOrigin(settingsOf(c.env), c.req.url)))
  return token && token.length <= MAX_TOKEN_CHARACTERS ? { token, carrier: 'cookie' } : null
}

/** A token counts only where it was meant to travel: one that leaked from a cookie is no bearer token. */
const findVisitor = createMiddleware<SignedIn>(async (c, next) => {
  const carried = tokenOf(c)
  if (!carried)
    throw new Problem('session_missing', { expected: 'a bearer token, or the cookie of the page' })
  if (carried.carrier === 'cookie' && !SAFE_METHODS.has(c.req.method)) checkOrigin(c)
  const session = await findSession(c.env.DB, carried.token)
  if (session?.carrier !== carried.carrier) {
    throw new Problem('session_missing', { got: 'a session that has ended, or none of ours' })
  }
  c.set('visitor', { session, token: carried.token })
  await next()
  c.header('cache-control', 'no-store')
})

/** Before a route that needs somebody: `c.var.visitor.session.wallet` is who asks. */
export const signedIn = withManner(manner, findVisitor)

/** Before what a visitor changes without a body, and with one of at most so many bytes. */
export const signedWrite: [MiddlewareHandler<Edge>, MiddlewareHandler<SignedIn>] = [limitWrites, signedIn]
export const signedPost = (
  maxSize: number,
): [MiddlewareHandler<Edge>, MiddlewareHandler<Edge>, MiddlewareHandler<SignedIn>] => [
  ...limitSizes(maxSize),
  signedIn,
]
