/** POST /v1/reports: tells the moderators of this edge what is wrong with a work. */
import { newReport, REPORT_MAX_BYTES, report } from '@grimoire/schema/moderation'
import { createRoute } from '@hono/zod-openapi'
import { type App, answers } from '../http.ts'
import { signedPost } from '../signed-in.ts'
import { putReport } from '../store/reports.ts'

const route = createRoute({
  method: 'post',
  path: '/v1/reports',
  summary: 'Report a work',
  middleware: signedPost(REPORT_MAX_BYTES),
  request: { body: { required: true, content: { 'application/json': { schema: newReport } } } },
  responses: answers('The report, as moderators see it', report, ['work_unknown', 'reports_spent']),
})

export const postReport = (app: App) =>
  app.openapi(route, async c => {
    const given = c.req.valid('json')
    return c.json(await putReport(c.env.DB, c.var.visitor.session.wallet, given), 200)
  })
