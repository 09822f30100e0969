/** What an edge tells of a work's past is held against the events themselves: what is so is proven, what is not is a lie. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { installSettlement } from '@grimoire/contracts/deploy'
import type { ActivityRow, OwnOrders } from '@grimoire/schema/activity'
import { hashToBytes32 } from '@grimoire/schema/hex'
import { ledgerOf, people, startWorld, type World } from '@grimoire/worker/fixture'
import { buyEditions, publishWork } from '@grimoire/worker/seed'
import { acceptOffer } from './accept-offer.ts'
import { holderActivity, workActivity } from './activity.ts'
import { deedsOf, type LedgerEvent } from './activity-facts.ts'
import { cancelOrders } from './cancel-orders.ts'
import { nudgeEdge } from './edge.ts'
import { postOffer } from './find-offers.ts'
import { refusedAs } from './fixture-refusal.ts'
import { giftEdition } from './gift-edition.ts'
import { listEdition } from './list-edition.ts'
import { makeOffer } from './make-offer.ts'
import { createMarket, type Market } from './market.ts'
import { allow } from './money.ts'
import { findOwnOrders } from './own-orders.ts'

const { creator, holder, stranger, operator } = people
let world: World
let market: Market
let workId = ''
let other = ''

before(async () => {
  world = await startWorld()
  market = marketVia(fetch)
  workId = (await publishWork(world, { salt: 'told' })).workId
  await buyEditions(world, holder, workId, 4)
  await installSettlement({ ...world, walletClient: world.walletOf(people.deployer) })
  other = (await publishWork(world, { salt: 'else', terms: { disclosure: 'openable' } })).workId
  await buyEditions(world, stranger, other, 1)
  const send = ledgerOf(world)
  await send(creator, 'works', 'publishVersion', [BigInt(other), hashToBytes32('ab'.repeat(32))])
  await send(stranger, 'works', 'openCopy', [BigInt(other)])
  await nudgeEdge(market)
  const signed = await offer(4_000_000n)
  await acceptOffer(market, { ...signed, wallet: world.walletOf(holder) })
  await giftEdition(market, { wallet: world.walletOf(holder), workId, to: operator.address })
  await listEdition(market, { wallet: world.walletOf(holder), workId, priceAtomic: 9_000_000n })
})
after(() => world.stop())

const marketVia = (fetch: Market['fetch']) => {
  const { addresses, publicClient, edge } = world
  return createMarket({ addresses, publicClient, edgeUrl: edge.url, fetch })
}
async function offer(priceAtomic: bigint) {
  const wallet = world.walletOf(stranger)
  await allow(market, { wallet, spender: market.addresses.works, amountAtomic: 50_000_000n })
  const signed = await makeOffer(market, { wallet, workId, priceAtomic, payBy: 'allowance' })
  await postOffer(market, signed)
  return signed
}

/** An edge that changes each row of an activity. */
const lying = (change: (row: ActivityRow) => Partial<ActivityRow>) =>
  telling(rows => rows.map(row => ({ ...row, ...change(row) })))
const telling = (change: (rows: ActivityRow[]) => ActivityRow[]) =>
  marketVia(async (input, init) => {
    const answer = await fetch(input, init)
    if (!String(input).includes('/activity')) return answer
    const page = (await answer.json()) as { activity: ActivityRow[] } // Safety: the edge's own answer.
    return Response.json({ ...page, activity: change(page.activity) })
  })

test('each row that the ledger tells is proven by its transaction; orders that were only posted are not', async () => {
  const { activity } = await workActivity(market, { workId })
  const told = activity.map(({ kind, isProven, transaction }) => [kind, isProven, transaction !== null])
  assert.deepEqual(
    told.filter(([, isProven]) => isProven),
    ['given', 'accepted', 'minted', 'made'].map(kind => [kind, true, true]),
  )
  assert.deepEqual(
    told.filter(([, isProven]) => !isProven).toSorted(),
    ['listed', 'offered'].map(kind => [kind, false, false]),
  )
  const own = await holderActivity(market, { holder: operator.address })
  assert.deepEqual(
    own.activity.map(row => [row.kind, row.isProven]),
    [['given', true]],
  )
})

test('pages go on where the last one ended', async () => {
  const whole = await workActivity(market, { workId })
  const first = await workActivity(market, { workId, limit: 2 })
  assert.ok(first.nextCursor)
  const second = await workActivity(market, { workId, cursor: first.nextCursor })
  assert.deepEqual([...first.activity, ...second.activity], whole.activity)
})

test('an edge that tells another price, person, kind, block or work is caught', async () => {
  const forKind = (kind: ActivityRow['kind'], change: Partial<ActivityRow>) => (row: ActivityRow) =>
    row.kind === kind ? change : {}
  for (const change of [
    forKind('minted', { costAtomic: '1' }),
    forKind('minted', { to: stranger.address }),
    forKind('accepted', { royaltyAtomic: '0' }),
    forKind('accepted', { kind: 'sold' }),
    forKind('accepted', { kind: 'given' }),
    forKind('given', { quantity: 2 }),
    forKind('given', { from: stranger.address }),
    forKind('given', { blockNumber: 1 }),
    forKind('made', { from: stranger.address }),
    forKind('minted', { transaction: null }),
    () => ({ workId: '77' }),
  ])
    await assert.rejects(workActivity(lying(change), { workId }), refusedAs('edge_lied'))
  const elsewhere = lying(row => ({ from: row.from && stranger.address, to: row.to && stranger.address }))
  await assert.rejects(holderActivity(elsewhere, { holder: operator.address }), refusedAs('edge_lied'))
})

