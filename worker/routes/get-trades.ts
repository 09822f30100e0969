/** GET /v1/trades: purchases, newest first, of everything or of one work. */
import { PAGE_LIMIT, tradesPage } from '@grimoire/schema/catalogue'
import { workIdText } from '@grimoire/schema/hex'
import { createRoute, z } from '@hono/zod-openapi'
import { type App, answers } from '../http.ts'
import { readCursor, writeCursor } from '../store/cursors.ts'
import { listTrades } from '../store/trades.ts'

const route = createRoute({
  method: 'get',
  path: '/v1/trades',
  summary: 'Primary sales and resales',
  request: {
    query: z.object({
      workId: workIdText.optional(),
      limit: z.coerce.number().int().min(1).max(PAGE_LIMIT).default(25),
      cursor: z.string().max(400).optional(),
    }),
  },
  responses: answers('Purchases with their transactions', tradesPage),
})

export const getTrades = (app: App) =>
  app.openapi(route, async c => {
    const { workId, limit, cursor } = c.req.valid('query')
    const asked = JSON.stringify(['trades', workId])
    const afterSeq = cursor === undefined ? null : readCursor(asked, cursor, z.number())
    const { trades, lastSeq } = await listTrades(c.env.DB, { workId, afterSeq, limit })
    return c.json({ trades, nextCursor: lastSeq === null ? null : writeCursor(asked, lastSeq) }, 200)
  })
