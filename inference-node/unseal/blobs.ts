/** Fetches sealed parts by their hash from the edges in turn; what comes is believed only when it has that hash. */
import { createHash } from 'node:crypto'

/** Gets the bytes of that name, never reading more than `maxBytes` of them; null when no edge has them. */
export type FetchWithin = (sha256: string, maxBytes: number) => Promise<Uint8Array | null>

const TIMEOUT_MS = 30_000

/** The first edge that has the right bytes wins; one that lies, sends too much or is away is passed over. */
export const blobsFrom =
  (edges: readonly string[]): FetchWithin =>
  async (sha256, maxBytes) => {
    for (const edge of edges) {
      const url = `${edge.replace(/\/$/, '')}/v1/blobs/${sha256}`
      const bytes = await fetchOnce(url, maxBytes).catch(() => null)
      if (bytes && createHash('sha256').update(bytes).digest('hex') === sha256) return bytes
    }
    return null
  }

/** Into one buffer of the size that is allowed: an adapter is never held twice. */
async function fetchOnce(url: string, maxBytes: number): Promise<Uint8Array | null> {
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS), redirect: 'error' })
  if (!response.ok || !response.body) return null
  const bytes = new Uint8Array(maxBytes)
  let length = 0
  for await (const chunk of response.body) {
    if (length + chunk.length > maxBytes) return null // Leaving the loop cancels the body.
    bytes.set(chunk, length)
    length += chunk.length
  }
  return bytes.subarray(0, length)
}
