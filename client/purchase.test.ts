/** A purchase over every interruption, on a real ledger: it goes on where it was, and is paid once. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { devnetChain } from '@grimoire/contracts/devnet-chain'
import type { Hex } from '@grimoire/schema/hex'
import { createWalletClient, custom, MethodNotFoundRpcError } from 'viem'
import type { PrivateKeyAccount } from 'viem/accounts'
import { buyWork } from './buy-work.ts'
import { createBareWork, startWorld, type World } from './fixture.ts'
import { batchingWallet } from './fixture-batching.ts'
import { refusedAs, watched } from './fixture-refusal.ts'
import { afterRestart, dyingAt } from './fixture-restart.ts'
import { editionsOf } from './ledger-work.ts'
import { moneyOf } from './money.ts'
import { planPurchase } from './plan-purchase.ts'
import { purchaseFate } from './purchase-fate.ts'
import {
  forgetPurchase,
  memoryPurchases,
  type PurchaseStore,
  purchasesOf,
  type Way,
} from './purchase-kept.ts'
import type { Wallet } from './wallet.ts'

let world: World
before(async () => {
  world = await startWorld()
})
after(() => world?.stop())

const PRICE_ATOMIC = 5_000_000n
const PATIENCE_MS = 10_000
async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS
  while (!(await holds())) {
    assert.ok(Date.now() < deadline, 'it did not come to that')
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

async function stage(priceAtomic = PRICE_ATOMIC, editionCap = 9) {
  const [creator, buyer] = [await world.person(0n), await world.person()]
  const terms = { priceAtomic: String(priceAtomic), editionCap }
  const workId = await createBareWork(world, creator, { terms })
  const market = world.market()
  const store = memoryPurchases()
  const holder = buyer.account.address
  const before = await moneyOf(market, holder)
  const sums = async () => [
    await editionsOf(market, { workId, holder }),
    before - (await moneyOf(market, holder)),
  ]
  const options = { wallet: buyer as Wallet, workId, maxCostAtomic: priceAtomic, store }
  const kept = async (of: PurchaseStore = store) =>
    (await purchasesOf(market, { store: of, buyer: holder }))[0]
  return { creator, buyer, market, store, sums, options, workId, kept }
}

for (const payBy of ['authorization', 'permit', 'allowance'] as const) {
  test(`a purchase by ${payBy} whose program died before or after it was sent is made once`, async () => {
    const { market, store, sums, options, kept } = await stage()
    // The first transaction of an allowance is the approval.
    const wallet = dyingAt(options.wallet, 'after', payBy === 'allowance' ? 2 : 1)
    await assert.rejects(buyWork(market, { ...options, payBy, wallet }), /killed/)
    assert.equal((await kept())?.transaction, undefined, 'its hash was never heard')
    const asked = watched(options.wallet)
    const again = { ...options, payBy, wallet: asked.wallet, store: await afterRestart(store) }
    const { transaction } = await buyWork(market, again)
    assert.deepEqual([asked.asked.signatures, ...(await sums())], [0, 1n, PRICE_ATOMIC])
    assert.equal((await kept(again.store))?.transaction, transaction.hash)
    assert.equal((await kept(again.store))?.isBought, true)
  })
}

test('what was signed and not sent goes on without a second signature, and after the hour only with one', async () => {
  const { market, store, sums, options, kept } = await stage()
  await assert.rejects(buyWork(market, { ...options, wallet: dyingAt(options.wallet, 'before') }), /killed/)
  const signed = await kept()
  assert.ok(signed?.authorization && !signed.transaction)
  assert.deepEqual(await purchaseFate(market, { kept: signed }), { is: 'open' })
  const { asked, wallet } = watched(options.wallet)
  await buyWork(market, { ...options, wallet, store: await afterRestart(store) })
  assert.deepEqual([asked.signatures, ...(await sums())], [0, 1n, PRICE_ATOMIC])
  // The next one is another purchase, and its signature is left lying until it is worth nothing.
  const late = { ...options, wallet: dyingAt(wallet, 'before'), store: memoryPurchases() }
  await assert.rejects(buyWork(market, late), /killed/)
  await world.testClient.increaseTime({ seconds: 3_700 })
  await world.testClient.mine({ blocks: 1 })
  const expired = await kept(late.store)
  assert.ok(expired)
  assert.deepEqual(await purchaseFate(market, { kept: expired }), { is: 'over' })
  await buyWork(market, { ...late, wallet })
  assert.deepEqual([asked.signatures, ...(await sums())], [2, 2n, 2n * PRICE_ATOMIC])
})

test('one that waits for its block is waited for by whoever comes back, and nobody sends another', async () => {
  const { market, store, sums, options, kept } = await stage()
  await world.testClient.setAutomine(false)
  try {
    const first = buyWork(market, options)
    await until(async () => (await kept())?.transaction !== undefined)
    const left = await afterRestart(store)
    const waiting = await kept(left)
    assert.ok(waiting?.transaction)
    assert.deepEqual(await purchaseFate(market, { kept: waiting }), {
      is: 'pending',
      hash: waiting.transaction,
    })
    const { asked, wallet } = watched(options.wallet)
    const second = buyWork(market, { ...options, wallet, store: left })
    await world.testClient.mine({ blocks: 1 })
    const [one, other] = await Promise.all([first, second])
    assert.equal(one.transaction.hash, other.transaction.hash)
    assert.deepEqual([asked.signatures, ...(await sums())], [0, 1n, PRICE_ATOMIC])
  } finally {
    await world.testClient.setAutomine(true)
  }
})

test('a payment that is taken while its purchase is gone on with makes way for no other payment', async () => {
  const { market, store, sums, options } = await stage()
  await world.testClient.setAutomine(false)
  try {
    await assert.rejects(buyWork(market, { ...options, wallet: dyingAt(options.wallet, 'after') }), /killed/)
    // Its transaction, of which only the wallet knows, is mined after the chain was asked for it.
    const { publicClient } = market
    const call: typeof publicClient.call = async asked => {
      await world.testClient.mine({ blocks: 1 })
      return publicClient.call(asked)
    }
    const late = { ...market, publicClient: { ...publicClient, call } }
    await assert.rejects(buyWork(late, options), refusedAs('authorization_invalid'))
  } finally {
    await world.testClient.setAutomine(true)
  }
  await buyWork(market, { ...options, store: await afterRestart(store) })
  assert.deepEqual(await sums(), [1n, PRICE_ATOMIC])
})

test('a transaction in whose place its owner sends another is a refusal, and no purchase', async () => {
  const { market, sums, options } = await stage()
  await world.testClient.setAutomine(false)
  const { address } = options.wallet.account
  try {
    const bought = assert.rejects(buyWork(market, options), refusedAs('wallet_refused'))
    await until(async () => (await world.testClient.getTxpoolStatus()).pending === 1)
    const nonce = await market.publicClient.getTransactionCount({ address })
    const fees = { maxFeePerGas: 90_000_000_000n, maxPriorityFeePerGas: 50_000_000_000n }
    const { account, chain } = options.wallet
    await options.wallet.sendTransaction({
      ...{ account, chain, nonce, ...fees, gas: 100_000n },
      ...{ to: market.addresses.works, data: '0x06fdde03' as const },
    })
    await world.testClient.mine({ blocks: 1 })
    await bought
  } finally {
    await world.testClient.setAutomine(true)
  }
  assert.deepEqual(await sums(), [0n, 0n])
})

test('one that costs nothing is made once too, by the number of its transaction', async () => {
  const { market, store, sums, options } = await stage(0n)
  await assert.rejects(buyWork(market, { ...options, wallet: dyingAt(options.wallet, 'after') }), /killed/)
  await buyWork(market, { ...options, store: await afterRestart(store) })
  assert.deepEqual(await sums(), [1n, 0n])
})

test('one that another was faster than is refused by name, costs nothing, and is not begun again by itself', async () => {
  const { market, sums, options, workId, kept } = await stage(PRICE_ATOMIC, 1)
  const rival = await world.person()
  const { asked, wallet } = watched(options.wallet)
  await world.testClient.setAutomine(false)
  // Who offers more is mined first. With its gas named, a transaction is not tried before it is sent.
  const paying = (one: Wallet, maxFeePerGas: bigint): Wallet =>
    ({
      ...one,
      sendTransaction: (request: Parameters<Wallet['sendTransaction']>[0]) =>
        one.sendTransaction({
          ...request,
          gas: 500_000n,
          maxFeePerGas,
          maxPriorityFeePerGas: 1n,
        } as typeof request),
    }) as Wallet // Safety: the wallet with one of its methods around itself.
  const hurried = paying(rival, 50_000_000_000n)
  const lost = assert.rejects(
    buyWork(market, { ...options, wallet: paying(wallet, 40_000_000_000n) }),
    refusedAs('sold_out'),
  )
  const won = buyWork(market, { wallet: hurried, workId, maxCostAtomic: PRICE_ATOMIC })
  await until(async () => {
    const { pending } = await world.testClient.getTxpoolStatus()
    return pending === 2
  })
  await world.testClient.setAutomine(true)
  await world.testClient.mine({ blocks: 1 })
  await won
  await lost
  await assert.rejects(buyWork(market, { ...options, wallet }), refusedAs('sold_out'))
  assert.deepEqual([asked.signatures, ...(await sums())], [1, 0n, 0n])
  const left = await kept()
  assert.ok(left)
  await forgetPurchase(market, { store: options.store, kept: left })
  assert.equal(await kept(), undefined)
})

test('a wallet that signs no typed data allows the payment instead', async () => {
  const { market, sums, options } = await stage()
  const sent: Hex[] = []
  const wallet = {
    ...options.wallet,
    signTypedData: () => Promise.reject(new MethodNotFoundRpcError(new Error('no such method'))),
    sendTransaction: async request => {
      const hash = await options.wallet.sendTransaction(request)
      sent.push(hash)
      return hash
    },
  } as Wallet // Safety: the wallet with two of its methods replaced.
  const steps: string[] = []
  await buyWork(market, { ...options, wallet, tell: step => steps.push(step) })
  assert.deepEqual([sent.length, ...(await sums())], [2, 1n, PRICE_ATOMIC])
  assert.deepEqual(steps, ['check', 'sign', 'allow', 'check', 'send', 'block'])
})

/** A wallet of the browser's kind, over a provider that runs batches. */
function batching(account: PrivateKeyAccount) {
  const { addresses, url } = world
  const provider = batchingWallet({ rpcUrl: url, account, multicall3: addresses.multicall3 })
  const transport = custom(provider, { retryCount: 0 })
  const wallet = createWalletClient({ account: account.address, chain: devnetChain, transport }) as Wallet
  return { provider, wallet }
}

