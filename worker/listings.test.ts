/** Listings: the edge takes what the ledger would take now, shows only what can be bought, and says why it refuses. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { worksAbi } from '@grimoire/contracts/generated/works'
import { listingRow, listingsPage } from '@grimoire/schema/catalogue'
import { type Listing, listingToChain, type SignedListing } from '@grimoire/schema/listing'
import { type Offer, offerToChain, offerTypedData } from '@grimoire/schema/offer'
import { type Hex, parseSignature, serializeCompactSignature, signatureToCompactSignature } from 'viem'
import {
  indexNow,
  json,
  ledgerOf,
  type Person,
  people,
  person,
  post,
  startWorld,
  type World,
} from './fixture.ts'
import { namesAddress } from './fixture-lookup.ts'
import { buyEditions, chainSeconds, draftListing, fund, publishWork, signListing } from './seed.ts'

const { creator, holder, stranger } = people
let world: World
let workId = ''
let call: ReturnType<typeof ledgerOf>
let nonce = 0

before(async () => {
  world = await startWorld()
  call = ledgerOf(world)
  workId = (await publishWork(world, { salt: 'listed', title: 'For sale' })).workId
  await buyEditions(world, holder, workId, 3)
  await indexNow(world.edge)
})
after(() => world.stop())

const draft = (change: Partial<Listing> = {}): Promise<Listing> =>
  draftListing(world, { seller: holder.address, workId, nonce: String(nonce++), ...change })
/** A purchase of one edition. */
const purchase = ({ listing, signature }: SignedListing, recipient: Person) => [
  listingToChain(listing),
  recipient.address,
  1n,
  signature,
]
const gift = (from: Person, to: Person, quantity = 1n) => [
  from.address,
  to.address,
  BigInt(workId),
  quantity,
  '0x',
]
const send = async (signed: unknown) => json(world.edge, '/v1/listings', post(signed))
const shown = async (query = `workId=${workId}`) => {
  const { body } = await json(world.edge, `/v1/listings?${query}`)
  return listingsPage.parse(body).listings
}

async function offer(change: Partial<Listing> = {}, seller = holder) {
  const signed = await signListing(world, seller, await draft(change))
  const { status, body } = await send(signed)
  return { status, body, signed }
}

async function refused(change: Partial<Listing>, code: string, seller = holder) {
  const { status, body } = await offer(change, seller)
  assert.equal(body.code, code, JSON.stringify(body))
  assert.equal(status, body.status)
  assert.ok(body.mend)
  return body
}

