/** GET /v1/blobs/{sha256}: the bytes of that hash, for ever the same, whole or in ranges. */
import { cidText } from '@grimoire/schema/cid'
import { sha256Name } from '@grimoire/schema/hex'
import { Problem } from '@grimoire/schema/problem'
import { LEAF_BYTES } from '@grimoire/schema/upload'
import { createRoute, z } from '@hono/zod-openapi'
import { type App, refusals } from '../http.ts'
import { inertHeaders, serveBytes } from '../serve-bytes.ts'
import { findBlob } from '../store/blobs.ts'

const bytes = { 'application/octet-stream': { schema: z.string().meta({ format: 'binary' }) } }
const headers = z.object({
  'x-ipfs-roots': z.string().optional().meta({ description: 'What the same bytes are called on IPFS' }),
})

const route = createRoute({
  method: 'get',
  path: '/v1/blobs/{sha256}',
  summary: 'Fetch a blob by its sha256; check the hash of what you get',
  request: { params: z.object({ sha256: sha256Name }) },
  responses: {
    200: { description: 'The bytes', content: bytes, headers },
    206: { description: 'A range of them', content: bytes, headers },
    304: { description: 'You have them' },
    416: { description: 'The range begins behind the last byte' },
    ...refusals(['part_missing']),
  },
})

/** A file of one leaf has that leaf's name. */
const nameOf = (sha256: string, sizeBytes: number): string | null =>
  sizeBytes <= LEAF_BYTES ? cidText({ kind: 'raw', sha256 }) : null

export const getBlob = (app: App) =>
  app.openapi(route, async c => {
    const { sha256 } = c.req.valid('param')
    const found = await findBlob(c.env.BLOBS, sha256)
    const cid = found && (found.cid ?? nameOf(sha256, found.sizeBytes))
    const roots = cid ? { 'x-ipfs-roots': cid } : {}
    const stretch = found && { key: found.key, offset: 0, length: found.sizeBytes }
    const answer = stretch && (await serveBytes(c, stretch, { ...inertHeaders(sha256), ...roots }))
    if (!answer) throw new Problem('part_missing', { got: sha256 })
    return answer
  })
