/** Listings bought in parts, orders taken back one, many and all, and what a seller is sure to receive: on a real ledger. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { policyAbi } from '@grimoire/contracts/generated/policy'
import { worksAbi } from '@grimoire/contracts/generated/works'
import { listingToChain } from '@grimoire/schema/listing'
import { CHEAP_NONCES } from '@grimoire/schema/order'
import { isProblem } from '@grimoire/schema/problem'
import { encodeFunctionData } from 'viem'
import { buyListing } from './buy-listing.ts'
import { buyWork } from './buy-work.ts'
import { cancelAllOrders, cancelOrders } from './cancel-orders.ts'
import { economyHistory } from './economy-history.ts'
import { checkListing } from './find-listings.ts'
import { createBareWork, startWorld, type World } from './fixture.ts'
import { refusedAs } from './fixture-refusal.ts'
import { giftEdition } from './gift-edition.ts'
import { editionsOf } from './ledger-work.ts'
import { signListing } from './list-edition.ts'
import { moneyOf } from './money.ts'
import { cheapNonce, counterOf } from './orders.ts'
import { readEconomy } from './read-economy.ts'
import { sendCall } from './wallet.ts'

const PRICE_ATOMIC = 6_000_000n

let world: World
before(async () => {
  world = await startWorld()
})
after(() => world?.stop())

/** A seller of three editions, a buyer, and how the seller lists. */
async function stall() {
  const [creator, seller, buyer] = [await world.person(0n), await world.person(), await world.person()]
  const market = world.market()
  const workId = await createBareWork(world, creator)
  await buyWork(market, { wallet: seller, workId, quantity: 3, maxCostAtomic: 15_000_000n })
  const list = (more: { quantity?: number; nonce?: bigint; minProceedsAtomic?: bigint } = {}) =>
    signListing(market, { wallet: seller, workId, priceAtomic: PRICE_ATOMIC, ...more })
  const buy = (signed: Awaited<ReturnType<typeof list>>, quantity = 1) =>
    buyListing(market, { wallet: buyer, ...signed, quantity, maxCostAtomic: PRICE_ATOMIC * BigInt(quantity) })
  return { market, creator, seller, buyer, workId, list, buy }
}

test('a listing of three is bought in parts, each for its part of the price, and not once more', async () => {
  const { market, seller, buyer, workId, list, buy } = await stall()
  const signed = await list({ quantity: 3 })
  assert.equal(await checkListing(market, signed), 3)
  const before = await moneyOf(market, seller.account.address)
  assert.equal((await buy(signed)).costAtomic, PRICE_ATOMIC)
  assert.equal(await checkListing(market, signed), 2)
  await assert.rejects(buy(signed, 3), refusedAs('order_filled'))
  assert.equal((await buy(signed, 2)).costAtomic, 2n * PRICE_ATOMIC)
  await assert.rejects(buy(signed), refusedAs('order_cancelled'))
  assert.equal(await editionsOf(market, { workId, holder: buyer.account.address }), 3n)
  // A tenth to the creator, 250 bps to the protocol, edition by edition.
  assert.equal((await moneyOf(market, seller.account.address)) - before, 3n * 5_250_000n)
})

test('what a seller gave away meanwhile is not for sale, the rest of the listing still is', async () => {
  const { market, seller, creator, workId, list, buy } = await stall()
  const signed = await list({ quantity: 3 })
  await giftEdition(market, { wallet: seller, workId, to: creator.account.address, quantity: 2 })
  assert.equal(await checkListing(market, signed), 1)
  await assert.rejects(buy(signed, 2), refusedAs('order_filled'))
  await buy(signed)
  await assert.rejects(buy(signed), refusedAs('listing_not_held'))
})

for (const payBy of ['authorization', 'permit', 'allowance'] as const) {
  test(`a listing is bought for another by ${payBy}, one signature tied to this purchase alone`, async () => {
    const { market, buyer, workId, list } = await stall()
    const friend = await world.person(0n)
    const signed = await list({ quantity: 2 })
    const recipient = friend.account.address
    const options = { wallet: buyer, ...signed, quantity: 2, recipient, payBy }
    const { costAtomic } = await buyListing(market, { ...options, maxCostAtomic: 2n * PRICE_ATOMIC })
    assert.equal(costAtomic, 2n * PRICE_ATOMIC)
    assert.equal(await editionsOf(market, { workId, holder: recipient }), 2n)
    assert.equal(await moneyOf(market, buyer.account.address), 1_000_000_000n - costAtomic)
  })
}

