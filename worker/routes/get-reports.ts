/** GET /v1/reports: what was reported, for moderators alone. */

import { reportsPage } from '@grimoire/schema/moderation'
import { pageQuery } from '@grimoire/schema/page'
import { createRoute } from '@hono/zod-openapi'
import { settingsOf } from '../env.ts'
import { type App, answers } from '../http.ts'
import { moderating } from '../moderating.ts'
import { listReports } from '../store/reports.ts'

const route = createRoute({
  method: 'get',
  path: '/v1/reports',
  summary: 'Read the reports',
  middleware: moderating,
  request: { query: pageQuery },
  responses: answers('A page of reports, the newest first', reportsPage, ['cursor_invalid']),
})

export const getReports = (app: App) =>
  app.openapi(route, async c => {
    return c.json(await listReports(c.env.DB, settingsOf(c.env), c.req.valid('query')), 200)
  })
