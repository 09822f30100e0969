/** GET /v1/works/{workId}/openings: the proofs of opening that were posted, each for its reader to check. */
import { workIdText } from '@grimoire/schema/hex'
import { openingsPage } from '@grimoire/schema/opening'
import { createRoute, z } from '@hono/zod-openapi'
import { type App, answers } from '../http.ts'
import { openingsOf } from '../store/openings.ts'

const route = createRoute({
  method: 'get',
  path: '/v1/works/{workId}/openings',
  summary: 'Proofs that nodes opened a work',
  request: { params: z.object({ workId: workIdText }) },
  responses: answers('Proofs of all versions, the newest version first', openingsPage, ['work_unknown']),
})

export const getOpenings = (app: App) =>
  app.openapi(route, async c =>
    c.json({ openings: await openingsOf(c.env.DB, c.req.valid('param').workId) }, 200, {
      'cache-control': 'public, max-age=30',
    }),
  )
