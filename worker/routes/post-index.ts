/** POST /v1/index: whoever just traded asks the edge to look now; answers when it has, with how far it came. */
import { nudgeAnswer } from '@grimoire/schema/catalogue'
import { createRoute } from '@hono/zod-openapi'
import { type App, answers, limitWrites } from '../http.ts'
import { runIndexer } from '../indexer/run.ts'

const route = createRoute({
  method: 'post',
  path: '/v1/index',
  summary: 'Index now',
  middleware: limitWrites,
  responses: answers('How far the index is', nudgeAnswer, [
    'chain_unreachable',
    'chain_wrong',
    'index_taken',
  ]),
})

export const postIndex = (app: App) =>
  app.openapi(route, async c => {
    const { number, head, reason } = await runIndexer(c.env, { sweep: false })
    return c.json({ blockNumber: number, headBlockNumber: head, reason }, 200)
  })
