/** GET /v1/holdings: what an account holds, or who holds a work. */
import { holdingsPage, PAGE_LIMIT } from '@grimoire/schema/catalogue'
import { address, workIdText } from '@grimoire/schema/hex'
import { Problem } from '@grimoire/schema/problem'
import { createRoute, z } from '@hono/zod-openapi'
import { type App, answers } from '../http.ts'
import { readCursor, writeCursor } from '../store/cursors.ts'
import { listHoldings } from '../store/holdings.ts'

const route = createRoute({
  method: 'get',
  path: '/v1/holdings',
  summary: 'Holdings of an account, or holders of a work',
  request: {
    query: z.object({
      holder: address.optional(),
      workId: workIdText.optional(),
      limit: z.coerce.number().int().min(1).max(PAGE_LIMIT).default(PAGE_LIMIT),
      cursor: z.string().max(400).optional(),
    }),
  },
  responses: answers('Editions and opened copies', holdingsPage),
})

export const getHoldings = (app: App) =>
  app.openapi(route, async c => {
    const { holder, workId, limit, cursor } = c.req.valid('query')
    if (holder === undefined && workId === undefined) {
      throw new Problem('request_invalid', { param: 'holder', expected: 'holder or workId' })
    }
    const asked = JSON.stringify(['holdings', holder?.toLowerCase(), workId])
    const after = cursor === undefined ? null : readCursor(asked, cursor, z.string())
    const { holdings, last } = await listHoldings(c.env.DB, { holder, workId, after, limit })
    return c.json({ holdings, nextCursor: last === null ? null : writeCursor(asked, last) }, 200)
  })
