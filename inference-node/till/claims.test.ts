/** Claims on a real chain: what one payer spoils keeps nobody else's voucher from becoming money. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, test } from 'node:test'
import { settlementAbi } from '@grimoire/contracts/generated/settlement'
import type { Hex } from '@grimoire/schema/hex'
import { CARD, NodeWorld, type TestWork } from '../fixture.ts'
import type { Log } from '../log.ts'
import { type InferenceNode, startInferenceNode } from '../server.ts'

let world: NodeWorld
let node: InferenceNode
let work: TestWork
const lines: Parameters<Log>[0][] = []
const sleep = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))

before(async () => {
  world = await NodeWorld.start()
  work = await world.publish('chatbot', CARD)
  await world.buy('holder', work)
  const config = world.config('node', { claimEverySeconds: 1, claimMinimumAtomic: '3500' })
  node = await startInferenceNode(config, { log: line => lines.push(line) })
  assert.equal((await world.grant(node.url, 'holder', work)).status, 201)
  await node.claimNow() // From here on the clock claims only what is worth it.
})
after(async () => {
  await node?.stop()
  await world?.stop()
})

/** One turn on a channel of its own. */
async function turn() {
  const body = { model: work.model, messages: [{ role: 'user', content: 'Hello' }], max_tokens: 4 }
  const asked = await world.payer('holder').ask(node.url, body)
  const { channelId, chargedAtomic } = asked.tail?.receipt ?? {}
  assert.ok(channelId && chargedAtomic, JSON.stringify(asked.problem))
  return { channelId, chargedAtomic }
}

async function claimedOf(channelId: Hex): Promise<string> {
  const { addresses, publicClient } = world.keys
  const call = { address: addresses.settlement, abi: settlementAbi, functionName: 'channels' } as const
  return String((await publicClient.readContract({ ...call, args: [channelId] }))[1])
}

function spoil(channelId: Hex, changes: Record<string, string>): void {
  const state = new DatabaseSync(join(world.config('node').directory, 'node.sqlite'))
  const row = state.prepare('SELECT json FROM channel WHERE id = ?').get(channelId)
  const json = JSON.stringify({ ...JSON.parse(String(row?.json)), ...changes })
  state.prepare('UPDATE channel SET json = ? WHERE id = ?').run(json, channelId)
  state.close()
}

test('the clock leaves a claim that is not worth its gas, and takes it when enough is owed', async () => {
  const first = await turn()
  await sleep(2_500)
  assert.equal(await claimedOf(first.channelId), '0')
  const more = [await turn(), await turn(), await turn()]
  for (let waited = 0; (await claimedOf(first.channelId)) === '0' && waited < 40; waited++) await sleep(100)
  for (const { channelId, chargedAtomic } of [first, ...more]) {
    assert.equal(await claimedOf(channelId), chargedAtomic)
  }
})

test('a refused voucher and a channel below its debt are left out, and every other channel is claimed and collected', async () => {
  const turns = [await turn(), await turn(), await turn()]
  const [refused, empty, good] = turns
  assert.ok(refused && empty && good)
  spoil(refused.channelId, { signature: `0x${'11'.repeat(64)}1b` })
  spoil(empty.channelId, { chargedCumulativeAmount: '900000', signedMaxClaimable: '150000' })
  const claimed = await node.claimNow()
  assert.equal(await claimedOf(good.channelId), good.chargedAtomic)
  assert.deepEqual([claimed.vouchers, claimed.settled, claimed.collected], [1, 1, 1])
  assert.deepEqual([await claimedOf(refused.channelId), await claimedOf(empty.channelId)], ['0', '0'])
  const lost = lines.filter(({ event }) => event === 'voucher_lost').map(({ channelId }) => channelId)
  assert.deepEqual(new Set(lost), new Set([refused.channelId, empty.channelId]))
  const last = await turn()
  await node.claimNow()
  assert.equal(await claimedOf(last.channelId), last.chargedAtomic)
})
