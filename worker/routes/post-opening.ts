/** POST /v1/works/{workId}/openings: takes a proof that a bonded operator signed for what the ledger holds. */
import { workIdText } from '@grimoire/schema/hex'
import { OPENING_MAX_BYTES, signedOpening } from '@grimoire/schema/opening'
import { Problem } from '@grimoire/schema/problem'
import { createRoute, z } from '@hono/zod-openapi'
import { settingsOf } from '../env.ts'
import { type App, answers, limitPosts } from '../http.ts'
import { checkOpening } from '../opening-check.ts'
import { putOpening } from '../store/openings.ts'
import { findWork } from '../store/works.ts'

const route = createRoute({
  method: 'post',
  path: '/v1/works/{workId}/openings',
  summary: 'Show that a node opened a work',
  middleware: limitPosts(OPENING_MAX_BYTES),
  request: {
    params: z.object({ workId: workIdText }),
    body: { required: true, content: { 'application/json': { schema: signedOpening } } },
  },
  responses: answers('The proof, as it will be shown', signedOpening, [
    'work_unknown',
    'version_unknown',
    'opening_invalid',
    'manifest_invalid',
    'manifest_missing',
    'not_admitted',
    'not_bonded',
    'chain_unreachable',
  ]),
})

export const postOpening = (app: App) =>
  app.openapi(route, async c => {
    const { workId } = c.req.valid('param')
    const proof = c.req.valid('json')
    if (proof.opening.workId !== workId) {
      const got = proof.opening.workId
      throw new Problem('opening_invalid', { param: 'opening.workId', got, expected: workId })
    }
    const settings = settingsOf(c.env)
    await findWork(c.env.DB, settings, workId) // Shown only beside a work that is.
    await putOpening(c.env.DB, proof, await checkOpening(settings, c.env.BLOBS, proof))
    return c.json(proof, 200)
  })
