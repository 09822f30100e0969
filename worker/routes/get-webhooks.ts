/** GET /v1/webhooks: the visitor’s own. */
import { webhooksAnswer } from '@grimoire/schema/webhook'
import { createRoute } from '@hono/zod-openapi'
import { type App, answers } from '../http.ts'
import { signedIn } from '../signed-in.ts'
import { webhooksOf } from '../store/webhooks.ts'

const route = createRoute({
  method: 'get',
  path: '/v1/webhooks',
  summary: 'Your webhooks',
  middleware: signedIn,
  responses: answers('The webhooks', webhooksAnswer),
})

export const getWebhooks = (app: App) =>
  app.openapi(route, async c => {
    return c.json({ webhooks: await webhooksOf(c.env.DB, c.var.visitor.session.wallet) }, 200)
  })
