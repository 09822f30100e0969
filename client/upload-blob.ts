/** Sends a large blob in chunks: it goes on where it was after any stop, and can be paused. Browser and Node alike. */
import { Problem } from '@grimoire/schema/problem'
import type { OpenedSession } from '@grimoire/schema/session'
import {
  CHUNK_BYTES,
  chunkLength,
  contentDigest,
  type Upload,
  upload,
  uploadChunk,
} from '@grimoire/schema/upload'
import { edgeOf } from './edge.ts'
import type { Market } from './market.ts'
import { asVisitor } from './sign-in.ts'
import { pause, type RequestOptions, requestJson } from './transport.ts'

/** So many chunks are on the way at once. */
const LANES = 3
const CHUNK_TIMEOUT_MS = 180_000
/** The edge reads the whole once more before it gives it its name. */
const CHECK_TIMEOUT_MS = 600_000
const TRIES = 6
const MAX_WAIT_MS = 20_000

/** What is sent: bytes in memory, or a file that is read piece by piece. */
export type Content = Blob | Uint8Array<ArrayBuffer>
type Progress = { sentBytes: number; sizeBytes: number }

/** Holds an upload before its next chunk, until it is let go on. */
export type PauseSwitch = { pause: () => void; resume: () => void; open: () => Promise<void> }
export function pauseSwitch(): PauseSwitch {
  let held: { until: Promise<void>; release: () => void } | null = null
  return {
    pause: () => {
      if (held) return
      const { promise: until, resolve: release } = Promise.withResolvers<void>()
      held = { until, release }
    },
    resume: () => {
      held?.release()
      held = null
    },
    open: async () => held?.until,
  }
}

export type Sending = {
  onProgress?: ((progress: Progress) => void) | undefined
  pausing?: PauseSwitch | undefined
  /** Stops it. What arrived stays there for a day: the same call sends the rest. */
  signal?: AbortSignal | undefined
  /** SHA-256 of a piece of a file: who may not wait for megabytes to be copied has it done elsewhere. */
  digestOf?: ((piece: Blob) => Promise<Uint8Array<ArrayBuffer>>) | undefined
}
export type BlobUpload = Sending & {
  session: Pick<OpenedSession, 'token'>
  /** Of the whole, as the manifest names it. */
  sha256: string
  content: Content
  chunkBytes?: number
}

export const sizeOf = (content: Blob | Uint8Array): number =>
  content instanceof Blob ? content.size : content.length

export const pieceOf = async (
  content: Content,
  from: number,
  to: number,
): Promise<Uint8Array<ArrayBuffer>> =>
  content instanceof Blob
    ? new Uint8Array(await content.slice(from, to).arrayBuffer())
    : content.subarray(from, to)

const digestHere = async (piece: Content): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(
    await crypto.subtle.digest('SHA-256', piece instanceof Blob ? await piece.arrayBuffer() : piece),
  )

/** A piece of a file stays one until it is sent: whoever sends it never has its bytes. */
const chunkOf = (content: Content, from: number, to: number): Content =>
  content instanceof Blob ? content.slice(from, to) : content.subarray(from, to)

/** A refusal that will not be one a little later is waited out; so is a line that broke. */
async function patiently<T>(ask: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      return await ask()
    } catch (error) {
      signal?.throwIfAborted()
      const worthIt = error instanceof Problem && (error.retry || error.code === 'timed_out')
      if (!worthIt || tried >= TRIES) throw error
      await pause(Math.min(MAX_WAIT_MS, 500 * 2 ** tried))
    }
  }
}

