/** A client that only signs and sends: everything else it asks of the edge, and the chain is the judge. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { moneyAbi } from '@grimoire/contracts/generated/money'
import { worksAbi } from '@grimoire/contracts/generated/works'
import type { Hex } from '@grimoire/schema/hex'
import {
  listingMessage,
  offerMessage,
  paymentMessage,
  preparedTransaction,
  type TypedData,
} from '@grimoire/schema/trading'
import { indexNow, json, ledgerOf, type Person, people, post, startWorld, type World } from './fixture.ts'
import { publishWork } from './seed.ts'

let world: World
let workId: string
let openable: string
const { holder: buyer, stranger, creator } = people

before(async () => {
  world = await startWorld()
  workId = (await publishWork(world, { salt: 'sold', terms: { editionCap: 3 } })).workId
  openable = (await publishWork(world, { salt: 'open', terms: { disclosure: 'openable', priceAtomic: '0' } }))
    .workId
  const call = ledgerOf(world)
  for (const person of [buyer, stranger]) await call(person, 'money', 'mint', [person.address, 50_000_000n])
  await indexNow(world.edge)
})
after(() => world.stop())

const ask = (path: string, body: unknown) => json(world.edge, path, post(body))

/** What the edge prepared, sent by a bare wallet, mined. */
async function act(who: Person, action: string, body: object) {
  const answer = await ask(`/v1/transactions/${action}`, { from: who.address, ...body })
  assert.equal(answer.status, 200, JSON.stringify(answer.body))
  const prepared = preparedTransaction.parse(answer.body)
  const { to, data, value, chainId } = prepared.transaction
  assert.equal(chainId, world.addresses.chainId)
  const hash = await world.walletOf(who).sendTransaction({ to, data, value: BigInt(value) })
  const receipt = await world.publicClient.waitForTransactionReceipt({ hash })
  assert.equal(receipt.status, 'success')
  await indexNow(world.edge)
  return prepared
}

/** As `eth_signTypedData_v4` would: from the JSON alone. */
const sign = (who: Person, typedData: TypedData): Promise<Hex> =>
  who.signTypedData(typedData as Parameters<Person['signTypedData']>[0]) // Safety: the schema has just passed it.

async function message<T>(schema: { parse: (body: unknown) => T }, kind: string, body: object): Promise<T> {
  const answer = await ask(`/v1/messages/${kind}`, body)
  assert.equal(answer.status, 200, JSON.stringify(answer.body))
  return schema.parse(answer.body)
}

const refusal = async (path: string, body: object) => {
  const { status, body: said } = await ask(path, body)
  return [status, said.code]
}

const editionsOf = (who: Person, id = workId) =>
  world.publicClient.readContract({
    address: world.addresses.works,
    abi: worksAbi,
    functionName: 'balanceOf',
    args: [who.address, BigInt(id)],
  })
const moneyOf = (who: Person) =>
  world.publicClient.readContract({
    address: world.addresses.money,
    abi: moneyAbi,
    functionName: 'balanceOf',
    args: [who.address],
  })

describe('a thin client', () => {
  test('buys of the creator by an allowance, when the refusal has told it what is missing', async () => {
    const wanted = { from: buyer.address, workId, quantity: 1, maxCostAtomic: '5000000' }
    assert.deepEqual(await refusal('/v1/transactions/mint', wanted), [409, 'allowance_missing'])
    await act(buyer, 'allow', { amountAtomic: '5000000' })
    const { costAtomic } = await act(buyer, 'mint', { workId, maxCostAtomic: '5000000' })
    assert.deepEqual([costAtomic, await editionsOf(buyer)], ['5000000', 1n])
  })

  test('buys by a signed payment that someone else sends', async () => {
    const asked = { payer: buyer.address, workId, maxCostAtomic: '5000000' }
    const { typedData, authorization, costAtomic } = await message(paymentMessage, 'mint', asked)
    assert.equal(costAtomic, '5000000')
    const signature = await sign(buyer, typedData)
    const paid = { workId, maxCostAtomic: '5000000', authorization: { ...authorization, signature } }
    await act(stranger, 'mint', paid)
    assert.deepEqual([await editionsOf(buyer), await editionsOf(stranger)], [2n, 0n])
    // The same payment again is worth nothing, and its refusal is the money's own.
    const again = { from: stranger.address, ...paid }
    assert.deepEqual(await refusal('/v1/transactions/mint', again), [409, 'authorization_invalid'])
  })

  test('lists, and another thin client buys the listing by a signed payment', async () => {
    const asked = { seller: buyer.address, workId, priceAtomic: '8000000' }
    const { typedData, listing } = await message(listingMessage, 'listing', asked)
    const signed = { listing, signature: await sign(buyer, typedData) }
    assert.equal((await ask('/v1/listings', signed)).status, 200)
    const [shown] = (await json(world.edge, `/v1/listings?workId=${workId}`)).body.listings
    const { listing: offered, signature } = shown
    const wanted = { listing: offered, signature, maxCostAtomic: '8000000' }
    const payment = await message(paymentMessage, 'buy', { payer: stranger.address, ...wanted })
    const authorization = { ...payment.authorization, signature: await sign(stranger, payment.typedData) }
    const before = await moneyOf(buyer)
    await act(stranger, 'buy', { ...wanted, authorization })
    assert.deepEqual([await editionsOf(stranger), await editionsOf(buyer)], [1n, 1n])
    // 10 % of royalty and 2.5 % of fee are taken.
    assert.equal((await moneyOf(buyer)) - before, 7_000_000n)
  })

  for (const payment of ['authorization', 'allowance'] as const) {
    test(`offers by ${payment}, and a holder sells to it`, async () => {
      if (payment === 'allowance') await act(stranger, 'allow', { amountAtomic: '4000000' })
      const holding = payment === 'allowance' ? creator : buyer
      const offerer = payment === 'allowance' ? stranger : creator
      if (payment === 'authorization')
        await ledgerOf(world)(creator, 'money', 'mint', [creator.address, 4_000_000n])
      const asked = { buyer: offerer.address, workId, priceAtomic: '4000000', payment }
      const { typedData, offer } = await message(offerMessage, 'offer', asked)
      const signed = { offer, payment, signature: await sign(offerer, typedData) }
      assert.equal((await ask('/v1/offers', signed)).status, 200)
      const { proceedsAtomic } = await act(holding, 'accept-offer', signed)
      assert.equal(proceedsAtomic, '3500000')
    })
  }

  test('gives away, opens a copy, takes orders back, and takes out what it is owed', async () => {
    const before = await editionsOf(stranger)
    await act(stranger, 'gift', { to: buyer.address, workId })
    assert.equal(await editionsOf(stranger), before - 1n)
    await act(buyer, 'mint', { workId: openable, maxCostAtomic: '0' })
    await act(buyer, 'open-copy', { workId: openable })
    assert.equal(await editionsOf(buyer, openable), 0n)
    await act(buyer, 'cancel', { nonces: ['5', '6'] })
    const { listing } = await message(listingMessage, 'listing', {
      seller: buyer.address,
      workId,
      priceAtomic: '1',
      nonce: '5',
    })
    assert.equal(listing.counter, '0')
    await act(buyer, 'cancel-all', {})
    const { body: now } = await ask('/v1/messages/listing', {
      seller: buyer.address,
      workId,
      priceAtomic: '1',
    })
    assert.notEqual(now.listing.counter, '0')
    const money = await moneyOf(creator)
    await act(creator, 'withdraw', { workIds: [workId] })
    assert.ok((await moneyOf(creator)) > money)
  })
})

