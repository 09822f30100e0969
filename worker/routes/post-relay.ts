/** POST /v1/relays: sends a purchase that its buyer has paid by a signed authorization, at the edge's own expense of gas. */
import { relayAnswer, relayBody } from '@grimoire/schema/trading'
import { createRoute } from '@hono/zod-openapi'
import { answers } from '../answers.ts'
import type { App } from '../http.ts'
import { limitOrders } from '../limits.ts'
import { relay } from '../relay/relaying.ts'
import { OF_LISTINGS, OF_PURCHASES } from '../trading/route.ts'

const route = createRoute({
  method: 'post',
  path: '/v1/relays',
  summary:
    'Have a purchase sent that you have signed the payment of; the same one again answers what became of it',
  middleware: limitOrders,
  request: { body: { required: true, content: { 'application/json': { schema: relayBody } } } },
  responses: answers('The transaction, and what is known of it', relayAnswer, [
    'relayer_off',
    'relayer_spent',
    'relayer_waits',
    'relay_refused',
    'authorization_invalid',
    'recipient_refused',
    'transaction_reverted',
    'chain_unreachable',
    ...OF_PURCHASES,
    ...OF_LISTINGS,
  ]),
})

export const postRelay = (app: App) =>
  app.openapi(route, async c => c.json(await relay(c.env, c.req.valid('json')), 200))
