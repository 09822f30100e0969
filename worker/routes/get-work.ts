/** GET /v1/works/{workId}: everything that the edge knows of one work, with its public manifest. */
import { workDetail } from '@grimoire/schema/catalogue'
import { workIdText } from '@grimoire/schema/hex'
import { createRoute, z } from '@hono/zod-openapi'
import { settingsOf } from '../env.ts'
import { type App, answers } from '../http.ts'
import { remembered } from '../remembered.ts'
import { readWork } from '../store/works.ts'

const route = createRoute({
  method: 'get',
  path: '/v1/works/{workId}',
  summary: 'One work in full',
  middleware: remembered,
  request: { params: z.object({ workId: workIdText }) },
  responses: answers('The work', workDetail, ['work_unknown']),
})

export const getWork = (app: App) =>
  app.openapi(route, async c => {
    const { workId } = c.req.valid('param')
    return c.json(await readWork(c.env.DB, c.env.BLOBS, settingsOf(c.env), workId), 200)
  })
