/** PUT /v1/blobs/{sha256}: takes small bytes under their own hash, from anybody. They can only ever be those bytes. */
import { blobAnswer } from '@grimoire/schema/catalogue'
import { sha256Name } from '@grimoire/schema/hex'
import { MANIFEST_MAX_BYTES } from '@grimoire/schema/manifest'
import { Problem } from '@grimoire/schema/problem'
import { createRoute, z } from '@hono/zod-openapi'
import { settingsOf } from '../env.ts'
import { type App, answers, limitWrites } from '../http.ts'
import { refreshWordsOf } from '../indexer/words.ts'
import { networkOf } from '../network-of.ts'
import { findBlob, storeBlob } from '../store/blobs.ts'
import { touchBlob } from '../store/sweep-blobs.ts'
import { countUnsigned } from '../store/unsigned-bytes.ts'

const route = createRoute({
  method: 'put',
  path: '/v1/blobs/{sha256}',
  summary: 'Store a manifest or another small blob under its sha256; larger ones go to POST /v1/uploads',
  middleware: limitWrites,
  request: {
    params: z.object({ sha256: sha256Name }),
    body: { content: { 'application/octet-stream': { schema: z.string().meta({ format: 'binary' }) } } },
  },
  responses: answers('Stored, or there already', blobAnswer, [
    'body_too_large',
    'hash_mismatch',
    'unsigned_bytes_spent',
  ]),
})

export const putBlob = (app: App) =>
  app.openapi(route, async c => {
    const { sha256 } = c.req.valid('param')
    const settings = settingsOf(c.env)
    const body = c.req.raw.body
    if (!body) throw new Problem('request_invalid', { param: 'body', got: 'no body', expected: 'bytes' })
    const length = Number(c.req.header('content-length') ?? Number.NaN)
    const maxBytes = settings.MAX_BLOB_BYTES
    if (length > maxBytes) {
      throw new Problem('body_too_large', { got: `${length} bytes`, expected: `at most ${maxBytes} bytes` })
    }
    if ((await findBlob(c.env.BLOBS, sha256)) === null)
      await countUnsigned(c.env.DB, {
        network: networkOf(c.req.header('cf-connecting-ip') ?? 'local'),
        // Without a length it is counted as the most that it may be.
        sizeBytes: Number.isSafeInteger(length) ? length : maxBytes,
        mostBytes: settings.UNSIGNED_BYTES_PER_DAY,
      })
    const stored = await storeBlob(c.env.BLOBS, { sha256, body, length, maxBytes })
    if (!stored.created) await touchBlob(c.env.DB, sha256)
    if (stored.sizeBytes <= MANIFEST_MAX_BYTES) {
      await refreshWordsOf({ db: c.env.DB, blobs: c.env.BLOBS, settings }, sha256)
    }
    return c.json({ sha256, ...stored }, 200)
  })
