/** PUT /v1/uploads/{uploadId}/chunks/{chunk}: takes one chunk, if it has the hash that its `content-digest` names. */
import { hexOfBytes } from '@grimoire/schema/cid'
import { Problem } from '@grimoire/schema/problem'
import { uploadChunk, uploadPlace } from '@grimoire/schema/upload'
import { createRoute, z } from '@hono/zod-openapi'
import { type App, answers } from '../http.ts'
import { signedWrite } from '../signed-in.ts'
import { storeChunk } from '../store/chunks.ts'
import { findUpload } from '../store/uploads.ts'

const DIGEST = /^sha-256=:([A-Za-z0-9+/]{43}=):$/

const route = createRoute({
  method: 'put',
  path: '/v1/uploads/{uploadId}/chunks/{chunk}',
  summary: 'Send one chunk of an upload; sending it again changes nothing',
  middleware: signedWrite,
  request: {
    params: uploadPlace.extend({
      chunk: z.coerce.number().int().min(0).max(10_000).meta({ description: 'Which one, from 0' }),
    }),
    headers: z.object({
      'content-digest': z.string().regex(DIGEST, 'expected sha-256=:…: with the base64 of 32 bytes').meta({
        description: 'The sha256 of this chunk, as RFC 9530 writes it',
        example: 'sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:',
      }),
    }),
    body: { content: { 'application/octet-stream': { schema: z.string().meta({ format: 'binary' }) } } },
  },
  responses: answers('It is there', uploadChunk, [
    'upload_unknown',
    'upload_closed',
    'upload_busy',
    'chunk_size_wrong',
    'hash_mismatch',
  ]),
})

const hexOf = (contentDigest: string): string => {
  const text = DIGEST.exec(contentDigest)?.[1] ?? ''
  return hexOfBytes(Uint8Array.from(atob(text), letter => letter.charCodeAt(0)))
}

export const putChunk = (app: App) =>
  app.openapi(route, async c => {
    const { uploadId, chunk } = c.req.valid('param')
    const sha256 = hexOf(c.req.valid('header')['content-digest'])
    const { body } = c.req.raw
    if (!body) throw new Problem('request_invalid', { param: 'body', got: 'no body', expected: 'bytes' })
    const row = await findUpload(c.env.DB, c.var.visitor.session.wallet, uploadId)
    const store = { db: c.env.DB, blobs: c.env.BLOBS }
    const storing = storeChunk(store, row, { chunk, sha256, body })
    // A sender that hangs up after its last byte leaves no place half written.
    c.executionCtx.waitUntil(storing.catch(() => {}))
    const { created } = await storing
    return c.json({ uploadId, chunk, sha256, created }, 200)
  })