describe('what the ledger would refuse is refused here, by the same name', () => {
  const from = people.operator.address
  const cases: [string, () => object, [number, string]][] = [
    ['transactions/mint', () => ({ from, workId: '5', maxCostAtomic: '1' }), [404, 'work_unknown']],
    [
      'transactions/mint',
      () => ({ from, workId, quantity: 9, maxCostAtomic: '90000000' }),
      [409, 'sold_out'],
    ],
    [
      'messages/mint',
      () => ({ payer: from, workId, quantity: 9, maxCostAtomic: '90000000' }),
      [409, 'sold_out'],
    ],
    ['transactions/gift', () => ({ from, to: buyer.address, workId }), [403, 'not_holder']],
    [
      'transactions/gift',
      () => ({ from: buyer.address, to: world.addresses.money, workId }),
      [403, 'recipient_refused'],
    ],
    ['transactions/open-copy', () => ({ from: buyer.address, workId }), [409, 'not_openable']],
    ['transactions/withdraw', () => ({ from }), [409, 'nothing_to_do']],
    ['messages/listing', () => ({ seller: from, workId, priceAtomic: '1' }), [403, 'not_holder']],
    [
      'messages/listing',
      () => ({ seller: buyer.address, workId, priceAtomic: '100', minProceedsAtomic: '99' }),
      [409, 'proceeds_too_low'],
    ],
    ['messages/offer', () => ({ buyer: from, workId, priceAtomic: '9000000000000' }), [402, 'funds_missing']],
    ['messages/offer', () => ({ buyer: from, workId: '5', priceAtomic: '1' }), [404, 'work_unknown']],
    ['transactions/cancel', () => ({ from, nonces: [] }), [400, 'request_invalid']],
    ['transactions/mint', () => ({ from, workId, maxCostAtomic: '1', more: 1 }), [400, 'request_invalid']],
    ['transactions/mint', () => ({ from: 'x', workId, maxCostAtomic: '-1' }), [400, 'request_invalid']],
  ]
  for (const [path, body, expected] of cases) {
    test(`${path}: ${expected[1]}`, async () => {
      const [status, code] = await refusal(`/v1/${path}`, body())
      assert.deepEqual([code, Number(status) < 500], [expected[1], true])
    })
  }

  test('a listing above the buyer’s ceiling, or that its seller did not sign, is not prepared', async () => {
    const { typedData, listing } = await message(listingMessage, 'listing', {
      seller: buyer.address,
      workId,
      priceAtomic: '6000000',
    })
    const signature = await sign(buyer, typedData)
    const wanted = { payer: stranger.address, listing, signature, maxCostAtomic: '5999999' }
    assert.equal((await refusal('/v1/messages/buy', wanted))[1], 'price_above_ceiling')
    const forged = { ...wanted, maxCostAtomic: '6000000', signature: await sign(stranger, typedData) }
    assert.equal((await refusal('/v1/messages/buy', forged))[1], 'order_signature_invalid')
    const cheaper = { ...wanted, listing: { ...listing, priceAtomic: '1', minProceedsAtomic: '0' } }
    assert.equal((await refusal('/v1/messages/buy', cheaper))[1], 'order_signature_invalid')
  })
})