test('a wallet that takes batches is asked once for allowance and purchase, and leaves no allowance', async () => {
  const { market, buyer, sums, options, workId } = await stage()
  const { provider, wallet } = batching(buyer.account)
  const asked = { buyer: buyer.account.address, wanted: { workId }, maxCostAtomic: PRICE_ATOMIC, wallet }
  assert.equal((await planPurchase(market, asked)).way, 'batch')
  await buyWork(market, { ...options, wallet, payBy: 'batch' })
  assert.deepEqual([provider.asked, await sums()], [['wallet_sendCalls'], [1n, PRICE_ATOMIC]])
  provider.mood.atomic = 'unsupported'
  assert.equal((await planPurchase(market, asked)).way, 'authorization')
})

test('a batch that was sent and not heard of is found again under its name, and sent once', async () => {
  const { market, buyer, store, sums, options } = await stage()
  const { provider, wallet } = batching(buyer.account)
  provider.mood.loses = true
  await assert.rejects(
    buyWork(market, { ...options, wallet, payBy: 'batch' }),
    refusedAs('chain_unreachable'),
  )
  provider.mood.loses = false
  await buyWork(market, { ...options, wallet, payBy: 'batch', store: await afterRestart(store) })
  assert.deepEqual([provider.asked, await sums()], [['wallet_sendCalls'], [1n, PRICE_ATOMIC]])
})

