/** Gasless purchases: what a buyer signed is sent by the edge, once, within its limits, on a real chain. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { createMarket } from '@grimoire/client/market'
import { purchaseRelayed } from '@grimoire/client/purchase-relayed'
import { devnetChain } from '@grimoire/contracts/devnet-chain'
import { worksAbi } from '@grimoire/contracts/generated/works'
import type { Hex } from '@grimoire/schema/hex'
import { relayAnswer, relayerAnswer, type TypedData } from '@grimoire/schema/trading'
import { createWalletClient, http, parseEther, toHex } from 'viem'
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts'
import { json, ledgerOf, type Person, people, person, post, startWorld, type World } from './fixture.ts'
import { startEdge } from './local.ts'
import { buyEditions, publishWork } from './seed.ts'

type Signer = PrivateKeyAccount | Person

const relayer = person(8)
const PRICE = '5000000'
let world: World
let workId: string
let cheap: string

before(async () => {
  const key = relayer.getHdKey().privateKey
  assert.ok(key)
  world = await startWorld({ settings: { RELAYER_KEY: toHex(key), RELAYER_PER_PAYER_PER_DAY: '2' } })
  workId = (await publishWork(world, { salt: 'sold' })).workId
  cheap = (await publishWork(world, { salt: 'cheap', terms: { priceAtomic: '99999' } })).workId
})
after(() => world.stop())

/** Has money, and not one wei for gas. */
async function newcomer(): Promise<PrivateKeyAccount> {
  const account = privateKeyToAccount(generatePrivateKey())
  await ledgerOf(world)(people.deployer, 'money', 'mint', [account.address, 100_000_000n])
  return account
}

const sign = (who: Signer, typedData: TypedData): Promise<Hex> =>
  who.signTypedData(typedData as Parameters<Signer['signTypedData']>[0]) // Safety: the edge's schema made it.

async function signed(who: Signer, wanted: object = { workId, maxCostAtomic: PRICE }, action = 'mint') {
  const { body } = await json(world.edge, `/v1/messages/${action}`, post({ payer: who.address, ...wanted }))
  assert.ok(body.typedData, JSON.stringify(body))
  const signature = await sign(who, body.typedData)
  return { action, ...wanted, authorization: { ...body.authorization, signature } }
}

const send = (body: unknown) => json(world.edge, '/v1/relays', post(body))
async function sent(body: unknown) {
  const answer = await send(body)
  assert.equal(answer.status, 200, JSON.stringify(answer.body))
  return relayAnswer.parse(answer.body)
}
const mined = (hash: Hex) => world.publicClient.waitForTransactionReceipt({ hash })
const relayedSoFar = () =>
  world.publicClient.getTransactionCount({ address: relayer.address, blockTag: 'pending' })
const editionsOf = (account: Hex) =>
  world.publicClient.readContract({
    address: world.addresses.works,
    abi: worksAbi,
    functionName: 'balanceOf',
    args: [account, BigInt(workId)],
  })

describe('a purchase that its buyer has signed', () => {
  test('is sent at the edge’s expense, and sent again it is the same transaction', async () => {
    const buyer = await newcomer()
    const body = await signed(buyer)
    const first = await sent(body)
    await mined(first.transaction)
    assert.deepEqual([first.replayed, await editionsOf(buyer.address)], [false, 1n])
    const count = await relayedSoFar()
    const again = await sent(body)
    assert.deepEqual(again, { ...first, status: 'mined', replayed: true })
    assert.deepEqual([await relayedSoFar(), await editionsOf(buyer.address)], [count, 1n])
  })

  test('is sent once, however many ask at the same time', async () => {
    const buyer = await newcomer()
    const body = await signed(buyer)
    const count = await relayedSoFar()
    const all = await Promise.all(Array.from({ length: 10 }, () => sent(body)))
    assert.equal(new Set(all.map(({ transaction }) => transaction)).size, 1)
    assert.equal(all.filter(({ replayed }) => !replayed).length, 1)
    assert.equal(await relayedSoFar(), count + 1)
  })

  test('may be of a listing, and for someone else', async () => {
    await buyEditions(world, people.holder, workId)
    const seller = people.holder
    const { body } = await json(
      world.edge,
      '/v1/messages/listing',
      post({ seller: seller.address, workId, priceAtomic: '6000000' }),
    )
    const listed = { listing: body.listing, signature: await sign(seller, body.typedData) }
    const wanted = { ...listed, maxCostAtomic: '6000000', recipient: people.stranger.address }
    const { transaction } = await sent(await signed(await newcomer(), wanted, 'buy'))
    assert.equal((await mined(transaction)).status, 'success')
    assert.equal(await editionsOf(people.stranger.address), 1n)
  })

  test('is made by the npm client too, without gas of the buyer', async () => {
    const account = await newcomer()
    const { addresses, publicClient, edge } = world
    const market = createMarket({ addresses, publicClient, edgeUrl: edge.url })
    const wallet = createWalletClient({ account, chain: devnetChain, transport: http(world.rpcUrl) })
    const bought = await purchaseRelayed(market, { wallet, workId, maxCostAtomic: 5_000_000n })
    assert.deepEqual([bought.costAtomic, await editionsOf(account.address)], [5_000_000n, 1n])
    const dear = purchaseRelayed(market, { wallet, workId, maxCostAtomic: 1n })
    await assert.rejects(dear, { code: 'price_above_ceiling' })
  })

  test('that a chain has dropped goes out again, when it is asked for again', async () => {
    const body = await signed(await newcomer())
    await world.testClient.setAutomine(false)
    const { transaction } = await sent(body)
    await world.testClient.dropTransaction({ hash: transaction })
    assert.equal((await sent(body)).status, 'sent')
    await world.testClient.mine({ blocks: 1 })
    await world.testClient.setAutomine(true)
    assert.equal((await sent(body)).status, 'mined')
  })
})