/** The calls of one upload. */
function callsOf(market: Market, { session, signal, digestOf }: BlobUpload) {
  const headers = asVisitor(session)
  const ask = (
    path: string,
    timeoutMs: number,
    options: RequestOptions & { json?: unknown } = {},
  ): Promise<Upload> =>
    requestJson({ ...edgeOf(market), timeoutMs }, path, {
      ...options,
      headers,
      schema: upload,
      ...(signal ? { signal } : {}),
    })
  const putChunk = async (uploadId: string, chunk: number, body: Content) => {
    const digest = await (digestOf && body instanceof Blob ? digestOf(body) : digestHere(body))
    const type = { 'content-type': 'application/octet-stream' }
    const sent = { ...headers, ...type, 'content-digest': contentDigest(digest) }
    const path = `/v1/uploads/${uploadId}/chunks/${chunk}`
    const asked = { method: 'PUT', headers: sent, body, schema: uploadChunk } as const
    const endpoint = { ...edgeOf(market), timeoutMs: CHUNK_TIMEOUT_MS }
    await requestJson(endpoint, path, { ...asked, ...(signal ? { signal } : {}) })
  }
  return {
    begin: (json: unknown) => ask('/v1/uploads', market.timeoutMs, { method: 'POST', json }),
    look: (uploadId: string) => ask(`/v1/uploads/${uploadId}`, market.timeoutMs),
    complete: (uploadId: string) =>
      ask(`/v1/uploads/${uploadId}/complete`, CHECK_TIMEOUT_MS, { method: 'POST' }),
    putChunk,
  }
}
type Calls = ReturnType<typeof callsOf>

/** Every chunk that is not there yet, a few at a time. */
async function sendMissing(calls: Calls, begun: Upload & { uploadId: string }, options: BlobUpload) {
  const { content, onProgress, pausing, signal } = options
  const { uploadId, sizeBytes, chunkBytes, chunks } = begun
  const there = new Set(begun.there)
  const missing = Array.from({ length: chunks }, (_, chunk) => chunk).filter(chunk => !there.has(chunk))
  let sentBytes = begun.there.reduce((sum, chunk) => sum + chunkLength(begun, chunk), 0)
  onProgress?.({ sentBytes, sizeBytes })
  const lane = async () => {
    for (let chunk = missing.shift(); chunk !== undefined; chunk = missing.shift()) {
      await pausing?.open()
      signal?.throwIfAborted()
      const from = chunk * chunkBytes
      const length = chunkLength(begun, chunk)
      const place = chunk
      const piece = chunkOf(content, from, from + length)
      await patiently(() => calls.putChunk(uploadId, place, piece), signal)
      sentBytes += length
      onProgress?.({ sentBytes, sizeBytes })
    }
  }
  const lanes = await Promise.allSettled(Array.from({ length: LANES }, lane))
  for (const ended of lanes) if (ended.status === 'rejected') throw ended.reason
}

/** The answer to completing may be lost on the way: then the upload itself says what became of it. */
const complete = (calls: Calls, uploadId: string, options: BlobUpload): Promise<Upload> =>
  patiently(async () => {
    const now = await calls.look(uploadId)
    if (now.state === 'stored') return now
    if (now.state === 'refused')
      throw new Problem('hash_mismatch', { got: 'bytes of another hash', expected: options.sha256 })
    return calls.complete(uploadId)
  }, options.signal)

/** Uploads under the blob's hash, or finds it there. Whatever stops it, the same call again sends only what is missing. */
export async function uploadBlob(market: Market, options: BlobUpload): Promise<Upload> {
  const { sha256, content, chunkBytes = CHUNK_BYTES, signal, onProgress } = options
  const sizeBytes = sizeOf(content)
  const calls = callsOf(market, options)
  for (let tried = 1; ; tried++) {
    const begun = await patiently(() => calls.begin({ sha256, sizeBytes, chunkBytes }), signal)
    const { uploadId } = begun
    if (uploadId === null) {
      onProgress?.({ sentBytes: sizeBytes, sizeBytes })
      return begun
    }
    try {
      await sendMissing(calls, { ...begun, uploadId }, options)
      return await complete(calls, uploadId, options)
    } catch (error) {
      // The edge lost chunks, or the upload itself: what is missing is sent once more.
      const again = error instanceof Problem && /^upload_(incomplete|closed|unknown)$/.test(error.code)
      if (!again || tried >= 2) throw error
    }
  }
}
