/** GET /v1/holders/{holder}/activity: what an account bought, sold, gave, got, opened, published and offered. */
import { activityPage } from '@grimoire/schema/activity'
import { address } from '@grimoire/schema/hex'
import { pageQuery } from '@grimoire/schema/page'
import { createRoute, z } from '@hono/zod-openapi'
import { settingsOf } from '../env.ts'
import { type App, answers } from '../http.ts'
import { remembered } from '../remembered.ts'
import { activityOf } from '../store/activity.ts'

const route = createRoute({
  method: 'get',
  path: '/v1/holders/{holder}/activity',
  summary: 'What an account did',
  middleware: remembered,
  request: { params: z.object({ holder: address }), query: pageQuery },
  responses: answers(
    'What it bought, sold, gave, got, opened, published and offered, the newest first',
    activityPage,
    ['cursor_invalid'],
  ),
})

export const getHolderActivity = (app: App) =>
  app.openapi(route, async c => {
    const { holder } = c.req.valid('param')
    return c.json(
      await activityOf(c.env.DB, settingsOf(c.env), { account: holder }, c.req.valid('query')),
      200,
    )
  })
