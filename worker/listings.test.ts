/** Listings: the edge takes what the ledger would take now, shows only what can be bought, and says why it refuses. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { worksAbi } from '@grimoire/contracts/generated/works'
import { listingRow, listingsPage } from '@grimoire/schema/catalogue'
import { type Listing, listingToChain } from '@grimoire/schema/listing'
import { type Hex, parseSignature, serializeCompactSignature, signatureToCompactSignature } from 'viem'
import { indexNow, json, ledgerOf, people, person, post, startWorld, type World } from './fixture.ts'
import { buyEditions, chainSeconds, fund, publishWork, signListing } from './seed.ts'

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

const draft = async (change: Partial<Listing> = {}): Promise<Listing> => ({
  seller: holder.address,
  workId,
  quantity: 1,
  priceAtomic: '7000000',
  nonce: String(nonce++),
  expiresAtSeconds: (await chainSeconds(world)) + 3_600,
  ...change,
})
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
      assert.deepEqual([status, body.code], [403, 'listing_signature_invalid'], JSON.stringify(body))
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
    assert.equal((await send(byCode)).body.code, 'listing_signature_invalid')
    assert.equal((await send(byKey)).status, 200)
    await setCode('0x631626ba7e60e01b5f5260205ff3') // answers ERC-1271's yes to everything
    const other = { ...listing, nonce: String(nonce++) }
    assert.equal((await send({ ...byCode, listing: other })).status, 200)
  })

  test('more than the seller holds is refused with what is held', async () => {
    const body = await refused({ quantity: 4 }, 'listing_not_held')
    assert.match(body.expected, /at most the 3 held/)
    await refused({ seller: stranger.address }, 'listing_not_held', stranger)
  })

  test('an end in the past, and one more than 30 days ahead, are refused', async () => {
    const now = await chainSeconds(world)
    await refused({ expiresAtSeconds: now - 1 }, 'listing_expired')
    await refused({ expiresAtSeconds: now + 30 * 86_400 + 60 }, 'listing_expired')
  })

  test('a cancelled nonce is refused, also high in a word', async () => {
    for (const spent of ['255', '256', String(2n ** 256n - 1n)]) {
      await call(holder, 'works', 'cancel', [BigInt(spent)])
      await refused({ nonce: spent }, 'listing_cancelled')
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
    assert.equal(text.status, 400)
    const huge = await json(world.edge, '/v1/listings', post({ signature: `0x${'00'.repeat(40_000)}` }))
    assert.deepEqual([huge.status, huge.body.code], [413, 'body_too_large'])
  })
})

describe('standing', () => {
  test('the cheapest comes first, and the work shows it as its floor', async () => {
    await offer({ priceAtomic: '9000001', quantity: 3 })
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
    const args = [listingToChain(signed.listing), signed.signature, stranger.address, 10n ** 9n]
    await call(stranger, 'works', 'buy', args)
    await indexNow(world.edge)
    const left = await shown()
    assert.ok(before.some(({ listing }) => listing.nonce === signed.listing.nonce))
    assert.ok(!left.some(({ listing }) => listing.nonce === signed.listing.nonce))
    assert.ok(!left.some(({ listing }) => listing.quantity === 3), 'the holder has 2 left')
    assert.ok(left.length > 0)
    const { body } = await json(world.edge, `/v1/trades?workId=${workId}`)
    assert.deepEqual(
      [body.trades[0].kind, body.trades[0].priceAtomic, body.trades[0].royaltyAtomic],
      ['sale', '6000000', '600000'],
    )
  })

  test('what is cancelled is gone, one and many', async () => {
    const one = await offer({ nonce: '600' })
    const many = await offer({ nonce: '767' })
    const word = 600n / 256n
    const nonces = async () => (await shown(`seller=${holder.address}`)).map(({ listing }) => listing.nonce)
    assert.ok((await nonces()).includes('600') && (await nonces()).includes('767'))
    await call(holder, 'works', 'cancel', [600n])
    await indexNow(world.edge)
    assert.ok(!(await nonces()).includes('600') && (await nonces()).includes('767'))
    await call(holder, 'works', 'cancelMany', [word, 1n << (767n % 256n)])
    await indexNow(world.edge)
    assert.ok(!(await nonces()).includes('767'))
    assert.deepEqual([one.status, many.status], [200, 200])
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
