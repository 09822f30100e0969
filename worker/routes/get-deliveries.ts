/** GET /v1/webhooks/{webhookId}/deliveries: what became of each event, the newest first. */
import { pageQuery } from '@grimoire/schema/page'
import { deliveriesPage } from '@grimoire/schema/webhook'
import { createRoute, z } from '@hono/zod-openapi'
import { settingsOf } from '../env.ts'
import { type App, answers } from '../http.ts'
import { signedIn } from '../signed-in.ts'
import { deliveriesOf } from '../store/webhooks.ts'

const route = createRoute({
  method: 'get',
  path: '/v1/webhooks/{webhookId}/deliveries',
  summary: 'What was delivered, and what was not',
  middleware: signedIn,
  request: {
    params: z.object({ webhookId: z.uuid().meta({ description: 'What POST /v1/webhooks answered' }) }),
    query: pageQuery,
  },
  responses: answers('A page of deliveries', deliveriesPage, ['cursor_invalid', 'not_found']),
})

export const getDeliveries = (app: App) =>
  app.openapi(route, async c => {
    const asked = { ...c.req.valid('query'), ...c.req.valid('param') }
    return c.json(await deliveriesOf(c.env.DB, settingsOf(c.env), c.var.visitor.session.wallet, asked), 200)
  })