describe('posting', () => {
  test('a listing is shown with the digest that the ledger computes, and posting it again changes nothing', async () => {
    const { status, body, signed } = await offer()
    assert.equal(status, 200, JSON.stringify(body))
    const row = listingRow.parse(body)
    const digest = await world.publicClient.readContract({
      address: world.addresses.works,
      abi: worksAbi,
      functionName: 'listingDigest',
      args: [listingToChain(signed.listing)],
    })
    assert.equal(row.digest, digest)
    assert.equal((await send(signed)).status, 200)
    assert.deepEqual(
      (await shown()).map(listing => listing.digest),
      [digest],
    )
  })

  test('a signature of 64 bytes is as good as one of 65', async () => {
    const signed = await signListing(world, holder, await draft())
    const compact = serializeCompactSignature(signatureToCompactSignature(parseSignature(signed.signature)))
    assert.equal(compact.length, 130)
    assert.equal((await send({ ...signed, signature: compact })).status, 200)
  })

  test("another's signature, a changed price and a signature for another chain are refused", async () => {
    const listing = await draft()
    const byStranger = await signListing(world, stranger, listing)
    const signed = await signListing(world, holder, listing)
    const elsewhere = await signListing(
      { ...world, addresses: { ...world.addresses, chainId: 1 } },
      holder,
      listing,
    )
    const cheaper = { ...signed, listing: { ...listing, priceAtomic: '1' } }
    for (const attempt of [
      byStranger,
      elsewhere,
      cheaper,
      { listing, signature: '0x' },
      { listing, signature: `0x${'00'.repeat(65)}` },
    ]) {
      const { status, body } = await send(attempt)
      assert.deepEqual([status, body.code], [403, 'order_signature_invalid'], JSON.stringify(body))
    }
  })

  test('an account with code signs by ERC-1271, and still by its own key', async () => {
    const account = person(6)
    await buyEditions(world, account, workId)
    const setCode = (bytecode: Hex) => world.testClient.setCode({ address: account.address, bytecode })
    const listing = await draft({ seller: account.address })
    const byKey = await signListing(world, account, listing)
    const byCode = { listing, signature: '0xc0de' }
    await setCode('0x5f5ffd') // reverts whatever it is asked
    assert.equal((await send(byCode)).body.code, 'order_signature_invalid')
    assert.equal((await send(byKey)).status, 200)
    await setCode('0x631626ba7e60e01b5f5260205ff3') // answers ERC-1271's yes to everything
    const other = { ...listing, nonce: String(nonce++) }
    assert.equal((await send({ ...byCode, listing: other })).status, 200)
  })

  test('an account whose code names an address is no signer, and nothing of the edge calls that address', async () => {
    const asked: string[] = []
    const listener = createServer((request, response) => {
      asked.push(request.url ?? '')
      response.writeHead(404).end()
    })
    listener.listen(0, '127.0.0.1')
    await once(listener, 'listening')
    const { port } = listener.address() as AddressInfo // Safety: it listens on a port.
    const { address } = person(8)
    const bytecode = namesAddress(address, `http://127.0.0.1:${port}/inside`)
    await world.testClient.setCode({ address, bytecode })
    const listing = await draft({ seller: address })
    assert.equal((await send({ listing, signature: '0xc0de' })).body.code, 'order_signature_invalid')
    assert.deepEqual(asked, [])
    await assert.rejects(world.publicClient.call({ to: address, data: '0x01' }))
    assert.deepEqual(asked, ['/inside'], 'a client that trusts contracts does call it')
    listener.close()
  })

  test('a seller who holds none is refused; more than is held is shown as what is held, for parts can be bought', async () => {
    await refused({ seller: stranger.address }, 'listing_not_held', stranger)
    const { status, body } = await offer({ quantity: 4 })
    assert.deepEqual([status, body.leftQuantity], [200, 3], JSON.stringify(body))
  })

  test('another counter than the seller’s is refused, as the ledger would', async () => {
    await refused({ counter: '1' }, 'order_cancelled')
  })

  test('a seller who asks for more than royalty and fee leave is refused, and to the last unit taken', async () => {
    // Of 7,000,000: a tenth to the creator, 250 bps to the protocol.
    await refused({ minProceedsAtomic: '6125001' }, 'proceeds_too_low')
    await refused({ minProceedsAtomic: '7000001' }, 'request_invalid')
    assert.equal((await offer({ minProceedsAtomic: '6125000' })).status, 200)
  })

  test('an end in the past, and one more than 30 days ahead, are refused', async () => {
    const now = await chainSeconds(world)
    await refused({ expiresAtSeconds: now - 1 }, 'order_expired')
    await refused({ expiresAtSeconds: now + 30 * 86_400 + 60 }, 'order_expired')
  })

  test('a cancelled nonce is refused, also high in a word', async () => {
    for (const spent of ['127', '128', '255', '256', String(2n ** 256n - 1n)]) {
      await call(holder, 'works', 'cancel', [[BigInt(spent)]])
      await refused({ nonce: spent }, 'order_cancelled')
    }
  })

  test('a work that the ledger does not know is refused', async () => {
    await refused({ workId: '42' }, 'work_unknown')
  })

  test('numbers beyond what is kept exactly, and unknown fields, are refused by name', async () => {
    const big = await refused({ priceAtomic: '9007199254740992' }, 'request_invalid')
    assert.equal(big.error.param, 'listing.priceAtomic')
    const listing = await draft({ nonce: String(2n ** 256n) })
    const { body } = await send({ listing, signature: `0x${'01'.repeat(65)}` })
    assert.deepEqual([body.code, body.error.param], ['request_invalid', 'listing.nonce'])
    const signed = await signListing(world, holder, await draft())
    const extra = await send({ ...signed, listing: { ...signed.listing, admin: true } })
    assert.deepEqual([extra.status, extra.body.code], [400, 'request_invalid'])
  })

  test('broken JSON, a wrong type and a huge body are refused as such', async () => {
    for (const body of ['{', '', 'null', '[]', '{"listing":{}}']) {
      const answer = await json(world.edge, '/v1/listings', post(body))
      assert.deepEqual([answer.status, answer.body.code], [400, 'request_invalid'], body)
    }
    const text = await json(world.edge, '/v1/listings', {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'text/plain' },
    })
    assert.deepEqual([text.status, text.body.code], [415, 'media_type_unsupported'])
    const huge = await json(world.edge, '/v1/listings', post({ signature: `0x${'00'.repeat(40_000)}` }))
    assert.deepEqual([huge.status, huge.body.code], [413, 'body_too_large'])
  })
})

