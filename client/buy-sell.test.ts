/** Buying, selling, giving and withdrawing on a real ledger. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { worksAbi } from '@grimoire/contracts/generated/works'
import { isProblem } from '@grimoire/schema/problem'
import { mintNonce, purchaseNonce } from '@grimoire/schema/purchase'
import { type Hex, UserRejectedRequestError, zeroAddress } from 'viem'
import { buyListing } from './buy-listing.ts'
import { buyWork } from './buy-work.ts'
import { cancelOrders } from './cancel-orders.ts'
import { owedTo } from './credits.ts'
import { earnings } from './earnings.ts'
import { checkListing } from './find-listings.ts'
import { createBareWork, startWorld, type World } from './fixture.ts'
import { refusedAs, watched } from './fixture-refusal.ts'
import { giftEdition } from './gift-edition.ts'
import { editionsOf, ledgerWork } from './ledger-work.ts'
import { signListing } from './list-edition.ts'
import { allowanceOf, moneyOf } from './money.ts'
import { randomBytes32 } from './wallet.ts'
import { withdrawCredit } from './withdraw-credit.ts'

/** With its checksum. */
const ANYBODY = '0x9965507D1a55bcC2695C58ba16FB37d819B0A4dc'

let world: World
before(async () => {
  world = await startWorld()
})
after(() => world?.stop())

test('an edition is bought with one signature and one transaction, and the creator is credited all but the fee', async () => {
  const [creator, buyer] = [await world.person(0n), await world.person(5_000_000n)]
  const workId = await createBareWork(world, creator)
  const market = world.market()
  const { asked, wallet } = watched(buyer)
  const bought = await buyWork(market, { wallet, workId, maxCostAtomic: 5_000_000n })
  assert.equal(asked.signatures, 1)
  assert.equal(bought.costAtomic, 5_000_000n)
  assert.ok(bought.transaction.gasUsed > 0n)
  assert.equal(await editionsOf(market, { workId, holder: buyer.account.address }), 1n)
  assert.equal((await ledgerWork(market, workId)).minted, 1)
  const owed = await earnings(market, { account: creator.account.address })
  assert.deepEqual([owed.creditAtomic, owed.accruedAtomic, owed.owedAtomic], [0n, 4_875_000n, 4_875_000n])
  assert.deepEqual(
    owed.earnings.map(row => [row.kind, row.workId, row.amountAtomic]),
    [['sale', workId, 4_875_000n]],
  )
  const withdrawn = await withdrawCredit(market, { wallet: creator })
  assert.equal(withdrawn?.amountAtomic, 4_875_000n)
  assert.equal(await moneyOf(market, creator.account.address), 4_875_000n)
  assert.equal(await withdrawCredit(market, { wallet: creator }), null)
})

test('the nonce of a purchase, from the creator or from a listing, is the one that the ledger computes', async () => {
  const { publicClient, addresses } = world
  const works = { address: addresses.works, abi: worksAbi } as const
  const [salt, digest, recipient] = [randomBytes32(), randomBytes32(), world.addresses.money]
  const ofMint = await publicClient.readContract({
    ...works,
    functionName: 'mintNonce',
    args: [77n, 2n, recipient, salt],
  })
  assert.equal(mintNonce('77', 2, recipient, salt), ofMint)
  const ofPurchase = await publicClient.readContract({
    ...works,
    functionName: 'purchaseNonce',
    args: [digest, 2n, recipient, salt],
  })
  assert.equal(purchaseNonce(digest, 2, recipient, salt), ofPurchase)
})

test('someone without gas buys when another sends the transaction, and nobody but the payer gets the edition', async () => {
  const [creator, buyer, relayer] = [await world.person(0n), await world.person(), await world.person(0n)]
  const workId = await createBareWork(world, creator)
  await world.testClient.setBalance({ address: buyer.account.address, value: 0n })
  await buyWork(world.market(), { wallet: buyer, workId, maxCostAtomic: 5_000_000n, sender: relayer })
  assert.equal(await editionsOf(world, { workId, holder: buyer.account.address }), 1n)
  assert.equal(await editionsOf(world, { workId, holder: relayer.account.address }), 0n)
})

