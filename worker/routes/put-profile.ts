/** PUT /v1/profile: says something of the wallet that is signed in; empty words take it back. */
import { PROFILE_MAX_BYTES, profile, profileWords } from '@grimoire/schema/profile'
import { createRoute } from '@hono/zod-openapi'
import { type App, answers } from '../http.ts'
import { signedPost } from '../signed-in.ts'
import { writeProfile } from '../store/profiles.ts'

const route = createRoute({
  method: 'put',
  path: '/v1/profile',
  summary: 'Say something of yourself',
  middleware: signedPost(PROFILE_MAX_BYTES),
  request: { body: { required: true, content: { 'application/json': { schema: profileWords } } } },
  responses: answers('The profile, as it is shown', profile),
})

export const putProfile = (app: App) =>
  app.openapi(route, async c => {
    const words = c.req.valid('json')
    return c.json(await writeProfile(c.env.DB, c.var.visitor.session.wallet, words), 200)
  })
