/** GET /v1/works/{workId}/match: whom to ask first, by price, warmth, health and bond; the caller's nonce decides what is chance. */
import { matchAnswer } from '@grimoire/schema/directory'
import { workIdText } from '@grimoire/schema/hex'
import { MATCH_WEIGHTS, NEWCOMER_SHARE, rankOperators } from '@grimoire/schema/match'
import { createRoute, z } from '@hono/zod-openapi'
import { servingQuery } from '../admission.ts'
import { type App, answers } from '../http.ts'
import { candidatesFor } from '../store/serving.ts'

const MAX_CANDIDATES = 100

const route = createRoute({
  method: 'get',
  path: '/v1/works/{workId}/match',
  summary: 'Operators of a work, ranked',
  request: {
    params: z.object({ workId: workIdText }),
    query: z.object({
      nonce: z.string().min(1).max(64).meta({ description: 'The caller’s own: it decides what is chance' }),
      limit: z.coerce.number().int().min(1).max(MAX_CANDIDATES).default(16),
    }),
  },
  responses: answers('The best first; anyone with the nonce can order the rows again', matchAnswer, [
    'work_unknown',
    'chain_unreachable',
  ]),
})

export const getMatch = (app: App) =>
  app.openapi(route, async c => {
    const query = await servingQuery(c.env, c.req.valid('param').workId)
    const { nonce, limit } = c.req.valid('query')
    const candidates = await candidatesFor(c.env.DB, { ...query, limit: MAX_CANDIDATES })
    const ranked = rankOperators(candidates, { ...query, nonce })
    return c.json(
      {
        ...{ workId: query.workId, nonce, weights: MATCH_WEIGHTS, newcomerShare: NEWCOMER_SHARE },
        operators: ranked.slice(0, limit),
      },
      200,
    )
  })
