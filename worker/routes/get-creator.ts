/** GET /v1/creators/{creator}: how many works an account has made, and what they came to. */
import { address } from '@grimoire/schema/hex'
import { creatorAnswer } from '@grimoire/schema/work-pages'
import { createRoute, z } from '@hono/zod-openapi'
import { type App, answers } from '../http.ts'
import { remembered } from '../remembered.ts'
import { creatorOf } from '../store/work-pages.ts'

const route = createRoute({
  method: 'get',
  path: '/v1/creators/{creator}',
  summary: 'A creator’s works in sum',
  middleware: remembered,
  request: { params: z.object({ creator: address }) },
  responses: answers('Counts and sums over all its works; zeros for whoever made none', creatorAnswer),
})

export const getCreator = (app: App) =>
  app.openapi(route, async c => c.json(await creatorOf(c.env.DB, c.req.valid('param').creator), 200))