test('someone without gas buys from a listing when another sends the transaction', async () => {
  const { market, buyer, workId, list } = await stall()
  const relayer = await world.person(0n)
  await world.testClient.setBalance({ address: buyer.account.address, value: 0n })
  await buyListing(market, {
    ...{ wallet: buyer, ...(await list()), maxCostAtomic: PRICE_ATOMIC, sender: relayer },
  })
  assert.equal(await editionsOf(market, { workId, holder: buyer.account.address }), 1n)
})

test('cancelling many ends each of them and no other', async () => {
  const { market, seller, list, buy } = await stall()
  const [one, two, three] = [await list({ nonce: 1n }), await list({ nonce: 2n }), await list()]
  await cancelOrders(market, { wallet: seller, nonces: [one.listing.nonce, three.listing.nonce] })
  await assert.rejects(buy(one), refusedAs('order_cancelled'))
  await assert.rejects(buy(three), refusedAs('order_cancelled'))
  await buy(two)
  await assert.rejects(cancelOrders(market, { wallet: seller, nonces: [] }), refusedAs('nothing_to_do'))
})

test('cancelling all ends what was signed before, and what is signed after is good, under the same nonce', async () => {
  const { market, seller, list, buy } = await stall()
  const before = [await list({ nonce: 7n }), await list()]
  await cancelAllOrders(market, { wallet: seller })
  for (const signed of before) await assert.rejects(buy(signed), refusedAs('order_cancelled'))
  assert.ok((await counterOf(market, seller.account.address)) > 0n)
  await buy(await list({ nonce: 7n }))
})

test('the ledger itself refuses a listing of an earlier counter, whatever a client checks', async () => {
  const { market, seller, buyer, list } = await stall()
  const { listing, signature } = await list()
  await cancelAllOrders(market, { wallet: seller })
  const args = [listingToChain(listing), buyer.account.address, 1n, signature] as const
  const data = encodeFunctionData({ abi: worksAbi, functionName: 'buy', args })
  await assert.rejects(
    sendCall(market, { wallet: buyer, to: market.addresses.works, data, what: 'buying' }),
    (error: unknown) => isProblem(error, 'order_cancelled') && /Works_WrongCounter/.test(error.message),
  )
})

test('a cheap nonce is one that is neither used nor known to be taken', async () => {
  const { market, seller, list, buy } = await stall()
  const maker = seller.account.address
  const taken = new Set(Array.from({ length: CHEAP_NONCES }, (_, at) => String(at)).slice(5))
  await cancelOrders(market, { wallet: seller, nonces: [0n, 1n, 2n, 3n] })
  for (let round = 0; round < 20; round++) {
    const nonce = await cheapNonce(market, maker, taken)
    assert.ok(nonce === null || nonce === 4n, String(nonce))
  }
  await buy(await list({ nonce: 4n, quantity: 2 }))
  assert.equal(await cheapNonce(market, maker, taken), null)
})

test('a fee that rises later does not take from what a listing promised its seller', async () => {
  const { market, creator, workId, list, buy } = await stall()
  const [strict, easy] = [await list(), await list({ minProceedsAtomic: 1n })]
  const announcement = encodeFunctionData({ abi: policyAbi, functionName: 'announceFee', args: [400] })
  const { owner, testClient, addresses } = world
  await sendCall(market, {
    wallet: owner,
    to: addresses.policy,
    data: announcement,
    what: 'announcing a fee',
  })
  const announced = await readEconomy(market)
  assert.deepEqual([announced.feeBps, announced.announcedFee?.feeBps], [250, 400])
  assert.ok(announced.maxFeeBps >= 400 && announced.noticeSeconds === 48 * 3600)
  assert.equal(announced.owners.policy, owner.account.address)
  await testClient.increaseTime({ seconds: 48 * 3600 })
  await testClient.mine({ blocks: 1 })
  const held = await readEconomy(market)
  assert.deepEqual([held.feeBps, held.announcedFee], [400, null])
  const [latest] = await economyHistory(market)
  assert.ok(latest?.kind === 'fee_announced' && latest.feeBps === 400)
  assert.equal(latest.effectiveAtSeconds, announced.announcedFee?.effectiveAtSeconds)
  const data = encodeFunctionData({ abi: worksAbi, functionName: 'adoptFee', args: [[BigInt(workId)]] })
  await sendCall(market, { wallet: creator, to: addresses.works, data, what: 'adopting the fee' })
  await assert.rejects(buy(strict), refusedAs('proceeds_too_low'))
  await buy(easy)
  await assert.rejects(list({ minProceedsAtomic: 5_250_000n }), refusedAs('proceeds_too_low'))
})
