/** GET /v1/holders/{holder}: what an account holds, paid, was paid and offers, in sum. */
import { holderAnswer } from '@grimoire/schema/activity'
import { address } from '@grimoire/schema/hex'
import { createRoute, z } from '@hono/zod-openapi'
import { type App, answers } from '../http.ts'
import { remembered } from '../remembered.ts'
import { holderOf } from '../store/holders.ts'

const route = createRoute({
  method: 'get',
  path: '/v1/holders/{holder}',
  summary: 'A holder in sum',
  middleware: remembered,
  request: { params: z.object({ holder: address }) },
  responses: answers('Counts and sums; zeros for whoever never held anything', holderAnswer),
})

export const getHolder = (app: App) =>
  app.openapi(route, async c => c.json(await holderOf(c.env.DB, c.req.valid('param').holder), 200))
