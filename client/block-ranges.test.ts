/** What a chain remembers is read whole through an endpoint that refuses wide ranges, as public ones do. */
import assert from 'node:assert/strict'
import { after, before, type TestContext, test } from 'node:test'
import { devnetChain } from '@grimoire/contracts/devnet-chain'
import { operatorsAbi } from '@grimoire/contracts/generated/operators'
import { policyAbi } from '@grimoire/contracts/generated/policy'
import { createPublicClient, encodeFunctionData, http } from 'viem'
import { type BlockRange, readSince } from './block-ranges.ts'
import { buyWork } from './buy-work.ts'
import { worksOf } from './credits.ts'
import { earnings } from './earnings.ts'
import { economyHistory } from './economy-history.ts'
import { findHoldings } from './find-holdings.ts'
import { bodyOf, createBareWork, joinOperator, serveHttp, startWorld, type World } from './fixture.ts'
import { refusedAs } from './fixture-refusal.ts'
import { createMarket } from './market.ts'
import { registeredOperators } from './operator-peers.ts'
import { readStanding } from './operator-standing.ts'
import { sendCall } from './wallet.ts'

/** Stricter than most endpoints of public chains, for a test's chain takes its time to grow old. */
const WIDEST_BLOCKS = 150

let world: World
before(async () => {
  world = await startWorld()
})
after(() => world?.stop())

/** Three times as old as the endpoint answers for, a little at a time: a machine that has much to do takes long for many blocks. */
async function growOld() {
  for (let at = 0; at < 9; at++) await world.testClient.mine({ blocks: WIDEST_BLOCKS / 3 })
}

/** The chain's own endpoint, but for questions about too many blocks. */
async function narrowEndpoint(t: TestContext) {
  const asked = { refused: 0 }
  const served = await serveHttp(async (request, response) => {
    const body = await bodyOf(request)
    const { id, method, params } = JSON.parse(body)
    const [{ fromBlock, toBlock } = { fromBlock: '0x0', toBlock: '0x0' }] = params ?? []
    const isWide = method === 'eth_getLogs' && Number(toBlock) - Number(fromBlock) >= WIDEST_BLOCKS
    asked.refused += isWide ? 1 : 0
    const error = { code: -32_602, message: 'query exceeds max block range' }
    const headers = { 'content-type': 'application/json' }
    const answer = isWide
      ? JSON.stringify({ jsonrpc: '2.0', id, error })
      : await (await fetch(world.url, { method: 'POST', headers, body })).text()
    response.writeHead(200, headers).end(answer)
  })
  t.after(served.stop)
  const transport = http(served.url, { retryCount: 0 })
  const publicClient = createPublicClient({ chain: devnetChain, transport, cacheTime: 0, ccipRead: false })
  return { ...served, asked, market: createMarket({ addresses: world.addresses, publicClient }) }
}

test('earnings, works, holdings, operators and announcements of years are read whole where an endpoint refuses wide ranges', async t => {
  const { owner, addresses } = world
  const wide = createMarket(world)
  const [creator, buyer] = [await world.person(), await world.person()]
  const happen = async () => {
    const workId = await createBareWork(world, creator)
    await buyWork(wide, { wallet: buyer, workId, maxCostAtomic: 5_000_000n })
    const { operator } = await joinOperator(world)
    return { workId, operator }
  }
  const announce = (to: 'policy' | 'operators', data: `0x${string}`) =>
    sendCall(wide, { wallet: owner, to: addresses[to], data, what: 'announcing' })
  const early = await happen()
  await announce('policy', encodeFunctionData({ abi: policyAbi, functionName: 'announceFee', args: [400] }))
  const slash = [early.operator, 1_000_000n, 'It answered with another model.'] as const
  await announce(
    'operators',
    encodeFunctionData({ abi: operatorsAbi, functionName: 'announceSlash', args: slash }),
  )
  await growOld()
  const late = await happen()

  const narrow = await narrowEndpoint(t)
  const [account, holder] = [creator.account.address, buyer.account.address]
  const { market } = narrow
  const all = await earnings(market, { account })
  assert.deepEqual(
    all.earnings.map(({ workId, amountAtomic }) => [workId, amountAtomic]),
    [early, late].map(({ workId }) => [workId, 4_875_000n]),
  )
  assert.deepEqual(all, await earnings(wide, { account }))
  assert.deepEqual((await worksOf(market, { creator: account })).map(String), [early.workId, late.workId])
  const { holdings } = await findHoldings(market, { holder })
  assert.deepEqual(new Set(holdings.map(({ workId }) => workId)), new Set([early.workId, late.workId]))
  assert.deepEqual(await registeredOperators(market), [early.operator, late.operator])
  assert.deepEqual(
    (await economyHistory(market)).map(({ kind }) => kind),
    ['slash_announced', 'fee_announced'],
  )
  assert.equal((await readStanding(market, { operator: early.operator })).slash?.reason, slash[2])
  assert.ok(narrow.asked.refused > 0, 'nothing was asked of more blocks than the endpoint answers for')
})

test('an endpoint that answers nothing is said to be so, and no history is taken for an empty one', async t => {
  const gone = await narrowEndpoint(t)
  await gone.stop()
  await assert.rejects(economyHistory(gone.market), refusedAs('chain_unreachable'))
})

test('pieces are put together oldest first, each block once, up to the newest', async () => {
  await growOld()
  const latest = await world.publicClient.getBlockNumber()
  const asked: number[] = []
  const blocksOf = async ({ fromBlock, toBlock }: BlockRange) => {
    const blocks = Number(toBlock - fromBlock) + 1
    asked.push(blocks)
    if (blocks > WIDEST_BLOCKS) throw new Error('too wide')
    return Array.from({ length: blocks }, (_, at) => Number(fromBlock) + at)
  }
  const everyBlock = Array.from({ length: 401 }, (_, at) => Number(latest) - 400 + at)
  assert.deepEqual(await readSince(world, latest - 400n, blocksOf), everyBlock)
  // All 401, then 200 of which the third time only one is left, then as many as the endpoint answers for.
  assert.deepEqual(asked, [401, 200, 200, 1, 100, 100, 100, 100, 1])
  assert.deepEqual(await readSince(world, latest + 1n, blocksOf), [])
})
