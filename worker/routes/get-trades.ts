/** GET /v1/trades: purchases, newest first, of everything or of one work. */

import { tradesPage } from '@grimoire/schema/catalogue'
import { workIdText } from '@grimoire/schema/hex'
import { PAGE_LIMIT } from '@grimoire/schema/page'
import { createRoute, z } from '@hono/zod-openapi'
import { settingsOf } from '../env.ts'
import { type App, answers } from '../http.ts'
import { remembered } from '../remembered.ts'
import { listTrades } from '../store/trades.ts'

const route = createRoute({
  method: 'get',
  path: '/v1/trades',
  summary: 'Primary sales and resales',
  middleware: remembered,
  request: {
    query: z.object({
      workId: workIdText.optional(),
      limit: z.coerce.number().int().min(1).max(PAGE_LIMIT).default(25),
      cursor: z.string().max(400).optional(),
    }),
  },
  responses: answers('Purchases with their transactions', tradesPage, ['cursor_invalid']),
})

export const getTrades = (app: App) =>
  app.openapi(route, async c => {
    return c.json(await listTrades(c.env.DB, settingsOf(c.env), c.req.valid('query')), 200)
  })
