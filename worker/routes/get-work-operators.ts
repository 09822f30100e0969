/** GET /v1/works/{workId}/operators: who would serve it, at which price, warm or cold, and with which quote. */
import { servingPage } from '@grimoire/schema/directory'
import { workIdText } from '@grimoire/schema/hex'
import { createRoute, z } from '@hono/zod-openapi'
import { servingQuery } from '../admission.ts'
import { settingsOf } from '../env.ts'
import { type App, answers } from '../http.ts'
import { servingOperators } from '../store/serving.ts'

const route = createRoute({
  method: 'get',
  path: '/v1/works/{workId}/operators',
  summary: 'Operators that would serve a work',
  request: {
    params: z.object({ workId: workIdText }),
    query: z.object({
      limit: z.coerce.number().int().min(1).max(100).default(50),
      cursor: z.string().max(400).optional(),
    }),
  },
  responses: answers('Bonded operators that the work admits, the longest registered first', servingPage, [
    'cursor_invalid',
    'work_unknown',
    'chain_unreachable',
  ]),
})

export const getWorkOperators = (app: App) =>
  app.openapi(route, async c => {
    const query = await servingQuery(c.env, c.req.valid('param').workId)
    const page = await servingOperators(c.env.DB, settingsOf(c.env), { ...query, ...c.req.valid('query') })
    return c.json({ stranded: query.stranded, ...page }, 200)
  })
