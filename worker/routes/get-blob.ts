/** GET /v1/blobs/{sha256}: the bytes of that hash, for ever the same, whole or in ranges. */
import { sha256Name } from '@grimoire/schema/hex'
import { Problem } from '@grimoire/schema/problem'
import { createRoute, z } from '@hono/zod-openapi'
import { type App, answers } from '../http.ts'
import { blobKey } from '../store/blobs.ts'

const bytes = { 'application/octet-stream': { schema: z.string().meta({ format: 'binary' }) } }

const route = createRoute({
  method: 'get',
  path: '/v1/blobs/{sha256}',
  summary: 'Fetch a blob by its sha256; check the hash of what you get',
  request: { params: z.object({ sha256: sha256Name }) },
  responses: {
    200: { description: 'The bytes', content: bytes },
    206: { description: 'A range of them', content: bytes },
    304: { description: 'You have them' },
    default: answers('', z.unknown()).default,
  },
})

/** Strangers' bytes under our own origin: a browser must neither run nor render them. */
const headersOf = (sha256: string) => ({
  etag: `"${sha256}"`,
  'accept-ranges': 'bytes',
  'cache-control': 'public, max-age=31536000, immutable',
  'content-type': 'application/octet-stream',
  'content-disposition': 'attachment',
  'content-security-policy': "sandbox; default-src 'none'",
})

type Range = { start: number; end: number } | 'whole' | 'unsatisfiable'

/** One range, as downloads resume with it; several at once, or another unit, are answered with the whole. */
export function rangeOf(header: string | undefined, size: number): Range {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '')
  const [, first, last] = match ?? []
  if (!match || (first === '' && last === '')) return 'whole'
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first)
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1)
  if (start >= size || (first === '' && Number(last) === 0)) return 'unsatisfiable'
  return end < start ? 'whole' : { start, end }
}

export const getBlob = (app: App) =>
  app.openapi(route, async c => {
    const { sha256 } = c.req.valid('param')
    const headers = headersOf(sha256)
    const known = (c.req.header('if-none-match') ?? '').split(',').map(tag => tag.trim().replace(/^W\//, ''))
    const found = await c.env.BLOBS.head(blobKey(sha256))
    if (!found) throw new Problem('part_missing', { got: sha256 })
    if (known.includes(headers.etag) || known.includes('*')) return c.body(null, 304, headers)
    const range = rangeOf(c.req.header('range'), found.size)
    if (range === 'unsatisfiable')
      return c.body(null, 416, { ...headers, 'content-range': `bytes */${found.size}` })
    if (c.req.method === 'HEAD')
      return c.body(null, 200, { ...headers, 'content-length': String(found.size) })
    const length = range === 'whole' ? found.size : range.end - range.start + 1
    const part = range === 'whole' ? {} : { range: { offset: range.start, length } }
    const object = await c.env.BLOBS.get(blobKey(sha256), part)
    if (!object) throw new Problem('part_missing', { got: sha256 })
    const sized = { ...headers, 'content-length': String(length) }
    return range === 'whole'
      ? c.body(object.body, 200, sized)
      : c.body(object.body, 206, {
          ...sized,
          'content-range': `bytes ${range.start}-${range.end}/${found.size}`,
        })
  })
