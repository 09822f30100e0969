/** GET /v1/operators: the directory, or those that one work's creator lists. */
import { operatorsPage } from '@grimoire/schema/catalogue'
import { workIdText } from '@grimoire/schema/hex'
import { createRoute, z } from '@hono/zod-openapi'
import { minimumBond } from '../chain.ts'
import { settingsOf } from '../env.ts'
import { type App, answers } from '../http.ts'
import { listOperators } from '../store/operators.ts'

const route = createRoute({
  method: 'get',
  path: '/v1/operators',
  summary: 'Operators of inference nodes',
  request: {
    query: z.object({
      workId: workIdText.optional(),
      limit: z.coerce.number().int().min(1).max(500).default(200),
    }),
  },
  responses: answers('Operators, the longest registered first', operatorsPage),
})

export const getOperators = (app: App) =>
  app.openapi(route, async c => {
    const minimumBondAtomic = await minimumBond(settingsOf(c.env))
    const operators = await listOperators(c.env.DB, { ...c.req.valid('query'), minimumBondAtomic })
    return c.json({ operators }, 200)
  })
