/** How a route of the edge is asked: the address that is made of its parts, and the key under which something is posted once. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { offerRow, worksPage } from '@grimoire/schema/catalogue'
import { Problem, problemResponse } from '@grimoire/schema/problem'
import { askEdge } from './edge.ts'
import type { Market } from './market.ts'

type Sent = { url: string; method: string; key: string | null }

/** An edge that answers as it is told to, one answer after the other, and what it was sent. */
function edgeThat(...answers: (() => Response)[]): { market: Market; sent: Sent[] } {
  const sent: Sent[] = []
  const fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const request = new Request(input, init)
    sent.push({ url: request.url, method: request.method, key: request.headers.get('idempotency-key') })
    return answers[sent.length - 1]?.() ?? new Response('', { status: 500 })
  }
  return { market: { fetch, edgeUrl: 'http://edge', timeoutMs: 1_000 } as Market, sent } // Safety: the fields that asking reads.
}

const refuses = () => problemResponse(new Problem('chain_unreachable'))
const someOffer = {
  offer: {
    buyer: `0x${'ab'.repeat(20)}`,
    workId: '5',
    quantity: 1,
    priceAtomic: '7',
    nonce: '1',
    counter: '0',
    expiresAtSeconds: 1_900_000_000,
  },
  payment: 'allowance',
  signature: `0x${'cd'.repeat(65)}`,
} as const
const row = { ...someOffer, digest: `0x${'ef'.repeat(32)}`, postedAtSeconds: 1, leftQuantity: 1 }

test('the path and the query are made of what is told, and of nothing that is not', async () => {
  const none = { works: [], nextCursor: null, sort: 'new', order: 'recency', bounded: false, corrected: [] }
  const { market, sent } = edgeThat(() => Response.json(none))
  await askEdge(market, 'GET /v1/works', {
    query: { q: 'a&b=c', limit: 5, cursor: undefined },
    schema: worksPage,
  })
  assert.deepEqual(sent, [{ url: 'http://edge/v1/works?q=a%26b%3Dc&limit=5', method: 'GET', key: null }])
})

test('what is posted is sent again under the key that it had, so that it is posted once', async () => {
  const { market, sent } = edgeThat(refuses, () => Response.json(row))
  await askEdge(market, 'POST /v1/offers', { body: someOffer, schema: offerRow })
  const [first, second] = sent
  assert.equal(sent.length, 2)
  assert.match(first?.key ?? '', /^[0-9a-f-]{36}$/)
  assert.equal(second?.key, first?.key)
})

test('an answer of another shape is the fault of whoever gave it', async () => {
  const { market } = edgeThat(() => Response.json({ works: 'none' }))
  await assert.rejects(
    askEdge(market, 'GET /v1/works', { query: {}, schema: worksPage }),
    (error: unknown) => error instanceof Problem && error.code === 'edge_unreachable',
  )
})
