/** GET /v1/session: who is signed in here, and until when. */
import { session } from '@grimoire/schema/session'
import { createRoute } from '@hono/zod-openapi'
import { type App, answers } from '../http.ts'
import { signedIn } from '../signed-in.ts'

const route = createRoute({
  method: 'get',
  path: '/v1/session',
  summary: 'Who is signed in',
  middleware: signedIn,
  responses: answers('The session', session),
})

export const getSession = (app: App) => app.openapi(route, c => c.json(c.var.visitor.session, 200))
