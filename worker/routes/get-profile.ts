/** GET /v1/profiles/{wallet}: what a wallet says of itself. Nobody checks it. */
import { address } from '@grimoire/schema/hex'
import { profile } from '@grimoire/schema/profile'
import { createRoute, z } from '@hono/zod-openapi'
import { type App, answers } from '../http.ts'
import { remembered } from '../remembered.ts'
import { readProfile } from '../store/profiles.ts'

const route = createRoute({
  method: 'get',
  path: '/v1/profiles/{wallet}',
  summary: 'What a wallet says of itself',
  middleware: remembered,
  request: { params: z.object({ wallet: address }) },
  responses: answers('Its words; empty where it said nothing', profile),
})

export const getProfile = (app: App) =>
  app.openapi(route, async c => {
    return c.json(await readProfile(c.env.DB, c.req.valid('param').wallet), 200)
  })
