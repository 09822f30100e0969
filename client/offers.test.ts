/** Offers: one signature that a holder turns into money and the buyer into an edition; and every way in which they end. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { moneyAbi } from '@grimoire/contracts/generated/money'
import type { SignedOffer } from '@grimoire/schema/offer'
import { encodeFunctionData } from 'viem'
import { acceptOffer } from './accept-offer.ts'
import { buyWork } from './buy-work.ts'
import { cancelAllOrders, cancelOrders } from './cancel-orders.ts'
import { checkOffer } from './check-offer.ts'
import { earnings } from './earnings.ts'
import { createBareWork, startWorld, type World } from './fixture.ts'
import { refusedAs, watched } from './fixture-refusal.ts'
import { editionsOf } from './ledger-work.ts'
import { type MakeOffer, makeOffer } from './make-offer.ts'
import { allow, moneyOf } from './money.ts'
import { sendCall } from './wallet.ts'

const PRICE_ATOMIC = 4_000_000n
/** A tenth to the creator, 250 bps to the protocol. */
const PROCEEDS_ATOMIC = 3_500_000n

let world: World
before(async () => {
  world = await startWorld()
})
after(() => world?.stop())

/** A holder of three editions, and a buyer who offers. */
async function stall() {
  const [creator, holder, buyer] = [await world.person(0n), await world.person(), await world.person()]
  const market = world.market()
  const workId = await createBareWork(world, creator)
  await buyWork(market, { wallet: holder, workId, quantity: 3, maxCostAtomic: 15_000_000n })
  const offer = (more: Partial<MakeOffer> = {}) =>
    makeOffer(market, { wallet: buyer, workId, priceAtomic: PRICE_ATOMIC, ...more })
  const accept = (signed: SignedOffer, quantity?: number) =>
    acceptOffer(market, { wallet: holder, ...signed, ...(quantity === undefined ? {} : { quantity }) })
  const held = (who: typeof buyer) => editionsOf(market, { workId, holder: who.account.address })
  const money = (who: typeof buyer) => moneyOf(market, who.account.address)
  return { market, creator, holder, buyer, workId, offer, accept, held, money }
}

test('an offer is one signature and no gas; its acceptance pays the holder at once and the creator a royalty', async () => {
  const { market, creator, holder, buyer, offer, accept, held, money } = await stall()
  await world.testClient.setBalance({ address: buyer.account.address, value: 0n })
  const { asked, wallet } = watched(buyer)
  const signed = await offer({ wallet, quantity: 2 })
  assert.equal(asked.signatures, 1)
  assert.equal(await money(buyer), 1_000_000_000n, 'nothing is paid before it is accepted')
  const before = await money(holder)
  const { proceedsAtomic } = await accept(signed)
  assert.equal(proceedsAtomic, 2n * PROCEEDS_ATOMIC)
  assert.equal((await money(holder)) - before, proceedsAtomic)
  assert.equal(await money(buyer), 1_000_000_000n - 2n * PRICE_ATOMIC)
  assert.deepEqual([await held(buyer), await held(holder)], [2n, 1n])
  const { earnings: rows } = await earnings(market, { account: creator.account.address })
  assert.deepEqual([rows.at(-1)?.kind, rows.at(-1)?.amountAtomic], ['royalty', 2n * 400_000n])
  await assert.rejects(accept(signed), refusedAs('order_cancelled'))
})

test('an offer that an authorization pays is accepted whole or not at all', async () => {
  const { offer, accept } = await stall()
  await assert.rejects(accept(await offer({ quantity: 2 }), 1), refusedAs('request_invalid'))
})

test('an offer by allowance is accepted in parts, by whoever holds, up to what the buyer can pay', async () => {
  const { market, buyer, workId, offer, accept, held } = await stall()
  const other = await world.person()
  const signed = await offer({ quantity: 3, payBy: 'allowance' })
  await accept(signed, 2)
  assert.equal(await checkOffer(market, signed), 1)
  await assert.rejects(accept(signed, 2), refusedAs('order_filled'))
  await assert.rejects(
    acceptOffer(market, { wallet: other, ...signed, quantity: 1 }),
    refusedAs('not_holder'),
  )
  await accept(signed, 1)
  assert.equal(await held(buyer), 3n)
  await assert.rejects(accept(signed, 1), refusedAs('order_cancelled'))
  await allow(market, { wallet: buyer, spender: world.addresses.works, amountAtomic: PRICE_ATOMIC })
  const half = await offer({ quantity: 1, payBy: 'allowance' })
  assert.equal(await checkOffer(market, { ...half, offer: half.offer }), 1)
  assert.equal(half.offer.workId, workId)
})

test('an offer whose buyer has spent the money, or forbids the payment, is refused before anything is sent', async () => {
  const { market, holder, buyer, offer, accept } = await stall()
  const [paid, allowed] = [await offer(), await offer({ payBy: 'allowance' })]
  const spend = async (functionName: 'approve' | 'transfer', to: `0x${string}`, amount: bigint) =>
    sendCall(market, {
      wallet: buyer,
      to: world.addresses.money,
      data: encodeFunctionData({ abi: moneyAbi, functionName, args: [to, amount] }),
      what: 'spending',
    })
  await spend('approve', world.addresses.works, 0n)
  await assert.rejects(accept(allowed, 1), refusedAs('funds_missing'))
  await spend('transfer', holder.account.address, 1_000_000_000n)
  await assert.rejects(accept(paid), refusedAs('funds_missing'))
  await assert.rejects(offer(), refusedAs('funds_missing'))
})

test('an offer that was cancelled, changed by a letter, or signed by another is refused', async () => {
  const { market, buyer, holder, offer, accept } = await stall()
  const cancelled = await offer()
  await cancelOrders(market, { wallet: buyer, nonces: [cancelled.offer.nonce] })
  await assert.rejects(accept(cancelled), refusedAs('order_cancelled'))
  for (const payBy of ['authorization', 'allowance'] as const) {
    const good = await offer({ payBy })
    const dearer = { ...good, offer: { ...good.offer, priceAtomic: '5000000' } }
    await assert.rejects(accept(dearer), refusedAs('order_signature_invalid'))
    const longer = {
      ...good,
      offer: { ...good.offer, expiresAtSeconds: good.offer.expiresAtSeconds + 1 },
    }
    await assert.rejects(accept(longer), refusedAs('order_signature_invalid'))
    const posed = { ...good, offer: { ...good.offer, buyer: holder.account.address } }
    await assert.rejects(accept(posed), refusedAs('order_signature_invalid'))
    await cancelAllOrders(market, { wallet: buyer })
    await assert.rejects(accept(good), refusedAs('order_cancelled'))
  }
})

test('a holder who asks for more than an offer leaves is told, and nothing moves', async () => {
  const { market, holder, offer, held } = await stall()
  const signed = await offer()
  const minProceedsAtomic = PROCEEDS_ATOMIC + 1n
  await assert.rejects(
    acceptOffer(market, { wallet: holder, ...signed, minProceedsAtomic }),
    refusedAs('proceeds_too_low'),
  )
  assert.equal(await held(holder), 3n)
})

test('an offer ends at its last second, by the clock of the chain', async () => {
  const { offer, accept } = await stall()
  const [brief, longer] = [await offer({ lastsSeconds: 60 }), await offer({ lastsSeconds: 3_600 })]
  await world.testClient.increaseTime({ seconds: 120 })
  await world.testClient.mine({ blocks: 1 })
  await assert.rejects(accept(brief), refusedAs('order_expired'))
  await accept(longer)
})
