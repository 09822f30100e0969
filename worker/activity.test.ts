/** What happened to a work and what an account did, over a real chain: each row by its event, in pages, and summed for its holder. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { installSettlement } from '@grimoire/contracts/deploy'
import { worksAbi } from '@grimoire/contracts/generated/works'
import { type ActivityRow, activityPage, holderAnswer, ownOrders } from '@grimoire/schema/activity'
import { hashToBytes32, sameAddress } from '@grimoire/schema/hex'
import { type Listing, listingToChain } from '@grimoire/schema/listing'
import { type Offer, offerToChain, offerTypedData } from '@grimoire/schema/offer'
import { parseEventLogs } from 'viem'
import { indexNow, json, ledgerOf, type Person, people, post, startWorld, type World } from './fixture.ts'
import { buyEditions, chainSeconds, draftListing, fund, publishWork, signListing } from './seed.ts'

const { creator, holder, stranger, operator } = people
let world: World
let call: ReturnType<typeof ledgerOf>
let workId = ''
let other = ''

async function list(seller: Person, nonce: number, change: Partial<Listing> = {}) {
  const given = { seller: seller.address, workId, nonce: String(nonce), ...change }
  const signed = await signListing(world, seller, await draftListing(world, given))
  const answer = await json(world.edge, '/v1/listings', post(signed))
  assert.equal(answer.status, 200, JSON.stringify(answer.body))
  return signed
}

async function offer(buyer: Person, nonce: number, change: Partial<Offer> = {}) {
  const expiresAtSeconds = (await chainSeconds(world)) + 3_600
  const terms = { quantity: 1, priceAtomic: '4000000', counter: '0', expiresAtSeconds }
  const value: Offer = { ...terms, buyer: buyer.address, workId, nonce: String(nonce), ...change }
  const typed = offerTypedData(value, world.addresses.chainId, world.addresses.works)
  const signature = await buyer.signTypedData(typed)
  const signed = { offer: value, payment: 'allowance', signature }
  const answer = await json(world.edge, '/v1/offers', post(signed))
  assert.equal(answer.status, 200, JSON.stringify(answer.body))
  return { value, signature }
}

const give = (from: Person, to: Person, ...args: unknown[]) =>
  call(from, 'works', Array.isArray(args[0]) ? 'safeBatchTransferFrom' : 'safeTransferFrom', [
    from.address,
    to.address,
    ...args,
    '0x',
  ])

before(async () => {
  world = await startWorld()
  call = ledgerOf(world)
  await installSettlement({ ...world, walletClient: world.walletOf(people.deployer) })
  const openable = { disclosure: 'openable' } as const
  workId = (await publishWork(world, { salt: 'lived', title: 'Much lived', terms: openable })).workId
  other = (await publishWork(world, { salt: 'other', title: 'Quiet' })).workId
  const id = BigInt(workId)
  await buyEditions(world, holder, workId, 6)
  await buyEditions(world, holder, other, 1)
  await fund(world, stranger)
  const { listing, signature } = await list(holder, 1, { quantity: 2 })
  await call(stranger, 'works', 'buy', [listingToChain(listing), stranger.address, 2n, signature])
  const offered = await offer(stranger, 2)
  await call(holder, 'works', 'acceptOffer', [offerToChain(offered.value), offered.signature, 1n, 0n])
  await give(holder, operator, id, 1n)
  await call(stranger, 'works', 'openCopy', [id])
  await call(creator, 'works', 'publishVersion', [id, hashToBytes32('ab'.repeat(32))])
  await list(stranger, 5)
  await list(stranger, 6)
  await offer(stranger, 7, { quantity: 3 })
  await call(stranger, 'works', 'cancel', [[6n]])
  await indexNow(world.edge)
})
after(() => world.stop())

const read = async (path: string) => {
  const { status, body } = await json(world.edge, path)
  assert.equal(status, 200, JSON.stringify(body))
  return body
}
const page = async (path: string) => activityPage.parse(await read(path))
const wholeOf = async (path: string) => (await page(path)).activity
const inWords = ({
  kind,
  from,
  to,
  quantity,
  priceAtomic,
  costAtomic,
  royaltyAtomic,
  version,
}: ActivityRow) => {
  const name = (account: string | null) =>
    Object.entries(people).find(([, { address }]) => account !== null && sameAddress(address, account))?.[0]
  return [kind, name(from), name(to), quantity, priceAtomic, costAtomic, royaltyAtomic, version]
}

/** A page after the other, as small as they may be. */
async function walked(path: string): Promise<ActivityRow[]> {
  const rows: ActivityRow[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const one = await page(`${path}?limit=1${cursor && `&cursor=${cursor}`}`)
    assert.ok(one.activity.length <= 1)
    rows.push(...one.activity)
    cursor = one.nextCursor
  }
  return rows
}

