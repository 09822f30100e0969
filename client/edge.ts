/** How the client speaks to the edge: blobs by their hash, and the one place that names the edge's paths. */
import { nudgeAnswer } from '@grimoire/schema/catalogue'
import { cidText } from '@grimoire/schema/cid'
import { isProblem, Problem } from '@grimoire/schema/problem'
import type { z } from 'zod'
import type { EdgeRoutes } from './generated/edge-routes.ts'
import type { Market } from './market.ts'
import { type Endpoint, request, requestJson } from './transport.ts'
import { type Call, type Sent, sendCall } from './wallet.ts'

const endpointAt = ({ fetch, timeoutMs }: Market, url: string): Endpoint => ({
  ...{ fetch, url, timeoutMs },
  unreachable: 'edge_unreachable',
})

export function edgeOf(market: Market): Endpoint {
  if (market.edgeUrl !== null) return endpointAt(market, market.edgeUrl)
  throw new Problem('edge_unreachable', {
    got: 'a market without an edge',
    expected: 'createMarket({ edgeUrl })',
  })
}

/** For what the chain can answer too, at the price of a slower question: an edge that is not there is no refusal. */
const AWAY = ['edge_unreachable', 'timed_out'] as const

export const nullWhenAway = (error: unknown): null => {
  if (AWAY.some(code => isProblem(error, code))) return null
  throw error
}

type Part<Name extends string, Value> = Value extends undefined ? unknown : { [N in Name]: Value }

/** What a route wants to be told: nothing of what it does not take, and all of what it does. */
type Asked<Route extends keyof EdgeRoutes, Schema> = { schema: Schema } & Part<
  'path',
  EdgeRoutes[Route]['path']
> &
  Part<'query', EdgeRoutes[Route]['query']> &
  Part<'body', EdgeRoutes[Route]['body']>

type Values = Record<string, string | number | boolean | undefined>

/**
 * Asks a route of the edge. The compiler holds what is sent, and the schema by which the answer is read, to the edge's own
 * description; the schema then reads what really came. What is posted carries a key, so that trying again posts once.
 */
export async function askEdge<
  Route extends keyof EdgeRoutes,
  Schema extends z.ZodType<EdgeRoutes[Route]['answer']>,
>(market: Market, route: Route, asked: Asked<Route, Schema>): Promise<z.infer<Schema>> {
  const {
    schema,
    path = {},
    query = {},
    body,
  } = asked as {
    schema: Schema
    path?: Values
    query?: Values
    body?: unknown
  } // Safety: `Asked` with each part named.
  const [method, template = ''] = route.split(' ') as ['GET' | 'PUT' | 'POST', string] // Safety: how routes are named.
  const filled = template.replaceAll(/\{(.+?)\}/g, (_, name: string) =>
    encodeURIComponent(String(path[name])),
  )
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) parameters.set(name, String(value))
  const address = parameters.size === 0 ? filled : `${filled}?${parameters}`
  const once = { headers: { 'idempotency-key': crypto.randomUUID() }, retries: 2 }
  const posted = body === undefined ? {} : { json: body, ...(method === 'POST' ? once : {}) }
  return requestJson(edgeOf(market), address, { method, schema, ...posted }) as Promise<z.infer<Schema>> // Safety: read by that schema.
}

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

type Mismatch = 'manifest_hash_mismatch' | 'part_hash_mismatch'

type Wanted = { sha256: string; cid?: string | undefined }

async function blobFrom(
  folder: Endpoint,
  name: string,
  { sha256 }: Wanted,
  code: Mismatch,
): Promise<Uint8Array<ArrayBuffer>> {
  const response = await request(folder, `/${name}`)
  const bytes = new Uint8Array(await response.arrayBuffer())
  const got = await sha256Hex(bytes)
  if (got !== sha256) throw new Problem(code, { got, expected: sha256 })
  return bytes
}

/** Where a blob may be, and under which name. Gateways have large files under a name that their manifest tells. */
const placesOf = ({ edgeUrl, mirrors, gateways }: Market, { sha256, cid }: Wanted): [string, string][] => [
  ...(edgeUrl === null ? [] : [`${edgeUrl}/v1/blobs`]).map((url): [string, string] => [url, sha256]),
  ...mirrors.map((url): [string, string] => [url, sha256]),
  ...gateways.map((url): [string, string] => [`${url}/ipfs`, cid ?? cidText({ kind: 'raw', sha256 })]),
]

/**
 * Fetches a blob, from the edge, the first mirror or the first gateway that has it; bytes that do not have the hash they were asked for are
 * never handed on. Where nobody has them, a lie is named before an absence.
 */
export async function getBlob(
  market: Market,
  wanted: Wanted,
  code: Mismatch = 'part_hash_mismatch',
): Promise<Uint8Array<ArrayBuffer>> {
  let refusal: unknown = null
  for (const [url, name] of placesOf(market, wanted)) {
    try {
      return await blobFrom(endpointAt(market, url), name, wanted, code)
    } catch (error) {
      if (!isProblem(refusal, code)) refusal = error
    }
  }
  throw (
    refusal ??
    new Problem('part_missing', {
      got: wanted.sha256,
      expected: 'an edge, a mirror or a gateway to ask for it',
    })
  )
}

/** Sends a call, and has the edge read what came of it. */
export async function sendAndNudge(market: Market, call: Call): Promise<Sent> {
  const sent = await sendCall(market, call)
  await nudgeEdge(market)
  return sent
}

/** Asks the edge to index now. That it does not is no failure of the verb: the chain has the fact already. */
export async function nudgeEdge(market: Market): Promise<boolean> {
  return askEdge(market, 'POST /v1/index', { schema: nudgeAnswer })
    .then(() => true)
    .catch(() => false)
}
