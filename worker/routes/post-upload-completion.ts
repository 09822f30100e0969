/** POST /v1/uploads/{uploadId}/complete: puts the chunks together, hashes the whole, and gives it its name. */
import { upload, uploadPlace } from '@grimoire/schema/upload'
import { createRoute } from '@hono/zod-openapi'
import { type App, answers } from '../http.ts'
import { signedWrite } from '../signed-in.ts'
import { finishUpload } from '../store/finish-upload.ts'

const route = createRoute({
  method: 'post',
  path: '/v1/uploads/{uploadId}/complete',
  summary: 'Put an upload together and check it; asking again changes nothing',
  middleware: signedWrite,
  request: { params: uploadPlace },
  responses: answers('It is stored under its hash', upload, [
    'upload_unknown',
    'upload_incomplete',
    'upload_busy',
    'upload_closed',
    'hash_mismatch',
  ]),
})

export const postUploadCompletion = (app: App) =>
  app.openapi(route, async c => {
    const store = { db: c.env.DB, blobs: c.env.BLOBS }
    const { uploadId } = c.req.valid('param')
    const finishing = finishUpload(store, c.var.visitor.session.wallet, uploadId)
    // Whoever hangs up asks GET for what came of it; what the platform cuts off then, the clock goes on with.
    c.executionCtx.waitUntil(finishing.catch(() => {}))
    return c.json(await finishing, 200)
  })
