/** An operator's life on a real ledger: join, rotate, collect, leave. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { devnetChain } from '@grimoire/contracts/devnet-chain'
import { admissionsAbi } from '@grimoire/contracts/generated/admissions'
import { operatorsAbi } from '@grimoire/contracts/generated/operators'
import { splitUsage } from '@grimoire/schema/amounts'
import { isProblem } from '@grimoire/schema/problem'
import { createWalletClient, custom, encodeFunctionData } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { creditOf, owedTo } from './credits.ts'
import { earnings } from './earnings.ts'
import { createBareWork, joinOperator, PRICES, startWorld, TERMS, type World } from './fixture.ts'
import { batchingWallet } from './fixture-batching.ts'
import { refusedAs } from './fixture-refusal.ts'
import { dyingAt } from './fixture-restart.ts'
import { splitterOf } from './ledger-work.ts'
import { allowanceOf } from './money.ts'
import { acceptWork } from './operator-accept-work.ts'
import { answerSlash } from './operator-answer-slash.ts'
import { collectRoyalties, royaltiesDue } from './operator-collect-royalties.ts'
import { readOperator } from './operator-read.ts'
import { changeOperator, registerOperator, updateOperator } from './operator-register.ts'
import { rotateSessionKey } from './operator-rotate-session-key.ts'
import { readStanding } from './operator-standing.ts'
import { addBond, beginUnbonding, cancelUnbonding, withdrawBond } from './operator-unbond.ts'
import { readServedWorks } from './operator-works.ts'
import { setAdmitted } from './set-admitted.ts'
import { randomBytes32, sendCall, type Wallet } from './wallet.ts'

let world: World
before(async () => {
  world = await startWorld()
})
after(() => world?.stop())

test('an operator joins with a bond, changes its card and key, and reads back what it set', async () => {
  const { ledger } = world
  const { wallet, operator, payment, sessionKey } = await joinOperator(world, 'http://127.0.0.1:8080')
  const record = await readOperator(ledger, { operator })
  assert.equal(record?.active, true)
  assert.equal(record?.bondAtomic, 100_000_000n)
  assert.equal(record?.sessionKey, sessionKey)
  assert.deepEqual(record?.prices, PRICES)
  const prices = { ...PRICES, turnFeeAtomic: '7' }
  await updateOperator(ledger, { wallet, endpoint: 'https://n.example', paymentKey: payment.address, prices })
  const next = randomBytes32()
  await rotateSessionKey(ledger, { wallet, sessionKey: next })
  const changed = await readOperator(ledger, { operator })
  assert.deepEqual(
    [changed?.endpoint, changed?.sessionKey, changed?.prices],
    ['https://n.example', next, prices],
  )
  assert.ok(changed)
  const wanted = { ...changed, endpoint: 'https://m.example', sessionKey: randomBytes32() }
  const sent = await changeOperator(ledger, { ...wanted, wallet, record: changed })
  const last = await readOperator(ledger, { operator })
  assert.deepEqual([sent.length, last?.endpoint, last?.sessionKey], [2, wanted.endpoint, wanted.sessionKey])
  assert.ok(last)
  assert.deepEqual(await changeOperator(ledger, { ...last, wallet, record: last }), [])
})

test('one whose wallet takes batches confirms bond and registration once; one who was cut off after the allowance only registers', async () => {
  const { ledger, addresses, url: rpcUrl } = world
  const card = { endpoint: 'http://127.0.0.1:1', prices: PRICES, bondAtomic: 100_000_000n }
  const spender = addresses.operators
  const [batcher, other] = [await world.person(), await world.person()]
  const keyOf = () => privateKeyToAccount(generatePrivateKey()).address
  const [paymentKey, otherKey] = [keyOf(), keyOf()]
  const batching = batchingWallet({ rpcUrl, account: batcher.account, multicall3: addresses.multicall3 })
  const wallet: Wallet = createWalletClient({
    ...{
      account: batcher.account.address,
      chain: devnetChain,
      transport: custom(batching, { retryCount: 0 }),
    },
  })
  batching.mood.refuses = true
  const options = { ...card, wallet, paymentKey, sessionKey: randomBytes32() }
  await assert.rejects(registerOperator(ledger, options), refusedAs('wallet_refused'))
  batching.mood.refuses = false
  const steps: string[] = []
  const { transaction } = await registerOperator(ledger, { ...options, tell: step => steps.push(step) })
  assert.deepEqual([batching.asked.length, steps], [2, ['batch', 'block']])
  const record = await readOperator(ledger, { operator: batcher.account.address })
  assert.deepEqual([record?.active, record?.bondAtomic], [true, card.bondAtomic])
  assert.equal(await allowanceOf(ledger, batcher.account.address, spender), 0n)
  assert.ok(transaction.logs.length > 0)

  const late = { ...card, wallet: dyingAt(other, 'after'), paymentKey: otherKey, sessionKey: randomBytes32() }
  await assert.rejects(registerOperator(ledger, late), /killed/)
  const { approval } = await registerOperator(ledger, { ...late, wallet: other })
  assert.equal(approval, null)
})

test('a key that another operator has, or had, is refused by name', async () => {
  const { ledger } = world
  const { sessionKey } = await joinOperator(world)
  const wallet = await world.person()
  const options = { wallet, endpoint: 'http://127.0.0.1:1', prices: PRICES, bondAtomic: 100_000_000n }
  const paymentKey = (await world.person(0n)).account.address
  await assert.rejects(registerOperator(ledger, { ...options, sessionKey, paymentKey }), (error: unknown) => {
    assert.ok(isProblem(error, 'operator_key_refused'))
    assert.match(error.message, /Operators_SessionKeyTaken/)
    return true
  })
  const spender = ledger.addresses.operators
  assert.equal(await allowanceOf(ledger, wallet.account.address, spender), 0n, 'nothing was allowed in vain')
  await assert.rejects(
    registerOperator(ledger, { ...options, endpoint: 'n.example', sessionKey: randomBytes32(), paymentKey }),
    (error: unknown) => isProblem(error, 'config_invalid'),
  )
})

test('one who unbonds is inactive at once, may come back, and cannot take the bond early', async () => {
  const { ledger } = world
  const { wallet, operator } = await joinOperator(world)
  await beginUnbonding(ledger, { wallet })
  const leaving = await readOperator(ledger, { operator })
  assert.equal(leaving?.active, false)
  assert.ok(leaving?.freeAtSeconds)
  await assert.rejects(withdrawBond(ledger, { wallet }), (error: unknown) => {
    assert.ok(isProblem(error, 'bond_locked'))
    assert.match(error.message, /Operators_BondLocked/)
    return true
  })
  await cancelUnbonding(ledger, { wallet })
  await addBond(ledger, { wallet, amountAtomic: 5n })
  const back = await readOperator(ledger, { operator })
  assert.deepEqual([back?.active, back?.bondAtomic, back?.freeAtSeconds], [true, 100_000_005n, null])
})

test('what reaches a splitter is divided as the terms say, to the last unit, and collecting again moves nothing', async () => {
  const { ledger } = world
  const { wallet, operator } = await joinOperator(world)
  const creator = await world.person(0n)
  const workId = await createBareWork(world, creator, { admitted: [operator] })
  const paid = 1_234_567n
  await world.fund(splitterOf(ledger, { workId, operator }), paid)
  assert.equal(await royaltiesDue(ledger, { workId, operator }), paid - 1n)
  const collected = await collectRoyalties(ledger, { wallet, workId, operator })
  assert.equal(collected.restingAtomic, 1n)
  assert.equal(await royaltiesDue(ledger, { workId, operator }), 0n)
  const expected = splitUsage(paid - 1n, {
    usageRoyaltyBps: TERMS.usageRoyaltyBps,
    protocolFeeBps: 250,
    parentsBps: [],
  })
  assert.equal(collected.creatorAtomic, expected.creatorAtomic)
  assert.equal(collected.operatorAtomic, expected.operatorAtomic)
  assert.equal(collected.protocolAtomic, expected.protocolAtomic)
  assert.equal(await creditOf(ledger, { account: operator }), expected.operatorAtomic)
  const owed = await owedTo(ledger, { account: creator.account.address })
  assert.deepEqual([owed.creditAtomic, owed.accruedAtomic], [0n, expected.creatorAtomic])
  const served = await earnings(ledger, { account: operator })
  assert.deepEqual(
    served.earnings.map(row => [row.kind, row.workId, row.amountAtomic]),
    [['serving', workId, expected.operatorAtomic]],
  )
  const again = await collectRoyalties(ledger, { wallet, workId, operator })
  assert.deepEqual([again.collection, again.settlement, again.amountAtomic], [null, null, 0n])
})

test('what is sent may be mined in a later second than it was tried in: leaving, staying and leaving again in one second goes through', async () => {
  const { ledger, testClient } = world
  const { wallet, operator } = await joinOperator(world)
  await testClient.setBlockTimestampInterval({ interval: 0 })
  await beginUnbonding(ledger, { wallet })
  await cancelUnbonding(ledger, { wallet })
  const late: typeof wallet = {
    ...wallet,
    sendTransaction: async request => {
      await testClient.removeBlockTimestampInterval()
      await testClient.increaseTime({ seconds: 60 })
      return wallet.sendTransaction(request)
    },
  }
  await beginUnbonding(ledger, { wallet: late })
  assert.equal((await readOperator(ledger, { operator }))?.active, false)
})

test('only a work’s creator says who may serve it', async () => {
  const { operator } = await joinOperator(world)
  const [creator, stranger] = [await world.person(0n), await world.person(0n)]
  const workId = await createBareWork(world, creator)
  const change = { workId, operator, admitted: true }
  await assert.rejects(setAdmitted(world.market(), { wallet: stranger, ...change }), (error: unknown) =>
    isProblem(error, 'not_creator'),
  )
  await setAdmitted(world.market(), { wallet: creator, ...change })
  await assert.rejects(setAdmitted(world.market(), { wallet: creator, ...change }), (error: unknown) =>
    isProblem(error, 'nothing_to_do'),
  )
})

test('a listed operator undertakes to serve a work and takes it back; nobody does it for another', async () => {
  const { ledger } = world
  const [one, two] = [await joinOperator(world), await joinOperator(world)]
  const creator = await world.person(0n)
  const workId = await createBareWork(world, creator, { admitted: [one.operator] })
  const acceptedAt = () =>
    world.publicClient.readContract({
      address: world.addresses.admissions,
      abi: admissionsAbi,
      functionName: 'acceptedAtSeconds',
      args: [BigInt(workId), one.operator],
    })
  await assert.rejects(acceptWork(ledger, { wallet: two.wallet, workId }), (error: unknown) =>
    isProblem(error, 'not_admitted'),
  )
  await assert.rejects(
    acceptWork(ledger, { wallet: two.wallet, workId, operator: one.operator }),
    (error: unknown) => isProblem(error, 'transaction_reverted') && /NotOperator/.test(error.message),
  )
  await acceptWork(ledger, { wallet: one.wallet, workId })
  assert.ok((await acceptedAt()) > 0n)
  await assert.rejects(acceptWork(ledger, { wallet: one.wallet, workId }), (error: unknown) =>
    isProblem(error, 'nothing_to_do'),
  )
  await acceptWork(ledger, { wallet: one.wallet, workId, accepted: false })
  assert.equal(await acceptedAt(), 0n)
})

test('an operator against whom a slash is announced reads when, how much and why, and may answer it once', async () => {
  const { ledger, addresses, owner } = world
  const { wallet, operator, payment } = await joinOperator(world)
  const quiet = await readStanding(ledger, { operator })
  assert.deepEqual([quiet.slash, quiet.slashedAtSeconds, quiet.paysFor], [null, null, null])
  assert.deepEqual(quiet.rules, {
    ...{ minimumBondAtomic: 100_000_000n, unbondingSeconds: 14 * 86_400, maxSlashBps: 2500 },
    ...{ slashNoticeSeconds: 5 * 86_400, slashAnswerSeconds: 3 * 86_400 },
  })
  const args = [operator, 25_000_000n, 'It recited a prompt.'] as const
  const data = encodeFunctionData({ abi: operatorsAbi, functionName: 'announceSlash', args })
  const announced = { wallet: owner, to: addresses.operators, data, what: 'announcing a slash' }
  await sendCall(ledger, announced)
  const before = await readStanding(ledger, { operator })
  assert.deepEqual(
    [before.slash?.amountAtomic, before.slash?.isAnswered, before.slash?.reason],
    [25_000_000n, false, 'It recited a prompt.'],
  )
  assert.equal((before.slash?.dueAtSeconds ?? 0) - before.nowSeconds, 5 * 86_400)
  await answerSlash(ledger, { wallet, words: 'It did not.' })
  const after = await readStanding(ledger, { operator })
  assert.equal((after.slash?.dueAtSeconds ?? 0) - (before.slash?.dueAtSeconds ?? 0), 3 * 86_400)
  await assert.rejects(answerSlash(ledger, { wallet, words: 'Again.' }), (error: unknown) =>
    isProblem(error, 'nothing_to_do'),
  )
  const key = await readStanding(ledger, { operator: payment.address })
  assert.deepEqual([key.record, key.paysFor], [null, operator])
})

test('what an operator may serve is told work by work: listed, removed and still admitted, open to anyone, or not at all', async () => {
  const { ledger } = world
  const { wallet, operator } = await joinOperator(world)
  const creator = await world.person(0n)
  const listed = await createBareWork(world, creator, { admitted: [operator] })
  const open = await createBareWork(world, creator, { terms: { admission: 'bonded' } })
  const closed = await createBareWork(world, creator)
  const removed = await createBareWork(world, creator, { admitted: [operator] })
  await acceptWork(ledger, { wallet, workId: listed })
  await setAdmitted(world.market(), { wallet: creator, workId: removed, operator, admitted: false })
  const { nowSeconds } = await readStanding(ledger, { operator })
  const workIds = [listed, open, closed, removed]
  const works = await readServedWorks(ledger, { operator, workIds, nowSeconds })
  assert.deepEqual(
    works.map(one => [one.admits, one.by, one.acceptedAtSeconds !== null, one.dueAtomic]),
    [
      [true, 'listed', true, 0n],
      [true, 'open', false, 0n],
      [false, 'open', false, 0n],
      [true, 'leaving', false, 0n],
    ],
  )
  assert.equal((works[3]?.leavesAtSeconds ?? 0) - nowSeconds, 7 * 86_400)
})
