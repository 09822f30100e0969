/** DELETE /v1/webhooks/{webhookId}: tells it nothing more, what is still waiting included. */
import { webhookGone } from '@grimoire/schema/webhook'
import { createRoute, z } from '@hono/zod-openapi'
import { type App, answers } from '../http.ts'
import { signedWrite } from '../signed-in.ts'
import { dropWebhook } from '../store/webhooks.ts'

const route = createRoute({
  method: 'delete',
  path: '/v1/webhooks/{webhookId}',
  summary: 'Remove a webhook',
  middleware: signedWrite,
  request: {
    params: z.object({ webhookId: z.uuid().meta({ description: 'What POST /v1/webhooks answered' }) }),
  },
  responses: answers('Whether it was there', webhookGone),
})

export const deleteWebhook = (app: App) =>
  app.openapi(route, async c => {
    const { webhookId } = c.req.valid('param')
    const removed = await dropWebhook(c.env.DB, c.var.visitor.session.wallet, webhookId)
    return c.json({ webhookId, removed }, 200)
  })
