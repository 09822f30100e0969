/** POST /v1/session/renewal: another token for the same session. The old one is void at once; the end stays. */
import { Problem } from '@grimoire/schema/problem'
import { openedSession } from '@grimoire/schema/session'
import { createRoute } from '@hono/zod-openapi'
import { type App, answers } from '../http.ts'
import { giveCookie, signedWrite } from '../signed-in.ts'
import { renewToken } from '../store/sessions.ts'

const route = createRoute({
  method: 'post',
  path: '/v1/session/renewal',
  summary: 'Change the token of the session',
  middleware: signedWrite,
  responses: answers('The session with its new token', openedSession),
})

export const postRenewal = (app: App) =>
  app.openapi(route, async c => {
    const { session, token: old } = c.var.visitor
    const token = await renewToken(c.env.DB, old)
    if (token === null)
      throw new Problem('session_missing', { got: 'a token that was changed at this moment' })
    if (session.carrier === 'cookie') giveCookie(c, token, session)
    return c.json({ ...session, token: session.carrier === 'cookie' ? null : token }, 200)
  })
