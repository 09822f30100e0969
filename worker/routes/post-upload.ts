/** POST /v1/uploads: begins an upload in chunks, or goes on with the one that this wallet began of the same bytes. */
import { newUpload, upload } from '@grimoire/schema/upload'
import { createRoute } from '@hono/zod-openapi'
import { settingsOf } from '../env.ts'
import { type App, answers } from '../http.ts'
import { signedPost } from '../signed-in.ts'
import { beginUpload } from '../store/uploads.ts'

const MAX_BYTES = 1_024

const route = createRoute({
  method: 'post',
  path: '/v1/uploads',
  summary: 'Begin an upload in chunks, or go on with it',
  middleware: signedPost(MAX_BYTES),
  request: { body: { required: true, content: { 'application/json': { schema: newUpload } } } },
  responses: answers('What is there of it', upload, ['upload_quota_spent']),
})

export const postUpload = (app: App) =>
  app.openapi(route, async c => {
    const { wallet } = c.var.visitor.session
    const store = { db: c.env.DB, blobs: c.env.BLOBS }
    return c.json(await beginUpload(store, wallet, c.req.valid('json'), settingsOf(c.env)), 200)
  })
