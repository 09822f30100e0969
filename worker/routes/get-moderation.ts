/** GET /v1/moderation: what was hidden here and shown again, when, by whom and why. For everyone. */

import { moderationPage } from '@grimoire/schema/moderation'
import { pageQuery } from '@grimoire/schema/page'
import { createRoute } from '@hono/zod-openapi'
import { settingsOf } from '../env.ts'
import { type App, answers } from '../http.ts'
import { remembered } from '../remembered.ts'
import { moderationLog } from '../store/moderation.ts'

const route = createRoute({
  method: 'get',
  path: '/v1/moderation',
  summary: 'The log of moderation',
  middleware: remembered,
  request: { query: pageQuery },
  responses: answers('A page of the log, the newest first', moderationPage, ['cursor_invalid']),
})

export const getModeration = (app: App) =>
  app.openapi(route, async c => {
    return c.json(await moderationLog(c.env.DB, settingsOf(c.env), c.req.valid('query')), 200)
  })
