/**
 * Blobs by their sha256: ciphertext and public manifests. The name is the check, so any mirror may hold the same. What came
 * whole lies under its name. What came in chunks lies where it was put together, and its name is a note that says where:
 * it is written after the whole was hashed, and what lies there is never written again.
 */
import { Problem } from '@grimoire/schema/problem'

export const blobKey = (sha256: string): string => `sha256/${sha256}`

/** Where the bytes of a blob are. */
export type StoredBlob = { key: string; sizeBytes: number; uploadedAt: Date; cid: string | null }

type Note = { object: string; sizeBytes: string; cid: string }
const isNote = (found: Record<string, string> | undefined): found is Note =>
  found?.object !== undefined && found.sizeBytes !== undefined && found.cid !== undefined

export async function findBlob(blobs: R2Bucket, sha256: string): Promise<StoredBlob | null> {
  const key = blobKey(sha256)
  const found = await blobs.head(key)
  if (!found) return null
  const note = found.customMetadata
  if (!isNote(note)) return { key, sizeBytes: found.size, uploadedAt: found.uploaded, cid: null }
  return { key: note.object, sizeBytes: Number(note.sizeBytes), uploadedAt: found.uploaded, cid: note.cid }
}

/** Names bytes that were hashed; null when the name was taken already, by the same bytes. */
export async function nameBlob(
  blobs: R2Bucket,
  sha256: string,
  { object, sizeBytes, cid }: { object: string; sizeBytes: number; cid: string },
): Promise<R2Object | null> {
  const customMetadata = { object, sizeBytes: String(sizeBytes), cid } satisfies Note
  const onlyIf = new Headers({ 'if-none-match': '*' })
  return blobs.put(blobKey(sha256), new Uint8Array(), { customMetadata, onlyIf })
}

/** A small blob whole, or null when it is missing, or larger than was asked for. */
export async function readBlob(
  blobs: R2Bucket,
  sha256: string,
  maxBytes: number,
): Promise<ArrayBuffer | null> {
  const found = await findBlob(blobs, sha256)
  if (!found || found.sizeBytes > maxBytes) return null
  return (await blobs.get(found.key))?.arrayBuffer() ?? null
}

type Sent = { sha256: string; body: ReadableStream; length: number; maxBytes: number }

/** Stores bytes only if they have the hash of their name: the bucket computes it while they stream in. */
export async function storeBlob(
  blobs: R2Bucket,
  { sha256, body, length, maxBytes }: Sent,
): Promise<{ sizeBytes: number; created: boolean }> {
  const known = await findBlob(blobs, sha256)
  if (known) {
    await body.cancel()
    return { sizeBytes: known.sizeBytes, created: false }
  }
  // A body without a length is read here first: the bucket takes streams only when it is told how long they are.
  const content = Number.isSafeInteger(length)
    ? body
    : await readUnsized(body, Math.min(maxBytes, MAX_UNSIZED_BYTES))
  try {
    const stored = await blobs.put(blobKey(sha256), content, { sha256 })
    return { sizeBytes: stored.size, created: true }
  } catch (cause) {
    if (!/checksum|sha-?256/i.test(String(cause))) throw cause
    throw new Problem('hash_mismatch', { got: 'bytes of another hash', expected: sha256, cause })
  }
}

/** Held in memory for a moment, of the 128 MB that an isolate has. Whoever sends more says how much. */
const MAX_UNSIZED_BYTES = 16 * 1024 * 1024

async function readUnsized(body: ReadableStream<Uint8Array>, maxBytes: number): Promise<Uint8Array> {
  const bytes = await readAtMost(body, maxBytes)
  if (bytes) return bytes
  throw new Problem('body_too_large', {
    got: `over ${maxBytes} bytes`,
    expected: `at most ${maxBytes} bytes, or a content-length`,
  })
}

/** Into one buffer; null as soon as there is more than may be. */
export async function readAtMost(
  body: ReadableStream<Uint8Array>,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const bytes = new Uint8Array(maxBytes)
  let length = 0
  for await (const chunk of body) {
    if (length + chunk.length > maxBytes) return null // Leaving the loop cancels the body.
    bytes.set(chunk, length)
    length += chunk.length
  }
  return bytes.subarray(0, length)
}
