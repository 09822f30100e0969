/** GET /v1/works/{workId}/prices: what an edition went for, purchase by purchase. */

import { workIdText } from '@grimoire/schema/hex'
import { pageQuery } from '@grimoire/schema/page'
import { pricesPage } from '@grimoire/schema/work-pages'
import { createRoute, z } from '@hono/zod-openapi'
import { settingsOf } from '../env.ts'
import { type App, answers } from '../http.ts'
import { remembered } from '../remembered.ts'
import { pricesOf } from '../store/work-pages.ts'

const route = createRoute({
  method: 'get',
  path: '/v1/works/{workId}/prices',
  summary: 'The history of the price of a work',
  middleware: remembered,
  request: { params: z.object({ workId: workIdText }), query: pageQuery },
  responses: answers('One point for each purchase, the newest first', pricesPage, [
    'cursor_invalid',
    'work_unknown',
  ]),
})

export const getPrices = (app: App) =>
  app.openapi(route, async c => {
    const asked = { ...c.req.valid('query'), ...c.req.valid('param') }
    return c.json(await pricesOf(c.env.DB, settingsOf(c.env), asked), 200)
  })
