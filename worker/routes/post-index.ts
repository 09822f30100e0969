/** POST /v1/index: whoever just traded asks the edge to look now; answers when it has, with how far it came. */
import { nudgeAnswer } from '@grimoire/schema/catalogue'
import { createRoute } from '@hono/zod-openapi'
import { settingsOf } from '../env.ts'
import { type App, answers, limitWrites } from '../http.ts'
import { runIndexer } from '../indexer/run.ts'

const route = createRoute({
  method: 'post',
  path: '/v1/index',
  summary: 'Index now',
  middleware: limitWrites,
  responses: answers('How far the index is', nudgeAnswer),
})

export const postIndex = (app: App) =>
  app.openapi(route, async c => {
    const place = await runIndexer(c.env, { wait: true, sweep: false })
    const first = settingsOf(c.env).ADDRESSES.deployedAtBlock - 1
    return c.json(
      {
        blockNumber: place?.number ?? first,
        headBlockNumber: place?.head ?? null,
        reason: place?.reason ?? null,
      },
      200,
    )
  })
