/** DELETE /v1/sessions: ends every session of the wallet, this one included, or the one that is named. */
import { endedSessions } from '@grimoire/schema/session'
import { createRoute, z } from '@hono/zod-openapi'
import { type App, answers } from '../http.ts'
import { signedIn } from '../signed-in.ts'
import { endSessions } from '../store/sessions.ts'

const route = createRoute({
  method: 'delete',
  path: '/v1/sessions',
  summary: 'End all sessions of the wallet, or one',
  middleware: signedIn,
  request: { query: z.object({ sessionId: z.uuid().optional() }) },
  responses: answers('How many sessions were ended', endedSessions),
})

export const deleteSessions = (app: App) =>
  app.openapi(route, async c => {
    const { sessionId } = c.req.valid('query')
    return c.json({ ended: await endSessions(c.env.DB, c.var.visitor.session.wallet, sessionId) }, 200)
  })