test('a batch is whole or not at all: where the purchase is refused, nothing is allowed either', async () => {
  const { market, buyer, sums, options, workId, kept } = await stage(PRICE_ATOMIC, 1)
  const { provider, wallet } = batching(buyer.account)
  const rival = await world.person()
  const late: Wallet = {
    ...wallet,
    sendCalls: async request => {
      await buyWork(market, { wallet: rival, workId, maxCostAtomic: PRICE_ATOMIC })
      return wallet.sendCalls(request)
    },
  }
  await assert.rejects(buyWork(market, { ...options, wallet: late, payBy: 'batch' }), refusedAs('sold_out'))
  assert.deepEqual([provider.asked.length, ...(await sums())], [1, 0n, 0n])
  const { allowanceOf } = await import('./money.ts')
  assert.equal(await allowanceOf(market, buyer.account.address, market.addresses.works), 0n)
  assert.equal((await kept())?.way, 'batch')
  // Told once more, as it stands; then it is at its end, and the ledger itself answers whoever asks again.
  const again = { ...options, wallet, payBy: 'batch' } as const
  await assert.rejects(buyWork(market, again), refusedAs('sold_out'))
  assert.equal(await kept(), undefined)
})

test('a batch that is refused in the wallet leaves nothing behind', async () => {
  const { market, buyer, options, kept } = await stage()
  const { provider, wallet } = batching(buyer.account)
  provider.mood.refuses = true
  await assert.rejects(buyWork(market, { ...options, wallet, payBy: 'batch' }), refusedAs('wallet_refused'))
  assert.equal(await kept(), undefined)
})

test('a plan says what would be refused before anything is signed, what the network takes, and who pays it', async () => {
  const { market, buyer, options, workId } = await stage(PRICE_ATOMIC, 1)
  const plan = (wallet: Pick<Wallet, 'account'>, maxCostAtomic = PRICE_ATOMIC) =>
    planPurchase(market, { buyer: wallet.account.address, wanted: { workId }, maxCostAtomic })
  const { way, costAtomic, feeWei, feePaidBy } = await plan(buyer)
  assert.deepEqual([way, costAtomic, feePaidBy], ['authorization' satisfies Way, PRICE_ATOMIC, 'buyer'])
  assert.ok(feeWei !== null && feeWei > 0n)
  await assert.rejects(plan(buyer, PRICE_ATOMIC - 1n), refusedAs('price_above_ceiling'))
  await assert.rejects(plan(await world.person(1n)), refusedAs('funds_missing'))
  const dry = await world.person()
  await world.testClient.setBalance({ address: dry.account.address, value: 0n })
  await assert.rejects(plan(dry), refusedAs('gas_missing'))
  const recipient = world.addresses.money
  const toContract = planPurchase(market, {
    ...{ buyer: buyer.account.address, wanted: { workId }, maxCostAtomic: PRICE_ATOMIC, recipient },
  })
  await assert.rejects(toContract, refusedAs('recipient_refused'))
  await buyWork(market, options)
  await assert.rejects(plan(buyer), refusedAs('sold_out'))
})
