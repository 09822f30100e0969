/** Bytes that never change, whole or in one range, to whoever has them not yet: RFC 9110 with strong tags. */
import type { Context } from 'hono'
import type { Edge } from './http.ts'

/** Where they lie: a stretch of an object. */
export type Stretch = { key: string; offset: number; length: number }

/** Strangers' bytes under our own origin: a browser must neither run nor render them. */
export const inertHeaders = (etag: string, contentType = 'application/octet-stream') => ({
  etag: `"${etag}"`,
  'cache-control': 'public, max-age=31536000, immutable',
  'content-type': contentType,
  'content-disposition': 'attachment',
  'content-security-policy': "sandbox; default-src 'none'",
})
type Headers = ReturnType<typeof inertHeaders> & Record<string, string>

type Range = { start: number; end: number } | 'whole' | 'unsatisfiable'

/** One range, as downloads resume with it; several at once, or another unit, are answered with the whole. */
function rangeOf(header: string | undefined, size: number): Range {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '')
  const [, first, last] = match ?? []
  if (!match || (first === '' && last === '')) return 'whole'
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first)
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1)
  if (first !== '' && last !== '' && Number(last) < start) return 'whole'
  if (start >= size || (first === '' && Number(last) === 0)) return 'unsatisfiable'
  return { start, end }
}

/** Whether the caller has it: then nothing is sent. */
export function hasAlready(c: Context<Edge>, { etag }: { etag: string }): boolean {
  const known = (c.req.header('if-none-match') ?? '').split(',').map(tag => tag.trim().replace(/^W\//, ''))
  return known.includes(etag) || known.includes('*')
}

/** A range of something that the caller has the rest of: if that is another thing, it is sent whole. */
const wantsRange = (c: Context<Edge>, etag: string): string | undefined => {
  const condition = c.req.header('if-range')
  return condition === undefined || condition.trim() === etag ? c.req.header('range') : undefined
}

/** Null: the object is gone. */
export async function serveBytes(
  c: Context<Edge>,
  { key, offset, length }: Stretch,
  tellingHeaders: Headers,
): Promise<Response | null> {
  const headers = { ...tellingHeaders, 'accept-ranges': 'bytes' }
  if (hasAlready(c, headers)) return c.body(null, 304, headers)
  if (c.req.method === 'HEAD') return c.body(null, 200, { ...headers, 'content-length': String(length) })
  const range = rangeOf(wantsRange(c, headers.etag), length)
  if (range === 'unsatisfiable')
    return c.body(null, 416, { ...headers, 'content-range': `bytes */${length}` })
  const { start, end } = range === 'whole' ? { start: 0, end: length - 1 } : range
  const sized = end - start + 1
  const part = length === 0 ? {} : { range: { offset: offset + start, length: sized } }
  const object = await c.env.BLOBS.get(key, part)
  if (!object) return null
  const told = { ...headers, 'content-length': String(sized) }
  return range === 'whole'
    ? c.body(object.body, 200, told)
    : c.body(object.body, 206, { ...told, 'content-range': `bytes ${start}-${end}/${length}` })
}
