/** Blobs by their sha256: ciphertext and public manifests. The name is the check, so any mirror may hold the same. */
import { Problem } from '@grimoire/schema/problem'

export const blobKey = (sha256: string): string => `sha256/${sha256}`

/** A small blob whole, or null when it is missing, or larger than was asked for. */
export async function readBlob(
  blobs: R2Bucket,
  sha256: string,
  maxBytes: number,
): Promise<ArrayBuffer | null> {
  const found = await blobs.get(blobKey(sha256))
  if (!found) return null
  if (found.size > maxBytes) {
    await found.body.cancel()
    return null
  }
  return found.arrayBuffer()
}

type Upload = { sha256: string; body: ReadableStream; length: number; maxBytes: number }

/** Stores bytes only if they have the hash of their name: the bucket computes it while they stream in. */
export async function storeBlob(
  blobs: R2Bucket,
  { sha256, body, length, maxBytes }: Upload,
): Promise<{ sizeBytes: number; created: boolean }> {
  const known = await blobs.head(blobKey(sha256))
  if (known) {
    await body.cancel()
    return { sizeBytes: known.size, created: false }
  }
  // A body without a length is read here first: the bucket takes streams only when it is told how long they are.
  const content = Number.isSafeInteger(length)
    ? body
    : await readWhole(body, Math.min(maxBytes, MAX_UNSIZED_BYTES))
  try {
    const stored = await blobs.put(blobKey(sha256), content, { sha256 })
    return { sizeBytes: stored.size, created: true }
  } catch (cause) {
    if (!/checksum|sha-?256/i.test(String(cause))) throw cause
    throw new Problem('hash_mismatch', { got: 'bytes of another hash', expected: sha256, cause })
  }
}

/** Held in memory twice for a moment, of the 128 MB that an isolate has. Whoever sends more says how much. */
const MAX_UNSIZED_BYTES = 16 * 1024 * 1024

async function readWhole(body: ReadableStream<Uint8Array>, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let sizeBytes = 0
  for await (const chunk of body) {
    sizeBytes += chunk.length
    if (sizeBytes > maxBytes) {
      throw new Problem('body_too_large', {
        got: `over ${maxBytes} bytes`,
        expected: `at most ${maxBytes} bytes, or a content-length`,
      })
    }
    chunks.push(chunk)
  }
  const whole = new Uint8Array(sizeBytes)
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.length
  }
  return whole
}