describe('what happened to a work', () => {
  const path = () => `/v1/works/${workId}/activity`

  test('is every act once, with who, how many and for how much; a sale’s own delivery is no gift', async () => {
    const rows = await wholeOf(path())
    const onChain = rows.filter(({ blockNumber }) => blockNumber !== null)
    assert.deepEqual(onChain.map(inWords), [
      ['published', 'creator', undefined, null, null, null, null, 2],
      ['opened', 'stranger', undefined, 1, null, null, null, null],
      ['given', 'holder', 'operator', 1, null, null, null, null],
      ['accepted', 'holder', 'stranger', 1, '4000000', '4000000', '400000', null],
      ['sold', 'holder', 'stranger', 2, '7000000', '14000000', '1400000', null],
      ['minted', 'creator', 'holder', 6, '5000000', '30000000', null, null],
      ['made', 'creator', undefined, null, null, null, null, null],
    ])
    const posted = rows.filter(({ blockNumber }) => blockNumber === null)
    assert.deepEqual(posted.map(inWords).toSorted(), [
      ['listed', 'holder', undefined, 2, '7000000', '14000000', null, null],
      ['listed', 'stranger', undefined, 1, '7000000', '7000000', null, null],
      ['listed', 'stranger', undefined, 1, '7000000', '7000000', null, null],
      ['offered', undefined, 'stranger', 1, '4000000', '4000000', null, null],
      ['offered', undefined, 'stranger', 3, '4000000', '12000000', null, null],
    ])
    const times = rows.map(({ atSeconds }) => atSeconds)
    assert.deepEqual(
      times,
      times.toSorted((a, b) => b - a),
    )
  })

  test('names for each the block and the transaction in which the ledger tells it', async () => {
    const EVENTS: Partial<Record<ActivityRow['kind'], string>> = {
      ...{ minted: 'Minted', sold: 'Sold', accepted: 'OfferAccepted', given: 'TransferSingle' },
      ...{ opened: 'CopyOpened', published: 'VersionPublished' },
    }
    const rows = (await wholeOf(path())).filter(({ transaction }) => transaction !== null)
    assert.equal(rows.length, 6)
    for (const { kind, transaction, blockNumber } of rows) {
      const hash = transaction ?? '0x'
      const receipt = await world.publicClient.getTransactionReceipt({ hash })
      const names = parseEventLogs({ abi: worksAbi, logs: receipt.logs }).map(({ eventName }) => eventName)
      assert.ok(
        names.some(name => name === EVENTS[kind]),
        `${kind}: ${names}`,
      )
      assert.equal(Number(receipt.blockNumber), blockNumber)
    }
  })

  test('comes in pages that hold each row once, also when the newest is posted between two of them', async () => {
    const whole = await wholeOf(path())
    assert.deepEqual(await walked(path()), whole)
    const first = await page(`${path()}?limit=4`)
    await list(stranger, 20, { priceAtomic: '7000001' })
    await give(holder, operator, BigInt(workId), 1n)
    await indexNow(world.edge)
    const second = await page(`${path()}?limit=100&cursor=${first.nextCursor}`)
    // Of one second is no order: only one that was posted in the last second shown may stand among the rest.
    const known = second.activity.filter(({ priceAtomic }) => priceAtomic !== '7000001')
    assert.deepEqual([...first.activity, ...known], whole)
    assert.equal(second.nextCursor, null)
  })

  test('several works given in one event stand with each of them, and both with who gave them', async () => {
    await give(holder, operator, [BigInt(workId), BigInt(other)], [1n, 1n])
    await indexNow(world.edge)
    for (const id of [workId, other]) {
      const rows = await wholeOf(`/v1/works/${id}/activity`)
      assert.equal(rows.filter(({ kind }) => kind === 'given').length, id === workId ? 3 : 1)
    }
    const own = `/v1/holders/${operator.address}/activity`
    const rows = await wholeOf(own)
    assert.deepEqual(
      rows.map(({ kind }) => kind),
      ['given', 'given', 'given', 'given'],
    )
    assert.deepEqual(await walked(own), rows)
  })

  test('of a work that nobody has made is refused by its id, as a malformed id and another list’s cursor are', async () => {
    const unmade = await json(world.edge, '/v1/works/77/activity?limit=5')
    assert.deepEqual([unmade.status, unmade.body.code], [404, 'work_unknown'])
    assert.match(unmade.body.detail, /77/)
    const { nextCursor } = await page(`${path()}?limit=1`)
    for (const [wrong, code] of [
      ['works/0x12/activity', 'request_invalid'],
      [`works/${workId}/activity?limit=101`, 'request_invalid'],
      [`works/${other}/activity?cursor=${nextCursor}`, 'cursor_invalid'],
      [`holders/${holder.address}/activity?cursor=${nextCursor}`, 'cursor_invalid'],
      [`works/${workId}/activity?cursor=1`, 'cursor_invalid'],
      ["works/1'%20OR%201=1/activity", 'request_invalid'],
      ['holders/0x12', 'request_invalid'],
      ["holders/0x'/orders", 'request_invalid'],
    ]) {
      const { status, body } = await json(world.edge, `/v1/${wrong}`)
      assert.deepEqual([status, body.code], [400, code], wrong)
    }
  })
})

