/** Which edge this page asks: the one that serves it, or another that `edge.json` beside the page names. Read once. */
import { Problem } from '@grimoire/schema/problem'

export type Place = {
  edgeUrl: string
  /** The ledger and its chain, where whoever serves the page has pinned them: no edge can then name another. */
  pinned: unknown
  /** Another edge than the one that serves the page. */
  isForeign: boolean
}

const refuse = (got: unknown, expected: string, cause?: unknown): never => {
  throw new Problem('config_invalid', { param: 'edge.json', got, expected, cause })
}

/** A server without such a file answers with 404, or with the page itself. */
async function readFile(): Promise<Record<string, unknown>> {
  const answer = await fetch('/edge.json')
  if (!answer.ok || !answer.headers.get('content-type')?.includes('json')) return {}
  const body: unknown = await answer.json().catch(cause => refuse('a file that is no JSON', 'JSON', cause))
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return refuse(body, 'an object')
  return body as Record<string, unknown> // Safety: an object, and no list.
}

async function find(): Promise<Place> {
  const { edge, addresses, rpcUrls, ...unknown } = await readFile()
  const [stray] = Object.keys(unknown)
  if (stray !== undefined) refuse(stray, 'edge, addresses and rpcUrls alone')
  if ((addresses === undefined) !== (rpcUrls === undefined)) refuse('one of them', 'addresses and rpcUrls')
  const pinned = addresses === undefined ? null : { addresses, rpcUrls }
  if (edge === undefined) return { edgeUrl: location.origin, pinned, isForeign: false }
  if (typeof edge !== 'string' || !URL.canParse(edge)) return refuse(edge, 'an edge’s URL')
  const edgeUrl = edge.replace(/\/+$/, '')
  return { edgeUrl, pinned, isForeign: new URL(edgeUrl).origin !== location.origin }
}

let found: Promise<Place> | null = null

export function readPlace(): Promise<Place> {
  found ??= find().catch(error => {
    found = null
    throw error
  })
  return found
}
