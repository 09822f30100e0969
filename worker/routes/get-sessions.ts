/** GET /v1/sessions: all that a wallet has open, the oldest first. */
import { sessionsAnswer } from '@grimoire/schema/session'
import { createRoute } from '@hono/zod-openapi'
import { type App, answers } from '../http.ts'
import { signedIn } from '../signed-in.ts'
import { sessionsOf } from '../store/sessions.ts'

const route = createRoute({
  method: 'get',
  path: '/v1/sessions',
  summary: 'All open sessions of the wallet',
  middleware: signedIn,
  responses: answers('The sessions', sessionsAnswer),
})

export const getSessions = (app: App) =>
  app.openapi(route, async c =>
    c.json({ sessions: await sessionsOf(c.env.DB, c.var.visitor.session.wallet) }, 200),
  )
