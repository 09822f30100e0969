/** GET /v1/works/{workId}/activity: what happened to a work, from its making on. */
import { activityPage } from '@grimoire/schema/activity'
import { workIdText } from '@grimoire/schema/hex'
import { pageQuery } from '@grimoire/schema/page'
import { createRoute, z } from '@hono/zod-openapi'
import { settingsOf } from '../env.ts'
import { type App, answers } from '../http.ts'
import { remembered } from '../remembered.ts'
import { activityOf } from '../store/activity.ts'

const route = createRoute({
  method: 'get',
  path: '/v1/works/{workId}/activity',
  summary: 'What happened to a work',
  middleware: remembered,
  request: { params: z.object({ workId: workIdText }), query: pageQuery },
  responses: answers(
    'What was bought, given, opened, published and offered, the newest first',
    activityPage,
    ['cursor_invalid', 'work_unknown'],
  ),
})

export const getActivity = (app: App) =>
  app.openapi(route, async c => {
    const { workId } = c.req.valid('param')
    return c.json(await activityOf(c.env.DB, settingsOf(c.env), { workId }, c.req.valid('query')), 200)
  })
