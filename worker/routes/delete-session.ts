/** DELETE /v1/session: signs out. */
import { endedSessions } from '@grimoire/schema/session'
import { createRoute } from '@hono/zod-openapi'
import { type App, answers } from '../http.ts'
import { signedIn, takeCookie } from '../signed-in.ts'
import { endSessions } from '../store/sessions.ts'

const route = createRoute({
  method: 'delete',
  path: '/v1/session',
  summary: 'Sign out',
  middleware: signedIn,
  responses: answers('How many sessions were ended', endedSessions),
})

export const deleteSession = (app: App) =>
  app.openapi(route, async c => {
    const { wallet, sessionId, carrier } = c.var.visitor.session
    const ended = await endSessions(c.env.DB, wallet, sessionId)
    if (carrier === 'cookie') takeCookie(c)
    return c.json({ ended }, 200)
  })
