/** POST /v1/moderation: a moderator hides a work from the lists of this edge, or shows it again, and says publicly why. */
import { moderationAct, moderationEntry, REPORT_MAX_BYTES } from '@grimoire/schema/moderation'
import { createRoute } from '@hono/zod-openapi'
import { type App, answers } from '../http.ts'
import { moderatingPost } from '../moderating.ts'
import { moderate } from '../store/moderation.ts'

const route = createRoute({
  method: 'post',
  path: '/v1/moderation',
  summary: 'Hide a work, or show it again',
  middleware: moderatingPost(REPORT_MAX_BYTES),
  request: { body: { required: true, content: { 'application/json': { schema: moderationAct } } } },
  responses: answers('Its line in the public log', moderationEntry, ['work_unknown', 'nothing_to_do']),
})

export const postModeration = (app: App) =>
  app.openapi(route, async c => {
    const act = c.req.valid('json')
    return c.json(await moderate(c.env.DB, c.var.visitor.session.wallet, act), 200)
  })
