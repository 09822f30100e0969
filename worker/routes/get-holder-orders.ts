/** GET /v1/holders/{holder}/orders: the listings and offers that an account posted here, with what became of each. */
import { ownOrders } from '@grimoire/schema/activity'
import { address } from '@grimoire/schema/hex'
import { PAGE_LIMIT } from '@grimoire/schema/page'
import { createRoute, z } from '@hono/zod-openapi'
import { type App, answers } from '../http.ts'
import { remembered } from '../remembered.ts'
import { ordersOf } from '../store/holders.ts'

const query = z.object({ limit: z.coerce.number().int().min(1).max(PAGE_LIMIT).default(PAGE_LIMIT) })

const route = createRoute({
  method: 'get',
  path: '/v1/holders/{holder}/orders',
  summary: 'An account’s orders, standing or not',
  middleware: remembered,
  request: { params: z.object({ holder: address }), query },
  responses: answers('The newest of its listings and of its offers, as many of each', ownOrders),
})

export const getHolderOrders = (app: App) =>
  app.openapi(route, async c => {
    const { holder } = c.req.valid('param')
    return c.json(await ordersOf(c.env.DB, holder, c.req.valid('query').limit), 200)
  })
