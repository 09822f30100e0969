/** Accruals, credit and their withdrawal: a creator of several works and the treasury get all of it, to the last unit. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { devnetChain } from '@grimoire/contracts/devnet-chain'
import type { Hex } from '@grimoire/schema/hex'
import { isProblem } from '@grimoire/schema/problem'
import { createWalletClient, http, parseEther } from 'viem'
import { buyListing } from './buy-listing.ts'
import { buyWork } from './buy-work.ts'
import { accruedTo, creditOf, owedTo } from './credits.ts'
import { earnings } from './earnings.ts'
import { createBareWork, joinOperator, startWorld, TREASURY, type World } from './fixture.ts'
import { splitterOf } from './ledger-work.ts'
import { signListing } from './list-edition.ts'
import { moneyOf } from './money.ts'
import { collectRoyalties } from './operator-collect-royalties.ts'
import { withdrawCredit } from './withdraw-credit.ts'

/** Where the money's own code is put while it refuses someone. */
const BODY: Hex = '0x00000000000000000000000000000000000000c0'

let world: World
before(async () => {
  world = await startWorld()
})
after(() => world?.stop())

test('a creator withdraws what all works have accrued in one transaction, to wherever they say', async () => {
  const [creator, buyer, purse] = [await world.person(0n), await world.person(), await world.person(0n)]
  const market = world.market()
  const works = [await createBareWork(world, creator), await createBareWork(world, creator)]
  const idle = await createBareWork(world, creator)
  for (const workId of works) await buyWork(market, { wallet: buyer, workId, maxCostAtomic: 5_000_000n })
  const account = creator.account.address
  const accruals = await accruedTo(market, { account })
  assert.deepEqual(
    accruals.map(row => [String(row.workId), row.amountAtomic]),
    works.map(workId => [workId, 4_875_000n]),
  )
  assert.ok(!accruals.some(({ workId }) => String(workId) === idle))
  assert.deepEqual(await owedTo(market, { account }), {
    creditAtomic: 0n,
    accruedAtomic: 9_750_000n,
    owedAtomic: 9_750_000n,
  })
  const withdrawn = await withdrawCredit(market, { wallet: creator, to: purse.account.address })
  assert.equal(withdrawn?.amountAtomic, 9_750_000n)
  assert.equal(await moneyOf(market, purse.account.address), 9_750_000n)
  assert.equal((await owedTo(market, { account })).owedAtomic, 0n)
  assert.equal((await earnings(market, { account })).totalAtomic, 9_750_000n)
  assert.equal(await withdrawCredit(market, { wallet: creator }), null)
})

test('a parent’s creator is owed its share of what its child collects, without doing anything', async () => {
  const [one, two] = [await world.person(0n), await world.person(0n)]
  const { wallet, operator } = await joinOperator(world)
  const parentId = await createBareWork(world, one)
  const workId = await createBareWork(world, two, {
    parents: [{ workId: BigInt(parentId), shareBps: 2_500 }],
  })
  await world.fund(splitterOf(world, { workId, operator }), 1_000_001n)
  await collectRoyalties(world, { wallet, workId, operator })
  const owed = (who: typeof one) => owedTo(world, { account: who.account.address })
  assert.equal((await owed(one)).accruedAtomic, 50_000n)
  assert.equal((await owed(two)).accruedAtomic, 150_000n)
  const { earnings: rows } = await earnings(world, { account: one.account.address })
  assert.deepEqual(
    rows.map(row => [row.kind, row.workId, row.amountAtomic]),
    [['parent', parentId, 50_000n]],
  )
  assert.equal((await withdrawCredit(world, { wallet: one }))?.amountAtomic, 50_000n)
})

test('the treasury gathers its part of every work; what creators are owed is untouched, and nothing is left over', async () => {
  await world.testClient.impersonateAccount({ address: TREASURY })
  await world.testClient.setBalance({ address: TREASURY, value: parseEther('1') })
  const wallet = createWalletClient({ account: TREASURY, chain: devnetChain, transport: http(world.url) })
  const { earnings: rows, totalAtomic } = await earnings(world, { account: TREASURY })
  assert.ok(rows.every(({ kind }) => kind === 'fee'))
  const withdrawn = await withdrawCredit(world, { wallet })
  assert.equal(withdrawn?.amountAtomic, totalAtomic)
  assert.equal(await moneyOf(world, TREASURY), totalAtomic)
})

/** Code that passes every call on to `body`, but for a transfer to `refused`, which it reverts. */
const refusing = (body: Hex, refused: Hex): Hex =>
  `0x60043573${refused.slice(2)}185f3560e01c63a9059cbb1817602b575f5ffd5b365f5f375f5f365f73${body.slice(2)}5af43d5f5f3e6055573d5ffd5b3d5ff3`

/** From now on the money refuses to be paid to this account. */
async function blacklist(account: Hex): Promise<void> {
  const { addresses, publicClient, testClient } = world
  const bytecode = await publicClient.getCode({ address: addresses.money })
  assert.ok(bytecode)
  await testClient.setCode({ address: BODY, bytecode })
  await testClient.setCode({ address: addresses.money, bytecode: refusing(BODY, account) })
}

test('proceeds that the money refuses are credited to their seller, who sees where they came from', async () => {
  const [creator, seller, buyer] = [await world.person(0n), await world.person(), await world.person()]
  const purse = await world.person(0n)
  const market = world.market()
  const workId = await createBareWork(world, creator)
  await buyWork(market, { wallet: seller, workId, maxCostAtomic: 5_000_000n })
  const signed = await signListing(market, { wallet: seller, workId, priceAtomic: 9_000_000n })
  const account = seller.account.address
  await blacklist(account)
  await buyListing(market, { wallet: buyer, ...signed, maxCostAtomic: 9_000_000n })
  assert.equal(await creditOf(market, { account }), 7_875_000n)
  const { earnings: rows } = await earnings(market, { account })
  assert.deepEqual(
    rows.map(row => [row.kind, row.workId, row.amountAtomic]),
    [['proceeds', workId, 7_875_000n]],
  )
  await assert.rejects(withdrawCredit(market, { wallet: seller }), (error: unknown) => isProblem(error))
  assert.equal(await creditOf(market, { account }), 7_875_000n)
  await withdrawCredit(market, { wallet: seller, to: purse.account.address })
  assert.equal(await moneyOf(market, purse.account.address), 7_875_000n)
})
