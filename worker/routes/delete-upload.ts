/** DELETE /v1/uploads/{uploadId}: gives an upload up, with what is there of it; one that is stored stays. */
import { upload, uploadPlace } from '@grimoire/schema/upload'
import { createRoute } from '@hono/zod-openapi'
import { type App, answers } from '../http.ts'
import { signedWrite } from '../signed-in.ts'
import { describeUpload, dropUpload, findUpload } from '../store/uploads.ts'

const route = createRoute({
  method: 'delete',
  path: '/v1/uploads/{uploadId}',
  summary: 'Give an upload up',
  middleware: signedWrite,
  request: { params: uploadPlace },
  responses: answers('What became of it', upload, ['upload_unknown', 'upload_busy']),
})

export const deleteUpload = (app: App) =>
  app.openapi(route, async c => {
    const { uploadId } = c.req.valid('param')
    const { wallet } = c.var.visitor.session
    const row = await findUpload(c.env.DB, wallet, uploadId)
    await dropUpload({ db: c.env.DB, blobs: c.env.BLOBS }, row)
    return c.json(await describeUpload(c.env.DB, await findUpload(c.env.DB, wallet, uploadId)), 200)
  })