for (const payBy of ['allowance', 'permit'] as const) {
  test(`a purchase by ${payBy} costs the same and leaves no allowance behind`, async () => {
    const [creator, buyer] = [await world.person(0n), await world.person(10_000_000n)]
    const workId = await createBareWork(world, creator)
    await buyWork(world.market(), { wallet: buyer, workId, quantity: 2, maxCostAtomic: 10_000_000n, payBy })
    assert.equal(await moneyOf(world, buyer.account.address), 0n)
    assert.equal(await allowanceOf(world, buyer.account.address, world.addresses.works), 0n)
    assert.equal(await editionsOf(world, { workId, holder: buyer.account.address }), 2n)
  })
}

test('an edition is bought for another, whoever pays and however', async () => {
  const [creator, buyer, friend] = [await world.person(0n), await world.person(), await world.person(0n)]
  const workId = await createBareWork(world, creator)
  const recipient = friend.account.address
  for (const payBy of ['authorization', 'permit', 'allowance'] as const) {
    await buyWork(world.market(), { wallet: buyer, workId, recipient, maxCostAtomic: 5_000_000n, payBy })
  }
  assert.equal(await editionsOf(world, { workId, holder: recipient }), 3n)
  assert.equal(await editionsOf(world, { workId, holder: buyer.account.address }), 0n)
})

test('a contract that cannot hold editions is refused as a recipient by name', async () => {
  const [creator, buyer] = [await world.person(0n), await world.person()]
  const workId = await createBareWork(world, creator)
  const recipient = world.addresses.money
  await assert.rejects(
    buyWork(world.market(), { wallet: buyer, workId, recipient, maxCostAtomic: 5_000_000n }),
    refusedAs('recipient_refused'),
  )
})

test('a price above the ceiling, a sold out work, an unknown one and an empty purse are refused before a signature', async () => {
  const [creator, buyer, poor] = [await world.person(0n), await world.person(), await world.person(1n)]
  const workId = await createBareWork(world, creator, { terms: { editionCap: 1 } })
  const market = world.market()
  const buy = (wallet: typeof buyer, id: string, maxCostAtomic = 5_000_000n) =>
    buyWork(market, { wallet, workId: id, maxCostAtomic })
  await assert.rejects(buy(buyer, workId, 4_999_999n), refusedAs('price_above_ceiling'))
  await assert.rejects(buy(poor, workId), refusedAs('funds_missing'))
  await assert.rejects(buy(buyer, '12345'), refusedAs('work_unknown'))
  await buy(buyer, workId)
  await assert.rejects(buy(buyer, workId), refusedAs('sold_out'))
})

test('a listing sells once: royalty, fee and the seller’s part add up to the price', async () => {
  const [creator, seller, buyer] = [
    await world.person(0n),
    await world.person(),
    await world.person(9_000_000n),
  ]
  const workId = await createBareWork(world, creator)
  const market = world.market()
  await buyWork(market, { wallet: seller, workId, maxCostAtomic: 5_000_000n })
  const owed = async () => (await owedTo(market, { account: creator.account.address })).owedAtomic
  const owedBefore = await owed()
  const sellerBefore = await moneyOf(market, seller.account.address)
  const signed = await signListing(market, { wallet: seller, workId, priceAtomic: 9_000_000n })
  await assert.rejects(
    buyListing(market, { wallet: buyer, ...signed, maxCostAtomic: 8_999_999n }),
    refusedAs('price_above_ceiling'),
  )
  await buyListing(market, { wallet: buyer, ...signed, maxCostAtomic: 9_000_000n })
  assert.equal(await moneyOf(market, buyer.account.address), 0n)
  assert.equal((await owed()) - owedBefore, 900_000n)
  assert.equal(
    (await moneyOf(market, seller.account.address)) - sellerBefore,
    9_000_000n - 900_000n - 225_000n,
  )
  await assert.rejects(checkListing(market, signed), refusedAs('order_cancelled'))
  const { earnings: rows } = await earnings(market, { account: creator.account.address })
  assert.deepEqual(
    rows.map(row => [row.kind, row.amountAtomic]),
    [
      ['sale', 4_875_000n],
      ['royalty', 900_000n],
    ],
  )
})