test('no field that is shown goes unchecked, and no event proves two rows', async () => {
  const { activity } = await workActivity(market, { workId: other })
  assert.deepEqual(
    activity.map(({ kind, isProven }) => [kind, isProven]),
    ['opened', 'published', 'minted', 'made'].map(kind => [kind, true]),
  )
  const lies: [ActivityRow['kind'], Partial<ActivityRow>][] = [
    ['opened', { quantity: 3 }],
    ['published', { from: stranger.address }],
    ['minted', { from: stranger.address }],
    ['minted', { priceAtomic: '1' }],
    ...activity.map(({ kind }): [typeof kind, Partial<ActivityRow>] => [kind, { atSeconds: 1 }]),
  ]
  for (const [kind, change] of lies) {
    const liar = lying(row => (row.kind === kind ? change : {}))
    await assert.rejects(workActivity(liar, { workId: other }), refusedAs('edge_lied'), kind)
  }
  for (const { kind } of activity) {
    const twice = telling(rows => rows.flatMap(row => (row.kind === kind ? [row, row] : [row])))
    await assert.rejects(workActivity(twice, { workId: other }), refusedAs('edge_lied'), kind)
  }
})

test('what stands in a block that the endpoint has not seen yet is not proven, and no lie', async () => {
  const ahead = lying(({ kind }) => (kind === 'made' ? { blockNumber: 9_000_000 } : {}))
  const { activity } = await workActivity(ahead, { workId: other })
  assert.deepEqual(
    activity.map(({ kind, isProven }) => [kind, isProven]),
    [
      ['opened', true],
      ['published', true],
      ['minted', true],
      ['made', false],
    ],
  )
})

test('a sale takes its own delivery out of what was given, and no more', () => {
  const [seller, buyer] = [holder.address, stranger.address]
  const sums = { quantity: 1n, costAtomic: 5n, royaltyAtomic: 1n, feeAtomic: 0n, nonce: 1n }
  const sold = { eventName: 'OfferAccepted', args: { workId: 7n, seller, buyer, ...sums } }
  const moved = (to: string) => ({
    ...{ eventName: 'TransferSingle', args: { operator: seller, from: seller, to, id: 7n, amount: 1n } },
  })
  const events = [sold, moved(buyer), moved(operator.address), moved(buyer)] as unknown as LedgerEvent[] // Safety: what is read of them is there.
  assert.deepEqual(
    deedsOf(events, () => null).map(({ kind, to, quantity }) => [kind, to, quantity]),
    [
      ['accepted', buyer, 1],
      ['given', operator.address, 1],
      ['given', buyer, 1],
    ],
  )
})

test('one’s own orders are told with what became of each, by the chain where it knows better than the edge', async () => {
  const wallet = world.walletOf(stranger)
  const [kept, withdrawn] = [await offer(1_000_000n), await offer(2_000_000n)]
  await cancelOrders(
    { ...market, edgeUrl: 'http://127.0.0.1:9' },
    { wallet, nonces: [withdrawn.offer.nonce] },
  )
  const { offers, listings } = await findOwnOrders(market, { maker: stranger.address })
  const fates = offers.map(({ offer: { priceAtomic }, fate }) => [priceAtomic, fate])
  assert.deepEqual(fates.toSorted(), [
    ['1000000', 'standing'],
    ['2000000', 'withdrawn'],
    ['4000000', 'filled'],
  ])
  assert.equal(listings.length, 0)
  await cancelOrders(market, { wallet, nonces: [kept.offer.nonce] })
  const thief = marketVia(async (input, init) =>
    fetch(String(input).replace(stranger.address, holder.address), init),
  )
  await assert.rejects(findOwnOrders(thief, { maker: stranger.address }), refusedAs('edge_lied'))
})

test('a listing that may still be filled is told as the chain has it, though the edge calls it filled; a forged one is a lie', async () => {
  const walletOf = world.walletOf(operator)
  const { listing } = await listEdition(market, { wallet: walletOf, workId, priceAtomic: 8_000_000n })
  await giftEdition(market, { wallet: walletOf, workId, to: holder.address })
  const saying = (change: object) =>
    marketVia(async (input, init) => {
      const orders = (await (await fetch(input, init)).json()) as OwnOrders // Safety: the edge's own answer.
      return Response.json({ ...orders, listings: orders.listings.map(row => ({ ...row, ...change })) })
    })
  const maker = operator.address
  const { listings } = await findOwnOrders(saying({ fate: 'filled' }), { maker })
  assert.deepEqual(
    listings.map(row => [row.listing.nonce, row.fate]),
    [[listing.nonce, 'unheld']],
  )
  const forged = saying({ listing: { ...listing, priceAtomic: '1' } })
  await assert.rejects(findOwnOrders(forged, { maker }), refusedAs('edge_lied'))
})
