/** GET /v1/uploads/{uploadId}: what of an upload is there, so that whoever was cut off sends the rest. */
import { upload, uploadPlace } from '@grimoire/schema/upload'
import { createRoute } from '@hono/zod-openapi'
import { type App, answers } from '../http.ts'
import { signedIn } from '../signed-in.ts'
import { describeUpload, findUpload } from '../store/uploads.ts'

const route = createRoute({
  method: 'get',
  path: '/v1/uploads/{uploadId}',
  summary: 'What is there of an upload',
  middleware: [signedIn] as const,
  request: { params: uploadPlace },
  responses: answers('What is there of it', upload, ['upload_unknown']),
})

export const getUpload = (app: App) =>
  app.openapi(route, async c => {
    const { uploadId } = c.req.valid('param')
    const row = await findUpload(c.env.DB, c.var.visitor.session.wallet, uploadId)
    return c.json(await describeUpload(c.env.DB, row), 200)
  })
