/** GET /v1/works/{workId}/card.png: the picture under which a work is shown elsewhere, 1200 by 630. */
import { workIdText } from '@grimoire/schema/hex'
import { Problem } from '@grimoire/schema/problem'
import { createRoute, z } from '@hono/zod-openapi'
import { refusals } from '../answers.ts'
import { settingsOf } from '../env.ts'
import { orderOf } from '../face.ts'
import type { App } from '../http.ts'
import { cardKey, readCard } from '../store/cards.ts'
import { hiddenOf } from '../store/moderation.ts'
import { findWork } from '../store/works.ts'

const route = createRoute({
  method: 'get',
  path: '/v1/works/{workId}/card.png',
  summary: 'The share card of a work: cover, title, creator and price; its address changes when they do',
  request: {
    params: z.object({ workId: workIdText }),
    query: z.object({
      v: z.string().max(64).optional().meta({ description: 'As metadata name it: kept for ever then' }),
    }),
  },
  responses: {
    200: {
      description: 'A picture of 1200 by 630',
      content: { 'image/png': { schema: z.string().meta({ format: 'binary' }) } },
    },
    304: { description: 'You have it' },
    ...refusals(['work_unknown', 'not_found', 'card_pending']),
  },
})

export const getCard = (app: App) =>
  app.openapi(route, async c => {
    const { workId } = c.req.valid('param')
    const work = await findWork(c.env.DB, settingsOf(c.env), workId)
    if (await hiddenOf(c.env.DB, workId))
      throw new Problem('not_found', { got: workId, expected: 'a work that this edge shows' })
    const order = orderOf(work)
    const key = await cardKey(order)
    const { v } = c.req.valid('query')
    const named = v !== undefined && v.length >= 16 && key.startsWith(v)
    const headers = {
      'content-type': 'image/png',
      etag: `"${key}"`,
      'cache-control': named ? 'public, max-age=31536000, immutable' : 'public, max-age=300',
    }
    if (c.req.header('if-none-match') === headers.etag) return c.body(null, 304, headers)
    return c.body(await readCard(c.env, order), 200, headers)
  })
