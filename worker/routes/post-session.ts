/** POST /v1/sessions: signs a wallet in with an EIP-4361 message that it signed. */
import { Problem } from '@grimoire/schema/problem'
import { newSession, openedSession } from '@grimoire/schema/session'
import { createRoute } from '@hono/zod-openapi'
import { settingsOf } from '../env.ts'
import { type App, answers, limitSigned } from '../http.ts'
import { ownOrigin } from '../own-origin.ts'
import { checkSignIn } from '../sign-in-check.ts'
import { checkOrigin, giveCookie } from '../signed-in.ts'
import { openSession, spendNonce } from '../store/sessions.ts'

const route = createRoute({
  method: 'post',
  path: '/v1/sessions',
  summary: 'Sign in with a wallet',
  middleware: limitSigned,
  request: { body: { required: true, content: { 'application/json': { schema: newSession } } } },
  responses: answers('The session; its token, unless a cookie carries it', openedSession, [
    'sign_in_invalid',
    'sign_in_nonce_spent',
    'sign_in_off',
    'origin_refused',
    'chain_unreachable',
  ]),
})

export const postSession = (app: App) =>
  app.openapi(route, async c => {
    const settings = settingsOf(c.env)
    const { carrier, ...signed } = c.req.valid('json')
    // Else another page could sign its visitor in as somebody else.
    if (carrier === 'cookie') checkOrigin(c)
    const { nonce, wallet, expiresAtSeconds } = await checkSignIn(
      settings,
      ownOrigin(settings, c.req.url),
      signed,
    )
    // Last: a message that is refused costs its sender no nonce.
    if (!(await spendNonce(c.env.DB, nonce))) {
      throw new Problem('sign_in_nonce_spent', { param: 'message.nonce', got: nonce })
    }
    const { token, ...session } = await openSession(c.env.DB, { wallet, carrier, expiresAtSeconds })
    if (carrier === 'cookie') giveCookie(c, token, session)
    c.header('cache-control', 'no-store')
    return c.json({ ...session, token: carrier === 'cookie' ? null : token }, 200)
  })
