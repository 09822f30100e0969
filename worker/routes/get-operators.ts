/** GET /v1/operators: the directory with measured health, or those that one work's creator lists. */
import { operatorsAnswer } from '@grimoire/schema/directory'
import { workIdText } from '@grimoire/schema/hex'
import { createRoute, z } from '@hono/zod-openapi'
import { minimumBond } from '../chain.ts'
import { settingsOf } from '../env.ts'
import { type App, answers } from '../http.ts'
import { remembered } from '../remembered.ts'
import { listOperators } from '../store/operators.ts'

const route = createRoute({
  method: 'get',
  path: '/v1/operators',
  summary: 'Operators of inference nodes, with measured health',
  middleware: remembered,
  request: {
    query: z.object({
      workId: workIdText.optional(),
      limit: z.coerce.number().int().min(1).max(500).default(200),
      cursor: z.string().max(400).optional(),
    }),
  },
  responses: answers('Operators, the longest registered first', operatorsAnswer, [
    'cursor_invalid',
    'chain_unreachable',
  ]),
})

export const getOperators = (app: App) =>
  app.openapi(route, async c => {
    const minimumBondAtomic = await minimumBond(settingsOf(c.env))
    return c.json(
      await listOperators(c.env.DB, settingsOf(c.env), { ...c.req.valid('query'), minimumBondAtomic }),
      200,
    )
  })
