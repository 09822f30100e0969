/** Brings an edge the blobs that the chain names, from any mirror: another edge, or an IPFS gateway. The edge checks each hash. */
import { cidText } from '@grimoire/schema/cid'
import { MANIFEST_MAX_BYTES, type Manifest, manifest } from '@grimoire/schema/manifest'
import type { LocalEdge } from './local.ts'

export type Mirrors = {
  /** Origins of other edges. */
  edges: readonly string[]
  /** Origins of IPFS gateways. */
  gateways: readonly string[]
}
type Named = { sha256: string; cid?: string | undefined }
export type Fetched = { had: number; fetched: number; missing: string[] }

const PATIENCE_MS = 30_000
/** A gateway has large files under another name than their hash: their manifest tells it. */
const placesOf = (sha256: string, cid: string | undefined, { edges, gateways }: Mirrors): string[] => [
  ...edges.map(origin => `${origin}/v1/blobs/${sha256}`),
  ...gateways.map(origin => `${origin}/ipfs/${cid ?? cidText({ kind: 'raw', sha256 })}`),
]

/** The limit is for the beginning: a large part takes its time, and a body that stands still is ended by Node itself. */
async function beginningOf(place: string): Promise<Response> {
  const patience = new AbortController()
  const timer = setTimeout(() => patience.abort(), PATIENCE_MS)
  try {
    return await fetch(place, { signal: patience.signal })
  } finally {
    clearTimeout(timer)
  }
}

/** One mirror after the other, until the edge has taken bytes of that hash. */
async function bring(edge: LocalEdge, { sha256, cid }: Named, mirrors: Mirrors): Promise<boolean> {
  for (const place of placesOf(sha256, cid, mirrors)) {
    try {
      const found = await beginningOf(place)
      if (!found.ok || !found.body) continue
      const length = found.headers.get('content-length')
      const headers = length === null ? {} : { 'content-length': length }
      const put = { method: 'PUT', body: found.body, headers, duplex: 'half' } as const
      const taken = await fetch(`${edge.url}/v1/blobs/${sha256}`, put as RequestInit) // Safety: `duplex` is Node's own, and not in its type.
      await taken.body?.cancel()
      if (taken.ok) return true
    } catch {
      // A mirror that breaks off or lies is as good as none: the next is asked.
    }
  }
  return false
}

async function ensure(edge: LocalEdge, named: Named, mirrors: Mirrors, tally: Fetched): Promise<boolean> {
  const { sha256 } = named
  const { ok } = await fetch(`${edge.url}/v1/blobs/${sha256}`, { method: 'HEAD' })
  if (ok) tally.had++
  else if (await bring(edge, named, mirrors)) tally.fetched++
  else tally.missing.push(sha256)
  return !tally.missing.includes(sha256)
}

async function manifestIn(edge: LocalEdge, sha256: string): Promise<Manifest | null> {
  const bytes = await (await fetch(`${edge.url}/v1/blobs/${sha256}`)).arrayBuffer()
  if (bytes.byteLength > MANIFEST_MAX_BYTES) return null
  try {
    return manifest.safeParse(JSON.parse(new TextDecoder().decode(bytes))).data ?? null
  } catch {
    return null // Not a manifest: anyone may publish any hash.
  }
}

/** Every version's manifest, and every part that it names. */
export async function refetch(
  edge: LocalEdge,
  contentHashes: Iterable<string>,
  mirrors: Mirrors,
): Promise<Fetched> {
  const tally: Fetched = { had: 0, fetched: 0, missing: [] }
  const seen = new Set<string>()
  for (const contentHash of contentHashes) {
    if (seen.has(contentHash)) continue
    seen.add(contentHash)
    if (!(await ensure(edge, { sha256: contentHash }, mirrors, tally))) continue
    for (const part of (await manifestIn(edge, contentHash))?.parts ?? []) {
      if (seen.has(part.sha256)) continue
      seen.add(part.sha256)
      await ensure(edge, part, mirrors, tally)
    }
  }
  return tally
}