describe('standing', () => {
  test('the cheapest comes first, and the work shows it as its floor', async () => {
    await offer({ priceAtomic: '3000001', quantity: 3 })
    const prices = (await shown()).map(({ listing }) => Number(listing.priceAtomic))
    assert.deepEqual(
      prices,
      prices.toSorted((a, b) => a - b),
    )
    const { body } = await json(world.edge, `/v1/works/${workId}`)
    assert.equal(body.floorPriceAtomic, '3000001')
    assert.equal(body.liveListings, prices.length)
  })

  test('what is sold is gone, and what its seller can no longer fill goes with it', async () => {
    const { signed } = await offer({ priceAtomic: '6000000' })
    const before = await shown()
    await fund(world, stranger)
    await call(stranger, 'works', 'buy', purchase(signed, stranger))
    await indexNow(world.edge)
    const left = await shown()
    assert.ok(before.some(({ listing }) => listing.nonce === signed.listing.nonce))
    assert.ok(!left.some(({ listing }) => listing.nonce === signed.listing.nonce))
    assert.ok(left.length > 0)
    assert.ok(
      left.every(({ leftQuantity }) => leftQuantity <= 2),
      'the holder has 2 left',
    )
    const { body } = await json(world.edge, `/v1/trades?workId=${workId}`)
    assert.deepEqual(
      [body.trades[0].kind, body.trades[0].costAtomic, body.trades[0].royaltyAtomic],
      ['sale', '6000000', '600000'],
    )
  })

  test('a listing that is bought in part shows what is left, and is gone when nothing is', async () => {
    const { signed } = await offer({ priceAtomic: '5500000', quantity: 2 })
    const left = async () =>
      (await shown()).find(({ listing }) => listing.nonce === signed.listing.nonce)?.leftQuantity
    assert.equal(await left(), 2)
    await call(stranger, 'works', 'buy', purchase(signed, holder))
    await indexNow(world.edge)
    assert.equal(await left(), 1)
    assert.equal((await send(signed)).body.leftQuantity, 1)
    assert.ok(
      (await shown()).some(({ listing, leftQuantity }) => listing.quantity > 1 && leftQuantity === 2),
      'other listings of the same seller have what they had',
    )
    // The same nonce under another price is another order: the ledger binds what is left to the first.
    const other = await offer({ ...signed.listing, priceAtomic: '5400000' })
    assert.ok(!(await shown()).some(({ digest }) => digest === other.body.digest))
    await call(stranger, 'works', 'buy', purchase(signed, holder))
    await indexNow(world.edge)
    assert.equal(await left(), undefined)
    assert.equal((await send(signed)).body.code, 'order_cancelled')
  })

  test('an accepted offer is a trade, and ends the listing that has its maker’s nonce', async () => {
    const value: Offer = {
      buyer: stranger.address,
      workId,
      quantity: 1,
      priceAtomic: '4000000',
      nonce: '99',
      counter: '0',
      expiresAtSeconds: (await chainSeconds(world)) + 3_600,
    }
    const { signed } = await offer({ seller: stranger.address, nonce: '99', quantity: 1 }, stranger)
    const stands = async () => (await shown()).some(({ listing }) => listing.seller === stranger.address)
    assert.equal(await stands(), true)
    const { chainId, works } = world.addresses
    const signature = await stranger.signTypedData(offerTypedData(value, chainId, works))
    await call(holder, 'works', 'acceptOffer', [offerToChain(value), signature, 1n, 0n])
    await call(stranger, 'works', 'safeTransferFrom', [...gift(stranger, holder)])
    await indexNow(world.edge)
    assert.equal(await stands(), false)
    assert.equal((await send(signed)).body.code, 'order_cancelled')
    const [trade] = (await json(world.edge, `/v1/trades?workId=${workId}`)).body.trades
    assert.deepEqual(
      [trade.kind, trade.seller, trade.recipient, trade.costAtomic, trade.royaltyAtomic, trade.feeAtomic],
      ['offer', holder.address, stranger.address, '4000000', '400000', '100000'],
    )
  })

  test('what is cancelled is gone, one and many', async () => {
    const one = await offer({ nonce: '600' })
    const many = await offer({ nonce: '767' })
    const cheap = await offer({ nonce: '101' })
    const nonces = async () => (await shown(`seller=${holder.address}`)).map(({ listing }) => listing.nonce)
    assert.ok((await nonces()).includes('600') && (await nonces()).includes('767'))
    await call(holder, 'works', 'cancel', [[600n]])
    await indexNow(world.edge)
    assert.ok(!(await nonces()).includes('600') && (await nonces()).includes('767'))
    await call(holder, 'works', 'cancel', [[767n, 101n]])
    await indexNow(world.edge)
    assert.ok(!(await nonces()).includes('767') && !(await nonces()).includes('101'))
    assert.deepEqual([one.status, many.status, cheap.status], [200, 200, 200])
  })

  test('what has expired by the clock of the chain is gone', async () => {
    const { signed } = await offer({ nonce: '900', expiresAtSeconds: (await chainSeconds(world)) + 30 })
    const listed = async () => (await shown()).some(({ listing }) => listing.nonce === signed.listing.nonce)
    assert.equal(await listed(), true)
    await world.testClient.increaseTime({ seconds: 31 })
    await world.testClient.mine({ blocks: 1 })
    await indexNow(world.edge)
    assert.equal(await listed(), false)
  })

  test('a fee that leaves the seller less than asked takes the listing off, and only that', async () => {
    const expiresAtSeconds = (await chainSeconds(world)) + 10 * 86_400
    const strict = await offer({ nonce: '910', minProceedsAtomic: '6125000', expiresAtSeconds })
    const easy = await offer({ nonce: '911', expiresAtSeconds })
    const listed = async () => (await shown()).map(({ digest }) => digest)
    assert.ok((await listed()).includes(strict.body.digest))
    await call(people.deployer, 'policy', 'announceFee', [300])
    await world.testClient.increaseTime({ seconds: 48 * 3_600 })
    await call(stranger, 'works', 'adoptFee', [[BigInt(workId)]])
    await indexNow(world.edge)
    assert.ok(!(await listed()).includes(strict.body.digest))
    assert.ok((await listed()).includes(easy.body.digest))
    await refused({ nonce: '913', minProceedsAtomic: '6125000' }, 'proceeds_too_low')
  })

  test('a seller who cancels all has nothing left, and begins anew with the new counter', async () => {
    assert.ok((await shown(`seller=${holder.address}`)).length > 0)
    await call(holder, 'works', 'cancelAll', [])
    await indexNow(world.edge)
    assert.deepEqual(await shown(`seller=${holder.address}`), [])
    await refused({}, 'order_cancelled')
    const counter = await world.publicClient.readContract({
      ...{ address: world.addresses.works, abi: worksAbi, functionName: 'counterOf' },
      args: [holder.address],
    })
    const { status, signed } = await offer({ nonce: '600', counter: String(counter) })
    assert.equal(status, 200)
    assert.deepEqual(
      (await shown(`seller=${holder.address}`)).map(({ listing }) => listing.nonce),
      [signed.listing.nonce],
    )
  })

  test('a gift of the editions empties the listings of its giver', async () => {
    const args = [holder.address, creator.address, BigInt(workId), 2n, '0x']
    await call(holder, 'works', 'safeTransferFrom', args)
    await indexNow(world.edge)
    assert.deepEqual(await shown(`seller=${holder.address}`), [])
    const { body } = await json(world.edge, `/v1/holdings?workId=${workId}`)
    const held = (who: string) =>
      body.holdings.find((row: { holder: string }) => row.holder === who)?.editions ?? 0
    assert.deepEqual(
      [creator, stranger, holder].map(({ address }) => held(address)),
      [2, 1, 0],
    )
  })
})
