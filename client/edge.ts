/** How the client speaks to the edge: blobs by their hash, and the one place that names the edge's paths. */
import { nudgeAnswer } from '@grimoire/schema/catalogue'
import { Problem } from '@grimoire/schema/problem'
import type { Market } from './market.ts'
import { type Endpoint, request, requestJson } from './transport.ts'

export const edgeOf = (market: Market): Endpoint => ({
  fetch: market.fetch,
  url: market.edgeUrl,
  timeoutMs: market.timeoutMs,
  unreachable: 'edge_unreachable',
})

export async function sha256Hex(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return Array.from(digest, byte => byte.toString(16).padStart(2, '0')).join('')
}

/** Uploads bytes under their own hash. Sending them twice is harmless, so an interrupted upload is simply run again. */
export async function putBlob(market: Market, bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const sha256 = await sha256Hex(bytes)
  await request(edgeOf(market), `/v1/blobs/${sha256}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/octet-stream' },
    body: bytes,
  })
  return sha256
}

/** Fetches a blob; bytes that do not have the hash they were asked for are never handed on. */
export async function getBlob(
  market: Market,
  sha256: string,
  code: 'manifest_hash_mismatch' | 'part_hash_mismatch' = 'part_hash_mismatch',
): Promise<Uint8Array<ArrayBuffer>> {
  const response = await request(edgeOf(market), `/v1/blobs/${sha256}`)
  const bytes = new Uint8Array(await response.arrayBuffer())
  const got = await sha256Hex(bytes)
  if (got !== sha256) throw new Problem(code, { got, expected: sha256 })
  return bytes
}

/** Asks the edge to index now. That it does not is no failure of the verb: the chain has the fact already. */
export async function nudgeEdge(market: Market): Promise<boolean> {
  return requestJson(edgeOf(market), '/v1/index', { method: 'POST', schema: nudgeAnswer })
    .then(() => true)
    .catch(() => false)
}
