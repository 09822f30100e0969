/** GET /v1/works/{workId}/children: the works that name this one as their parent. */

import { workIdText } from '@grimoire/schema/hex'
import { pageQuery } from '@grimoire/schema/page'
import { childrenPage } from '@grimoire/schema/work-pages'
import { createRoute, z } from '@hono/zod-openapi'
import { settingsOf } from '../env.ts'
import { type App, answers } from '../http.ts'
import { remembered } from '../remembered.ts'
import { childrenOf } from '../store/work-pages.ts'

const route = createRoute({
  method: 'get',
  path: '/v1/works/{workId}/children',
  summary: 'Works made from a work',
  middleware: remembered,
  request: { params: z.object({ workId: workIdText }), query: pageQuery },
  responses: answers('Works that name it as their parent, by their ids', childrenPage, [
    'cursor_invalid',
    'work_unknown',
  ]),
})

export const getChildren = (app: App) =>
  app.openapi(route, async c => {
    const asked = { ...c.req.valid('query'), ...c.req.valid('param') }
    return c.json(await childrenOf(c.env.DB, settingsOf(c.env), asked), 200)
  })
