/** GET /v1/offers: the offers that stand, for a work or of a buyer, the dearest first. */

import { offersPage } from '@grimoire/schema/catalogue'
import { address, workIdText } from '@grimoire/schema/hex'
import { PAGE_LIMIT } from '@grimoire/schema/page'
import { createRoute, z } from '@hono/zod-openapi'
import { type App, answers } from '../http.ts'
import { remembered } from '../remembered.ts'
import { liveOffers } from '../store/offers.ts'

const query = z.object({
  workId: workIdText.optional(),
  buyer: address.optional(),
  limit: z.coerce.number().int().min(1).max(PAGE_LIMIT).default(PAGE_LIMIT),
})

const route = createRoute({
  method: 'get',
  path: '/v1/offers',
  summary: 'Standing offers',
  middleware: remembered,
  request: { query },
  responses: answers('Offers that are neither expired, filled nor cancelled', offersPage),
})

export const getOffers = (app: App) =>
  app.openapi(route, async c => c.json({ offers: await liveOffers(c.env.DB, c.req.valid('query')) }, 200))
