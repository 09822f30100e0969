/** Purchases of an account with code, whose bundler sends another transaction than the one that was asked for: each is paid once. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sameAddress } from '@grimoire/schema/hex'
import { findSince } from './block-ranges.ts'
import { buyWork } from './buy-work.ts'
import { createBareWork, startWorld, type World } from './fixture.ts'
import { bundlingWallet } from './fixture-bundling.ts'
import { refusedAs } from './fixture-refusal.ts'
import { afterRestart, dyingAt, killed } from './fixture-restart.ts'
import { editionsOf } from './ledger-work.ts'
import { moneyOf } from './money.ts'
import { purchaseFate } from './purchase-fate.ts'
import { memoryPurchases, type PurchaseStore, purchasesOf } from './purchase-kept.ts'

let world: World
before(async () => {
  world = await startWorld()
})
after(() => world?.stop())

const PRICE_ATOMIC = 5_000_000n

async function stage(editionCap = 9) {
  const [creator, bundler, buyer] = [await world.person(0n), await world.person(0n), await world.person()]
  const workId = await createBareWork(world, creator, { terms: { editionCap } })
  const { addresses, url: rpcUrl } = world
  const { multicall3 } = addresses
  const accounts = { account: buyer.account, bundler: bundler.account }
  const bundling = await bundlingWallet({ rpcUrl, multicall3, ...accounts })
  const { wallet } = bundling
  const holder = wallet.account.address
  const market = world.market()
  const before = await moneyOf(market, holder)
  const store = memoryPurchases()
  const options = { wallet, workId, maxCostAtomic: PRICE_ATOMIC, store, payBy: 'allowance' } as const
  /** Editions held, money spent, and purchases that the wallet was asked for. */
  const sums = async () => [
    await editionsOf(market, { workId, holder }),
    before - (await moneyOf(market, holder)),
    bundling.asked.filter(to => sameAddress(to, addresses.works)).length,
  ]
  const kept = async (of: PurchaseStore) => {
    const [first] = await purchasesOf(market, { store: of, buyer: holder })
    return first ?? assert.fail('nothing is kept')
  }
  return { ...bundling, market, store, options, sums, kept, workId }
}

/** The program dies once it has written what the wallet called the transaction. */
function dyingKept(store: PurchaseStore): PurchaseStore {
  return {
    ...store,
    set: async (key, text) => {
      await store.set(key, text)
      if ('transaction' in JSON.parse(text)) throw killed()
    },
  }
}

test('one that was sent and not heard of is found by its sale after a reload, and not asked for again', async () => {
  const { market, store, options, sums } = await stage()
  await assert.rejects(buyWork(market, { ...options, wallet: dyingAt(options.wallet, 'after', 2) }), /killed/)
  await buyWork(market, { ...options, store: await afterRestart(store) })
  assert.deepEqual(await sums(), [1n, PRICE_ATOMIC, 1])
  // What is asked for after that is another purchase.
  await buyWork(market, options)
  await buyWork(market, options)
  assert.deepEqual(await sums(), [2n, 2n * PRICE_ATOMIC, 2])
})

test('one that its bundler has in hand under a name of its own is waited for, and not asked for again', async () => {
  const { market, store, options, sums, kept, mood, place } = await stage()
  mood.holds = market.addresses.works
  await assert.rejects(buyWork(market, { ...options, store: dyingKept(store) }), /killed/)
  const left = await afterRestart(store)
  assert.deepEqual(await purchaseFate(market, { kept: await kept(left) }), { is: 'pending', hash: null })
  const again = buyWork(market, { ...options, store: left })
  await place()
  const { transaction } = await again
  assert.equal((await kept(left)).transaction, transaction.hash)
  assert.deepEqual(await sums(), [1n, PRICE_ATOMIC, 1])
})

test('a bundle that passes while the purchase in it is refused is a refusal, and no purchase', async () => {
  const { market, options, sums, mood, workId, wallet } = await stage(1)
  const rival = await world.person()
  mood.mayFail = true
  const late = {
    ...wallet,
    sendTransaction: async (request: Parameters<typeof wallet.sendTransaction>[0]) => {
      if (request.to === market.addresses.works)
        await buyWork(market, { wallet: rival, workId, maxCostAtomic: PRICE_ATOMIC })
      return wallet.sendTransaction(request)
    },
  } as typeof wallet // Safety: the wallet with one of its methods around itself.
  await assert.rejects(buyWork(market, { ...options, wallet: late }), refusedAs('sold_out'))
  assert.deepEqual(await sums(), [0n, 0n, 1])
})

test('an old purchase is looked for in ranges that endpoints answer, the oldest first, and no further than it is found', async () => {
  const { market, options, store, kept } = await stage()
  const { publicClient } = market
  const sinceBlock = await publicClient.getBlockNumber({ cacheTime: 0 })
  await world.testClient.mine({ blocks: 12 })
  const asked: string[] = []
  const looked = (found: bigint | null) =>
    findSince(
      market,
      sinceBlock,
      async ({ fromBlock, toBlock }) => {
        asked.push(`${fromBlock - sinceBlock}-${toBlock - sinceBlock}`)
        return found !== null && fromBlock <= found && found <= toBlock ? 'found' : null
      },
      5n,
    )
  assert.deepEqual([await looked(sinceBlock + 7n), asked], ['found', ['0-4', '5-9']])
  asked.length = 0
  assert.deepEqual([await looked(null), asked], [null, ['0-4', '5-9', '10-12']])

  await assert.rejects(buyWork(market, { ...options, wallet: dyingAt(options.wallet, 'after', 2) }), /killed/)
  const spans: bigint[] = []
  const getContractEvents: typeof publicClient.getContractEvents = about => {
    const { fromBlock, toBlock } = about
    assert.ok(typeof fromBlock === 'bigint' && typeof toBlock === 'bigint', 'a question without an end')
    spans.push(toBlock - fromBlock + 1n)
    return publicClient.getContractEvents(about)
  }
  const watched = { ...market, publicClient: { ...publicClient, getContractEvents } }
  assert.equal((await purchaseFate(watched, { kept: await kept(store) })).is, 'bought')
  assert.ok(spans.length === 1 && spans.every(span => span <= 9_000n), String(spans))
})
