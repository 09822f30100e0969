/** POST /v1/webhooks: where a creator wants to be told of sales. The secret is told once. */
import { newWebhook, openedWebhook, WEBHOOK_MAX_BYTES } from '@grimoire/schema/webhook'
import { createRoute } from '@hono/zod-openapi'
import { type App, answers } from '../http.ts'
import { judgeEndpoint } from '../outbound/endpoint.ts'
import { outboundOf } from '../outbound.ts'
import { signedPost } from '../signed-in.ts'
import { addWebhook } from '../store/webhooks.ts'

const route = createRoute({
  method: 'post',
  path: '/v1/webhooks',
  summary: 'Be told of sales of your works',
  middleware: signedPost(WEBHOOK_MAX_BYTES),
  request: { body: { required: true, content: { 'application/json': { schema: newWebhook } } } },
  responses: answers('The webhook and its secret', openedWebhook, ['endpoint_refused', 'webhooks_full']),
})

export const postWebhook = (app: App) =>
  app.openapi(route, async c => {
    const { href } = judgeEndpoint(c.req.valid('json').url, outboundOf(c.env))
    return c.json(await addWebhook(c.env.DB, c.var.visitor.session.wallet, href), 200)
  })
