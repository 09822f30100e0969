/** Publishing, finding, opening and re-sealing over a real ledger, real key nodes and the real edge. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { MEDIA_TYPES } from '@grimoire/schema/manifest'
import { CHEAP_NONCES } from '@grimoire/schema/order'
import type { PlainPart } from '@grimoire/seal/parts'
import { acceptOffer } from './accept-offer.ts'
import { buyListing } from './buy-listing.ts'
import { buyWork } from './buy-work.ts'
import { findHoldings } from './find-holdings.ts'
import { findListings } from './find-listings.ts'
import { findOffers, postOffer } from './find-offers.ts'
import { findOperators } from './find-operators.ts'
import { findWorks } from './find-works.ts'
import { joinOperator, TERMS } from './fixture.ts'
import { promptParts, type SmallMarket, startMarket, words } from './fixture-market.ts'
import { refusedAs } from './fixture-refusal.ts'
import { listEdition } from './list-edition.ts'
import { makeOffer } from './make-offer.ts'
import { openCopy, readOpened } from './open-copy.ts'
import { publishVersion, resealWork } from './publish-version.ts'
import { createWork, prepareWork, publishWork, uploadSealed } from './publish-work.ts'
import { readManifest, readWork } from './read-work.ts'
import type { Wallet } from './wallet.ts'

const BASE = { name: 'random', sha256: 'ab'.repeat(32) }
const OPENABLE = { ...TERMS, kind: 'prompt', disclosure: 'openable' } as const

let world: SmallMarket
before(async () => {
  world = await startMarket()
})
after(() => world?.stop())

const publish = (wallet: Wallet, title: string) =>
  publishWork(world.market, { wallet, words: words(BASE, title), terms: OPENABLE, parts: promptParts() })

test('a published work is found by its words, and everything that is shown is what the chain and its hash say', async () => {
  const creator = await world.person(0n)
  const work = await publish(creator, 'The lighthouse of Mora')
  const { works } = await findWorks(world.market, { query: 'lighthouse' })
  assert.deepEqual(
    works.map(found => [found.workId, found.title]),
    [[work.workId, 'The lighthouse of Mora']],
  )
  const read = await readWork(world.market, { workId: work.workId })
  assert.equal(read.contentHash, work.contentHash)
  assert.deepEqual(read.manifest, work.manifest)
  assert.equal(read.creator, creator.account.address)
  assert.equal(read.minted, 0)
})

test('publishing that fails at the mint is finished later without sealing anew, under the id that was sealed', async () => {
  const creator = await world.person(0n)
  const options = { wallet: creator, words: words(BASE), terms: OPENABLE, parts: promptParts() }
  const prepared = await prepareWork(world.market, options)
  await uploadSealed(world.market, prepared)
  await assert.rejects(readWork(world.market, { workId: prepared.workId }), refusedAs('work_unknown'))
  await uploadSealed(world.market, prepared)
  await createWork(world.market, options, prepared)
  assert.equal((await readManifest(world.market, prepared)).title, 'The red tower')
})

test('an opened copy shows its holder the text as it was written, and a second opening burns nothing', async () => {
  const [creator, holder] = [await world.person(0n), await world.person()]
  const { workId } = await publish(creator, 'A prompt to open')
  await assert.rejects(openCopy(world.market, { wallet: holder, workId }), refusedAs('not_holder'))
  await buyWork(world.market, { wallet: holder, workId, maxCostAtomic: 5_000_000n })
  const blocks = setInterval(() => void world.testClient.mine({ blocks: 1 }), 400)
  const opened = await openCopy(world.market, { wallet: holder, workId })
  clearInterval(blocks)
  assert.equal(opened.text, new TextDecoder().decode(promptParts()[0]?.bytes))
  assert.ok(opened.transaction)
  const again = await openCopy(world.market, { wallet: holder, workId })
  assert.equal(again.transaction, null)
  assert.equal(again.text, opened.text)
  const { holdings } = await findHoldings(world.market, { holder: holder.account.address })
  assert.deepEqual(holdings, [{ workId, editions: 0n, openedCopies: 1n }])
})

test('a sealed work cannot be opened by its holder, and the creator still reads it', async () => {
  const [creator, holder] = [await world.person(0n), await world.person()]
  const options = { wallet: creator, words: words(BASE), terms: TERMS, parts: promptParts() }
  const { workId } = await publishWork(world.market, options)
  await buyWork(world.market, { wallet: holder, workId, maxCostAtomic: 5_000_000n })
  await assert.rejects(openCopy(world.market, { wallet: holder, workId }), refusedAs('not_openable'))
  await world.testClient.mine({ blocks: 1 })
  const { parts } = await readOpened(world.market, { wallet: creator, workId })
  assert.deepEqual(parts[0]?.bytes, promptParts()[0]?.bytes)
})

test('a version and a new seal are published by the creator alone, and every version stays readable', async () => {
  const [creator, stranger] = [await world.person(0n), await world.person(0n)]
  const first = await publish(creator, 'Of many versions')
  const { workId } = first
  await assert.rejects(
    publishVersion(world.market, { wallet: stranger, workId, parts: promptParts() }),
    refusedAs('not_creator'),
  )
  const parts = promptParts('---\nmodel: demo\n---\nA second text.')
  const second = await publishVersion(world.market, {
    wallet: creator,
    workId,
    parts,
    words: { title: 'Better' },
  })
  const third = await resealWork(world.market, { wallet: creator, recovery: second.recovery })
  assert.deepEqual(third.manifest.parts, second.manifest.parts)
  assert.deepEqual([second.version, third.version], [2, 3])
  await world.testClient.mine({ blocks: 1 })
  const read = async (version: number) =>
    (await readOpened(world.market, { wallet: creator, workId, version })).text
  assert.match(await read(1), /red tower/)
  assert.match(await read(3), /second text/)
})

test('knowledge files are sealed behind the card, read back by whoever may, and each version has its own', async () => {
  const creator = await world.person(0n)
  const parts = promptParts()
  const one = [
    { name: 'menu.md', text: '# Menu\n\nPlum cake.\n' },
    { name: 'prices.csv', text: 'thing,coins\ncake,19\n' },
  ]
  const other = [{ name: 'menu.md', text: 'Closed for the winter.\n' }]
  const work = { wallet: creator, words: words(BASE), terms: TERMS, parts, knowledge: one }
  const { workId, manifest } = await publishWork(world.market, work)
  assert.deepEqual(manifest.parts.map(({ role, name }) => `${role} ${name}`).slice(1), [
    'knowledge knowledge-1',
    'knowledge knowledge-2',
  ])
  assert.ok(!/menu|prices/.test(JSON.stringify(manifest)), 'their names are sealed too')
  await publishVersion(world.market, { wallet: creator, workId, parts, knowledge: other })
  await world.testClient.mine({ blocks: 1 })
  const read = async (version: number) =>
    (await readOpened(world.market, { wallet: creator, workId, version })).knowledge
  assert.deepEqual([await read(1), await read(2)], [one, other])
})

test('a knowledge file that was sealed broken, or is nowhere, is named with its reason, and costs nothing but itself', async () => {
  const { market, testClient } = world
  const [creator, holder] = [await world.person(0n), await world.person()]
  const file = (name: string, text: string): PlainPart => ({
    ...{ role: 'knowledge', name, mediaType: MEDIA_TYPES.knowledge },
    bytes: new TextEncoder().encode(text),
  })
  const [sound, broken, lost] = [
    file('knowledge-1', 'menu.md\nPlum cake.\n'),
    file('knowledge-2', 'a picture.png\nnot one of those'),
    file('knowledge-3', 'lost.md\nNobody has it.\n'),
  ]
  const parts = [...promptParts(), sound, broken, lost]
  const options = { wallet: creator, words: words(BASE, 'Of broken files'), terms: OPENABLE, parts }
  const prepared = await prepareWork(market, options)
  const { workId } = prepared
  prepared.blobs.delete(prepared.manifest.parts.at(-1)?.sha256 ?? '')
  await uploadSealed(market, prepared)
  await createWork(market, options, prepared)
  await buyWork(market, { wallet: holder, workId, maxCostAtomic: 5_000_000n })
  const blocks = setInterval(() => void testClient.mine({ blocks: 1 }), 400)
  const opened = await openCopy(market, { wallet: holder, workId }).finally(() => clearInterval(blocks))
  assert.equal(opened.text, new TextDecoder().decode(parts[0]?.bytes))
  assert.deepEqual(opened.knowledge, [{ name: 'menu.md', text: 'Plum cake.\n' }])
  const why = opened.unread.map(({ part, problem }) => [part, problem.code])
  assert.deepEqual(why, [
    ['knowledge-2', 'knowledge_invalid'],
    ['knowledge-3', 'part_missing'],
  ])
})

test('a listing goes over the edge to a buyer, and is gone once it is bought', async () => {
  const [creator, seller, buyer] = [await world.person(0n), await world.person(), await world.person()]
  const { workId } = await publish(creator, 'For resale')
  await buyWork(world.market, { wallet: seller, workId, maxCostAtomic: 5_000_000n })
  const { listing } = await listEdition(world.market, { wallet: seller, workId, priceAtomic: 6_000_000n })
  assert.ok(BigInt(listing.nonce) < BigInt(CHEAP_NONCES), `nonce ${listing.nonce} is dear`)
  const [offer, ...rest] = await findListings(world.market, { workId })
  assert.ok(offer)
  assert.equal(rest.length, 0)
  await buyListing(world.market, { wallet: buyer, ...offer, maxCostAtomic: 6_000_000n })
  assert.deepEqual(await findListings(world.market, { workId }), [])
})

test('an offer goes over the edge to a holder, the best first, and is gone once it is accepted', async () => {
  const [creator, holder, buyer] = [await world.person(0n), await world.person(), await world.person()]
  const { market } = world
  const { workId } = await publish(creator, 'Wanted')
  await buyWork(market, { wallet: holder, workId, maxCostAtomic: 5_000_000n })
  await postOffer(market, await makeOffer(market, { wallet: buyer, workId, priceAtomic: 5_500_000n }))
  await postOffer(market, await makeOffer(market, { wallet: buyer, workId, priceAtomic: 6_500_000n }))
  const found = await findOffers(market, { workId })
  assert.deepEqual(
    found.map(({ offer }) => offer.priceAtomic),
    ['6500000', '5500000'],
  )
  const [best] = found
  assert.ok(best)
  await acceptOffer(market, { wallet: holder, ...best })
  const left = await findOffers(market, { workId })
  assert.deepEqual(
    left.map(({ offer }) => offer.priceAtomic),
    ['5500000'],
  )
})

test('the operators of a work are those whom it admits and whose bond stands', async () => {
  const creator = await world.person(0n)
  const [one, two] = [await joinOperator(world), await joinOperator(world)]
  const options = { wallet: creator, words: words(BASE), terms: TERMS, parts: promptParts() }
  const { workId } = await publishWork(world.market, { ...options, admitted: [two.operator] })
  const all = await findOperators(world.market)
  assert.deepEqual(all.map(({ operator }) => operator).sort(), [one.operator, two.operator].sort())
  const serving = await findOperators(world.market, { workId })
  assert.deepEqual(
    serving.map(({ operator }) => operator),
    [two.operator],
  )
})
