/** Orders by way of a real edge: what is shown is what can be bought, and what the edge sends for a buyer is paid once. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { listingsPage } from '@grimoire/schema/catalogue'
import type { Hex } from '@grimoire/schema/hex'
import { ledgerOf, type Person, people, person, startWorld, type World } from '@grimoire/worker/fixture'
import { buyEditions, publishWork } from '@grimoire/worker/seed'
import { toHex } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { cancelOrders } from './cancel-orders.ts'
import { askEdge, nudgeEdge } from './edge.ts'
import { findListings } from './find-listings.ts'
import { refusedAs, watched } from './fixture-refusal.ts'
import { editionsOf } from './ledger-work.ts'
import { listEdition, signListing } from './list-edition.ts'
import { createMarket, type Market } from './market.ts'
import { findOwnOrders } from './own-orders.ts'
import { purchaseRelayed } from './purchase-relayed.ts'

const PRICE_ATOMIC = 5_000_000n
const RELAYER = person(8)

let world: World
let market: Market
let workId: string
before(async () => {
  const key = RELAYER.getHdKey().privateKey
  assert.ok(key)
  world = await startWorld({ writesPerMinute: 10_000, settings: { RELAYER_KEY: toHex(key) } })
  market = marketVia(fetch)
  workId = (await publishWork(world, { salt: 'sold' })).workId
  await buyEditions(world, people.holder, workId, 2)
})
after(() => world.stop())

const marketVia = (fetch: Market['fetch']) => {
  const { addresses, publicClient, edge } = world
  return createMarket({ addresses, publicClient, edgeUrl: edge.url, fetch })
}
const list = () =>
  listEdition(market, { wallet: world.walletOf(people.holder), workId, priceAtomic: PRICE_ATOMIC })
const relayedSoFar = () => world.publicClient.getTransactionCount({ address: RELAYER.address })

/** Has money, and nothing to pay gas with. */
async function newcomer() {
  const account = privateKeyToAccount(generatePrivateKey())
  await ledgerOf(world)(people.deployer, 'money', 'mint', [account.address, 100_000_000n])
  const { asked, wallet } = watched(world.walletOf(account as unknown as Person)) // Safety: it signs, which is all that is asked of it.
  return { asked, wallet, held: () => editionsOf(market, { workId, holder: account.address }) }
}

/** The way to the edge, with something that happens after it has sent a purchase. */
const marketWhere = (afterRelay: (answer: Response, again: () => Promise<Response>) => Promise<Response>) =>
  marketVia(async (input, init) => {
    const ask = () => fetch(input, init)
    const answer = await ask()
    return String(input).endsWith('/v1/relays') ? afterRelay(answer, ask) : answer
  })

test('an account with code takes its word back: its listing is left out, the others stand', async () => {
  const fickle = person(6)
  await buyEditions(world, fickle, workId)
  const setCode = (bytecode: Hex) => world.testClient.setCode({ address: fickle.address, bytecode })
  await nudgeEdge(market)
  const stands = await list()
  const { listing } = await signListing(market, {
    wallet: world.walletOf(fickle),
    workId,
    priceAtomic: PRICE_ATOMIC,
  })
  await setCode('0x631626ba7e60e01b5f5260205ff3') // answers ERC-1271's yes to everything
  await askEdge(market, 'POST /v1/listings', {
    body: { listing, signature: `0x${'c0de'.repeat(33)}` },
    schema: listingsPage.shape.listings.element,
  })
  const sellers = async () => (await findListings(market, { workId })).map(row => row.listing.seller)
  assert.deepEqual((await sellers()).sort(), [fickle.address, people.holder.address].sort())
  await setCode('0x5f5ffd') // reverts whatever it is asked
  assert.deepEqual(await sellers(), [stands.listing.seller])
  const own = await findOwnOrders(market, { maker: fickle.address })
  assert.deepEqual(
    own.listings.map(({ fate }) => fate),
    ['withdrawn'],
  )
  const shown = await askEdge(market, 'GET /v1/listings', { query: { workId }, schema: listingsPage })
  assert.equal(shown.listings.length, 2, 'the edge goes on showing it')
})

test('a relayed purchase whose answer was lost is asked for again, not made again; after it another may be made', async () => {
  const { asked, wallet, held } = await newcomer()
  let lost = true
  const lossy = marketWhere(async answer => {
    if (!lost) return answer
    throw new TypeError('the line was cut')
  })
  const options = { wallet, workId, maxCostAtomic: PRICE_ATOMIC }
  const count = await relayedSoFar()
  await assert.rejects(purchaseRelayed(lossy, options), refusedAs('edge_unreachable'))
  lost = false
  const both = await Promise.all([purchaseRelayed(lossy, options), purchaseRelayed(lossy, options)])
  assert.equal(new Set(both.map(({ transaction }) => transaction.hash)).size, 1)
  assert.deepEqual([asked.signatures, await held(), await relayedSoFar()], [1, 1n, count + 1])
  await purchaseRelayed(lossy, options)
  assert.deepEqual([asked.signatures, await held(), await relayedSoFar()], [2, 2n, count + 2])
})

test('an authorization that has expired untaken is not asked with again', async () => {
  const { asked, wallet, held } = await newcomer()
  let offline = true
  const early = marketVia(async (input, init) => {
    if (offline && String(input).endsWith('/v1/relays')) throw new TypeError('no line')
    return fetch(input, init)
  })
  const options = { wallet, workId, maxCostAtomic: PRICE_ATOMIC }
  await assert.rejects(purchaseRelayed(early, options), refusedAs('edge_unreachable'))
  await world.testClient.increaseTime({ seconds: 3_700 })
  await world.testClient.mine({ blocks: 1 })
  offline = false
  await purchaseRelayed(early, options)
  assert.deepEqual([asked.signatures, await held()], [2, 1n])
})

test('a relayed purchase that reverts is refused as such, and is not paid a second time while its payment is good', async () => {
  const { asked, wallet, held } = await newcomer()
  const signed = await list()
  const { testClient } = world
  let isFirst = true
  const late = marketWhere(async (answer, again) => {
    if (!isFirst) return answer
    isFirst = false
    // Sent, and withdrawn by its seller before it is mined.
    const { transaction } = (await answer.json()) as { transaction: Hex } // Safety: the edge's own tests hold its shape.
    await testClient.dropTransaction({ hash: transaction })
    await testClient.setAutomine(true)
    const nonces = [signed.listing.nonce]
    await cancelOrders(market, { wallet: world.walletOf(people.holder), nonces })
    return again()
  })
  const options = { wallet, ...signed, maxCostAtomic: PRICE_ATOMIC }
  await testClient.setAutomine(false)
  await assert.rejects(purchaseRelayed(late, options), refusedAs('order_cancelled'))
  const count = await relayedSoFar()
  await assert.rejects(purchaseRelayed(late, options), refusedAs('order_cancelled'))
  assert.deepEqual([asked.signatures, await held(), await relayedSoFar()], [1, 0n, count])
})
