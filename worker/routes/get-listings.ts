/** GET /v1/listings: the listings that can be bought now, of a work or of a seller, the cheapest first. */

import { listingsPage } from '@grimoire/schema/catalogue'
import { address, workIdText } from '@grimoire/schema/hex'
import { PAGE_LIMIT } from '@grimoire/schema/page'
import { createRoute, z } from '@hono/zod-openapi'
import { type App, answers } from '../http.ts'
import { remembered } from '../remembered.ts'
import { liveListings } from '../store/listings.ts'

const query = z.object({
  workId: workIdText.optional(),
  seller: address.optional(),
  limit: z.coerce.number().int().min(1).max(PAGE_LIMIT).default(PAGE_LIMIT),
})

const route = createRoute({
  method: 'get',
  path: '/v1/listings',
  summary: 'Live listings',
  middleware: remembered,
  request: { query },
  responses: answers('Listings that are neither expired, sold, cancelled nor unheld', listingsPage),
})

export const getListings = (app: App) =>
  app.openapi(route, async c => c.json({ listings: await liveListings(c.env.DB, c.req.valid('query')) }, 200))
