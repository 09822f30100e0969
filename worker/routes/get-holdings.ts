/** GET /v1/holdings: what an account holds, or who holds a work. */

import { holdingsPage } from '@grimoire/schema/catalogue'
import { address, workIdText } from '@grimoire/schema/hex'
import { PAGE_LIMIT } from '@grimoire/schema/page'
import { Problem } from '@grimoire/schema/problem'
import { createRoute, z } from '@hono/zod-openapi'
import { settingsOf } from '../env.ts'
import { type App, answers } from '../http.ts'
import { remembered } from '../remembered.ts'
import { listHoldings } from '../store/holdings.ts'

const route = createRoute({
  method: 'get',
  path: '/v1/holdings',
  summary: 'Holdings of an account, or holders of a work',
  middleware: remembered,
  request: {
    query: z.object({
      holder: address.optional(),
      workId: workIdText.optional(),
      limit: z.coerce.number().int().min(1).max(PAGE_LIMIT).default(PAGE_LIMIT),
      cursor: z.string().max(400).optional(),
    }),
  },
  responses: answers('Editions and opened copies', holdingsPage, ['cursor_invalid']),
})

export const getHoldings = (app: App) =>
  app.openapi(route, async c => {
    const query = c.req.valid('query')
    if (query.holder === undefined && query.workId === undefined) {
      throw new Problem('request_invalid', { param: 'holder', expected: 'holder or workId' })
    }
    return c.json(await listHoldings(c.env.DB, settingsOf(c.env), query), 200)
  })