test('a listing that was cancelled, forged, outlived or given away is refused by the buyer’s own check', async () => {
  const [creator, seller, buyer] = [await world.person(0n), await world.person(), await world.person()]
  const workId = await createBareWork(world, creator)
  const market = world.market()
  await buyWork(market, { wallet: seller, workId, quantity: 2, maxCostAtomic: 10_000_000n })
  const list = () => signListing(market, { wallet: seller, workId, priceAtomic: 1_000_000n })
  const tryBuy = (signed: Awaited<ReturnType<typeof list>>) =>
    buyListing(market, { wallet: buyer, ...signed, maxCostAtomic: 1_000_000n })
  const cancelled = await list()
  await cancelOrders(market, { wallet: seller, nonces: [cancelled.listing.nonce] })
  await assert.rejects(tryBuy(cancelled), refusedAs('order_cancelled'))
  const good = await list()
  const cheaper = { ...good, listing: { ...good.listing, priceAtomic: '1' } }
  await assert.rejects(tryBuy(cheaper), refusedAs('order_signature_invalid'))
  const over = { ...good, listing: { ...good.listing, expiresAtSeconds: 1 } }
  await assert.rejects(tryBuy(over), (error: unknown) => isProblem(error))
  await giftEdition(market, { wallet: seller, workId, to: creator.account.address, quantity: 2 })
  await assert.rejects(tryBuy(good), refusedAs('listing_not_held'))
  await assert.rejects(list(), refusedAs('listing_not_held'))
})

test('editions that one does not hold cannot be given, and the refusal has its name', async () => {
  const [creator, stranger] = [await world.person(0n), await world.person(0n)]
  const workId = await createBareWork(world, creator)
  await assert.rejects(
    giftEdition(world.market(), { wallet: stranger, workId, to: creator.account.address }),
    refusedAs('not_holder'),
  )
})

test('a gift to nobody, to oneself or to a mistyped address is refused before the wallet is asked', async () => {
  const giver = await world.person()
  const { asked, wallet } = watched(giver)
  const workId = await createBareWork(world, await world.person(0n))
  const { address } = giver.account
  const other = (letter: string) => (letter > 'Z' ? letter.toUpperCase() : letter.toLowerCase())
  const mistyped: Hex = `0x${ANYBODY.slice(2).replace(/[a-z]/i, other)}`
  for (const [to, code] of [
    [zeroAddress, 'recipient_refused'],
    [address, 'request_invalid'],
    [mistyped, 'request_invalid'],
  ] as const)
    await assert.rejects(giftEdition(world.market(), { wallet, workId, to }), refusedAs(code))
  assert.equal(asked.signatures, 0)
})

test('a wallet that does not sign is named so, whether it was asked for a signature or a transaction', async () => {
  const [creator, buyer] = [await world.person(0n), await world.person()]
  const workId = await createBareWork(world, creator)
  const no = () => Promise.reject(new UserRejectedRequestError(new Error('User rejected the request.')))
  const silent = { ...buyer, signTypedData: no, sendTransaction: no } as typeof buyer
  const buy = (payBy: 'authorization' | 'allowance') =>
    buyWork(world.market(), { wallet: silent, workId, maxCostAtomic: 5_000_000n, payBy })
  await assert.rejects(buy('authorization'), refusedAs('wallet_refused'))
  await assert.rejects(buy('allowance'), refusedAs('wallet_refused'))
})