describe('a holder', () => {
  test('is summed: what it holds, paid, was paid after royalty and fee, and offers', async () => {
    const sums = async ({ address }: Person) => holderAnswer.parse(await read(`/v1/holders/${address}`))
    const seller = await sums(holder)
    assert.deepEqual([seller.works, seller.editions, seller.openedCopies], [0, 0, 0])
    assert.deepEqual([seller.purchases, seller.spentAtomic], [2, '35000000'])
    // 10 % royalty and 2.5 % fee of 18 dollars.
    assert.deepEqual([seller.resales, seller.soldAtomic], [2, '15750000'])
    const buyer = await sums(stranger)
    assert.deepEqual([buyer.works, buyer.editions, buyer.openedCopies], [1, 2, 1])
    assert.deepEqual([buyer.purchases, buyer.spentAtomic, buyer.resales], [2, '18000000', 0])
    assert.deepEqual([buyer.listings, buyer.offers], [2, 1])
    const given = await sums(operator)
    assert.deepEqual([given.works, given.editions, given.purchases, given.spentAtomic], [2, 4, 0, '0'])
    const nobody = await sums(people.treasury)
    assert.deepEqual(
      [nobody.editions, nobody.firstSeenAtSeconds, nobody.holder],
      [0, null, people.treasury.address],
    )
  })

  test('that never held anything is an account all the same: it did nothing and ordered nothing', async () => {
    const path = `/v1/holders/${people.treasury.address}`
    assert.deepEqual(await page(`${path}/activity`), { activity: [], nextCursor: null })
    assert.deepEqual(ownOrders.parse(await read(`${path}/orders`)), { listings: [], offers: [] })
  })

  test('did what its works tell of it', async () => {
    const kinds = (await wholeOf(`/v1/holders/${stranger.address}/activity`)).map(({ kind }) => kind)
    assert.deepEqual(
      kinds.filter(kind => kind !== 'listed' && kind !== 'offered'),
      ['opened', 'accepted', 'sold'],
    )
  })

  test('sees what became of each order, and a stranger’s orders are not among them', async () => {
    const { listings, offers } = ownOrders.parse(await read(`/v1/holders/${stranger.address}/orders`))
    const fates = [
      ...listings.map(row => [row.listing.nonce, row.fate]),
      ...offers.map(row => [row.offer.nonce, row.fate]),
    ]
    assert.deepEqual(fates.toSorted(), [
      ['2', 'filled'],
      ['20', 'standing'],
      ['5', 'standing'],
      ['6', 'withdrawn'],
      ['7', 'standing'],
    ])
    const sold = ownOrders.parse(await read(`/v1/holders/${holder.address}/orders`))
    assert.deepEqual(
      sold.listings.map(({ fate }) => fate),
      ['filled'],
    )
  })

  test('whose editions are gone, whose money is gone and whose time is over is told so', async () => {
    await give(stranger, operator, BigInt(workId), 2n)
    await call(stranger, 'money', 'approve', [world.addresses.works, 0n])
    await indexNow(world.edge)
    const fates = async () => {
      const { listings, offers } = ownOrders.parse(await read(`/v1/holders/${stranger.address}/orders`))
      const find = (nonce: string) =>
        [
          ...listings.map(row => ({ ...row.listing, ...row })),
          ...offers.map(row => ({ ...row.offer, ...row })),
        ].find(row => row.nonce === nonce)?.fate
      return ['5', '7'].map(find)
    }
    assert.deepEqual(await fates(), ['unheld', 'unpaid'])
    await world.testClient.increaseTime({ seconds: 7_200 })
    await world.testClient.mine({ blocks: 1 })
    await indexNow(world.edge)
    assert.deepEqual(await fates(), ['expired', 'expired'])
  })
})
