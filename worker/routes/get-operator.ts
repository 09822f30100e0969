/** GET /v1/operators/{operator}: one operator in full, with the works that list it and a day of probes. */
import { operatorDetail } from '@grimoire/schema/directory'
import { address } from '@grimoire/schema/hex'
import { createRoute, z } from '@hono/zod-openapi'
import { minimumBond } from '../chain.ts'
import { settingsOf } from '../env.ts'
import { type App, answers } from '../http.ts'
import { remembered } from '../remembered.ts'
import { readSamples } from '../store/health.ts'
import { findOperator, worksListing } from '../store/operators.ts'

const route = createRoute({
  method: 'get',
  path: '/v1/operators/{operator}',
  summary: 'One operator in full',
  middleware: remembered,
  request: {
    params: z.object({ operator: address }),
    query: z.object({
      limit: z.coerce.number().int().min(1).max(100).default(25),
      cursor: z.string().max(400).optional(),
    }),
  },
  responses: answers('The operator; the cursor walks its works', operatorDetail, [
    'cursor_invalid',
    'operator_unknown',
    'chain_unreachable',
  ]),
})

export const getOperator = (app: App) =>
  app.openapi(route, async c => {
    const { operator } = c.req.valid('param')
    const row = await findOperator(c.env.DB, operator, await minimumBond(settingsOf(c.env)))
    const [listing, samples] = await Promise.all([
      worksListing(c.env.DB, settingsOf(c.env), operator, c.req.valid('query')),
      readSamples(c.env.DB, operator.toLowerCase(), row.endpoint),
    ])
    return c.json({ ...row, ...listing, samples }, 200)
  })
