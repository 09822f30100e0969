/** An edge that alters what it says is caught: its real answers, changed on their way by a real server in between. */
import assert from 'node:assert/strict'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { after, before, test } from 'node:test'
import { isProblem, type ProblemCode } from '@grimoire/schema/problem'
import type { PrivateKeyAccount } from 'viem'
import { buyWork } from './buy-work.ts'
import { findHoldings } from './find-holdings.ts'
import { findListings } from './find-listings.ts'
import { findOffers, postOffer } from './find-offers.ts'
import { findOperators } from './find-operators.ts'
import { findWorks } from './find-works.ts'
import { joinOperator, serveHttp, TERMS } from './fixture.ts'
import { promptParts, type SmallMarket, startMarket, words } from './fixture-market.ts'
import { listEdition } from './list-edition.ts'
import { makeOffer } from './make-offer.ts'
import type { Market } from './market.ts'
import { openCopy } from './open-copy.ts'
import { publishWork } from './publish-work.ts'
import { readManifest, readWork } from './read-work.ts'
import type { Wallet } from './wallet.ts'

const BASE = { name: 'random', sha256: 'ab'.repeat(32) }
const ELSEWHERE = '0x00000000000000000000000000000000000000EE'

let world: SmallMarket
let creator: Wallet & { account: PrivateKeyAccount }
let workId: string
let otherId: string

before(async () => {
  world = await startMarket()
  creator = await world.person()
  await joinOperator(world)
  const publish = async (title: string) => {
    const terms = { ...TERMS, kind: 'prompt', disclosure: 'openable' } as const
    const options = { wallet: creator, words: words(BASE, title), terms, parts: promptParts() }
    return (await publishWork(world.market, options)).workId
  }
  ;[workId, otherId] = [await publish('The true one'), await publish('Another')]
  await buyWork(world.market, { wallet: creator, workId, maxCostAtomic: 5_000_000n })
  await listEdition(world.market, { wallet: creator, workId, priceAtomic: 9_000_000n })
})
after(() => world?.stop())

type Bytes = Uint8Array<ArrayBuffer>

async function relay(request: IncomingMessage, response: ServerResponse, alter: (bytes: Bytes) => Bytes) {
  const answer = await fetch(world.edge.url + request.url, { method: request.method ?? 'GET' })
  const bytes = new Uint8Array(await answer.arrayBuffer())
  response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' })
  response.end(answer.ok ? alter(bytes) : bytes)
}

/** Runs a verb against the real edge behind a server that alters each body. */
async function through<T>(alter: (bytes: Bytes) => Bytes, run: (market: Market) => Promise<T>): Promise<T> {
  const server = await serveHttp((request, response) => void relay(request, response, alter))
  try {
    return await run({ ...world.market, edgeUrl: server.url })
  } finally {
    await server.stop()
  }
}

/** Replaces text in a body; a body without it would prove nothing. */
const swap = (from: string, to: string) => (bytes: Bytes) => {
  const text = new TextDecoder().decode(bytes)
  assert.ok(text.includes(from), `the edge’s answer has no ${from}`)
  return new TextEncoder().encode(text.replaceAll(from, to))
}

const refusedAs = (code: ProblemCode) => (error: unknown) => {
  assert.ok(isProblem(error, code), `expected ${code}, got ${error}`)
  return true
}

const lies: [string, () => (bytes: Bytes) => Bytes][] = [
  ['another creator', () => swap(creator.account.address, ELSEWHERE)],
  ['a lower price', () => swap('"priceAtomic":"5000000"', '"priceAtomic":"1"')],
  ['a sealed work as openable', () => swap('"disclosure":"openable"', '"disclosure":"sealed"')],
  ['a work that does not exist', () => swap(workId, '7')],
  ['more editions than were minted', () => swap('"minted":1', '"minted":2')],
  ['a version that is not there', () => swap('"latestVersion":1', '"latestVersion":2')],
]

for (const [what, lie] of lies) {
  test(`an edge that shows ${what} is caught by the search`, async () => {
    await assert.rejects(
      through(lie(), market => findWorks(market)),
      refusedAs('edge_lied'),
    )
  })
}

test('an edge that answers a search with other works than were asked for is caught', async () => {
  const kind = (bytes: Bytes) => bytes
  const server = await serveHttp((request, response) => {
    request.url = '/v1/works'
    void relay(request, response, kind)
  })
  await assert.rejects(
    findWorks({ ...world.market, edgeUrl: server.url }, { kind: 'chatbot' }),
    refusedAs('edge_lied'),
  )
  await server.stop()
})

test('a manifest that is another’s, or changed by a letter, is refused by its hash', async () => {
  await assert.rejects(
    through(swap('The true one', 'The trui one'), market => readManifest(market, { workId })),
    refusedAs('manifest_hash_mismatch'),
  )
  const other = (await world.market.fetch(`${world.edge.url}/v1/works/${otherId}`).then(r => r.json())) as {
    contentHash: string
  }
  const server = await serveHttp((request, response) => {
    if (request.url?.startsWith('/v1/blobs/')) request.url = `/v1/blobs/${other.contentHash}`
    void relay(request, response, bytes => bytes)
  })
  await assert.rejects(
    readWork({ ...world.market, edgeUrl: server.url }, { workId }),
    refusedAs('manifest_hash_mismatch'),
  )
  await server.stop()
})

test('a sealed part that was swapped on the way is refused before it is opened', async () => {
  const flip = (bytes: Bytes) => {
    if (!new TextDecoder().decode(bytes.slice(0, 20)).startsWith('age-encryption')) return bytes
    const changed = bytes.slice()
    changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1
    return changed
  }
  await assert.rejects(
    through(flip, market => openCopy(market, { wallet: creator, workId })),
    refusedAs('part_hash_mismatch'),
  )
})

test('a listing whose price was changed is an edge’s lie, not an offer', async () => {
  await assert.rejects(
    through(swap('9000000', '1000000'), market => findListings(market, { workId })),
    refusedAs('edge_lied'),
  )
})

test('an offer whose price was changed is an edge’s lie, not money', async () => {
  const [buyer, { market }] = [await world.person(), world]
  await postOffer(market, await makeOffer(market, { wallet: buyer, workId, priceAtomic: 3_210_000n }))
  await assert.rejects(
    through(swap('3210000', '8210000'), market => findOffers(market, { workId })),
    refusedAs('edge_lied'),
  )
})

test('an operator’s key that is not the registry’s is caught, and an invented holding is dropped', async () => {
  const [record] = await findOperators(world.market)
  assert.ok(record)
  await assert.rejects(
    through(swap(record.sessionKey, `0x${'99'.repeat(32)}`), market => findOperators(market)),
    refusedAs('edge_lied'),
  )
  const { holdings } = await through(swap(workId, otherId), market =>
    findHoldings(market, { holder: creator.account.address }),
  )
  assert.deepEqual(holdings, [])
})

test('an edge that does not answer, or not in our shapes, is unreachable and not believed', async () => {
  await assert.rejects(
    findWorks({ ...world.market, edgeUrl: 'http://127.0.0.1:9' }),
    refusedAs('edge_unreachable'),
  )
  await assert.rejects(
    through(swap('"works":', '"work":'), market => findWorks(market)),
    refusedAs('edge_unreachable'),
  )
})