describe('nothing is sent', () => {
  const refused = async (body: unknown, code: string) => {
    const count = await relayedSoFar()
    const answer = await send(body)
    assert.deepEqual([answer.body.code, await relayedSoFar()], [code, count])
    return answer
  }

  test('beyond a payer’s share of the day, and it is said when the next begins', async () => {
    const buyer = await newcomer()
    for (let at = 0; at < 2; at++) await mined((await sent(await signed(buyer))).transaction)
    const answer = await refused(await signed(buyer), 'relayer_spent')
    assert.ok(Number(answer.headers.get('retry-after')) > 0)
    // Another payer is not held up by it.
    await sent(await signed(await newcomer()))
  })

  test('that its payer did not sign: another recipient, quantity or signer', async () => {
    const body = await signed(await newcomer())
    const other = await signed(await newcomer())
    for (const forged of [
      { ...body, recipient: people.stranger.address },
      { ...body, quantity: 2, maxCostAtomic: '10000000' },
      { ...body, authorization: { ...body.authorization, signature: other.authorization.signature } },
      { ...body, authorization: { ...body.authorization, validBeforeSeconds: 1 } },
    ])
      await refused(forged, 'authorization_invalid')
  })

  test('that is too cheap, dearer than its buyer allows, or of no work', async () => {
    const buyer = await newcomer()
    await refused(await signed(buyer, { workId: cheap, maxCostAtomic: PRICE }), 'relay_refused')
    const body = await signed(buyer)
    await refused({ ...body, maxCostAtomic: '4999999' }, 'price_above_ceiling')
    await refused({ ...body, workId: '5' }, 'work_unknown')
    await refused({ ...body, action: 'sell' }, 'request_invalid')
    await refused({ ...body, more: 1 }, 'request_invalid')
  })

  test('while gas is dear, or the relayer has no more than it keeps', async () => {
    const body = await signed(await newcomer())
    await world.testClient.setNextBlockBaseFeePerGas({ baseFeePerGas: 50_000_000_000n })
    await world.testClient.mine({ blocks: 1 })
    await refused(body, 'relayer_waits')
    await world.testClient.setNextBlockBaseFeePerGas({ baseFeePerGas: 1_000_000_000n })
    await world.testClient.mine({ blocks: 1 })
    await world.testClient.setBalance({ address: relayer.address, value: 1_000_000_000_000_000n })
    await refused(body, 'relayer_waits')
    await world.testClient.setBalance({ address: relayer.address, value: parseEther('1') })
    await sent(body)
  })

  test('by an edge that has no key for it, which says so', async () => {
    const stateFolder = join(world.edgeOptions.stateFolder, 'plain')
    const edge = await startEdge({ ...world.edgeOptions, stateFolder, settings: {} })
    try {
      const told = relayerAnswer.parse((await json(edge, '/v1/relayer')).body)
      assert.deepEqual([told.enabled, told.relayer], [false, null])
      const answer = await json(edge, '/v1/relays', post(await signed(await newcomer())))
      assert.deepEqual([answer.status, answer.body.code], [501, 'relayer_off'])
    } finally {
      await edge.stop()
    }
    const here = relayerAnswer.parse((await json(world.edge, '/v1/relayer')).body)
    assert.deepEqual([here.enabled, here.relayer, here.perPayerPerDay], [true, relayer.address, 2])
  })
})
