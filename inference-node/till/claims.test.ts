/** Claims on a real chain: what one payer spoils keeps nobody else's voucher from becoming money. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, test } from 'node:test'
import { settlementAbi } from '@grimoire/contracts/generated/settlement'
import { startService } from '@grimoire/devnet/process'
import type { Hex } from '@grimoire/schema/hex'
import { createTestClient, http } from 'viem'
import { CARD, NodeWorld, type TestWork } from '../fixture.ts'
import { JournalReader } from '../journal-reader.ts'
import { type Log, logNothing } from '../log.ts'
import { type InferenceNode, startInferenceNode } from '../server.ts'
import { startLine } from './trial/line.ts'

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

const question = () => ({
  model: work.model,
  messages: [{ role: 'user', content: 'Hello' }],
  max_tokens: 4,
})

/** One turn on a channel of its own. */
async function turn(url = node.url, onPiece?: () => void) {
  const asked = await world.payer('holder').ask(url, question(), onPiece ? { onPiece } : {})
  const { channelId, chargedAtomic } = asked.tail?.receipt ?? {}
  assert.ok(channelId && chargedAtomic, JSON.stringify(asked.problem))
  return { channelId, chargedAtomic }
}

async function claimedOf(channelId: Hex): Promise<string> {
  return String((await world.channel(channelId)).claimedAtomic)
}

function spoil(channelId: Hex, changes: Record<string, string>): void {
  const state = new DatabaseSync(join(world.config('node').directory, 'node.sqlite'))
  const row = state.prepare('SELECT json FROM channel WHERE id = ?').get(channelId)
  const json = JSON.stringify({ ...JSON.parse(String(row?.json)), ...changes })
  state.prepare('UPDATE channel SET json = ? WHERE id = ?').run(json, channelId)
  state.close()
}

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let waited = 0; waited < 600; waited++) {
    if (await holds()) return
    await sleep(50)
  }
  throw new Error(`it never came to this: ${what}`)
}

test('the clock leaves a claim that is not worth its gas, and takes it when enough is owed', async () => {
  const first = await turn()
  await sleep(2_500) // Rounds in which nothing may happen: a slow machine has fewer of them, and fails nothing.
  assert.equal(await claimedOf(first.channelId), '0')
  const more = [await turn(), await turn(), await turn()]
  await until('claimed', async () => (await claimedOf(first.channelId)) === first.chargedAtomic)
  await node.claimNow() // Whatever came after that claim, and is not worth one of its own.
  for (const { channelId, chargedAtomic } of more) assert.equal(await claimedOf(channelId), chargedAtomic)
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

const chainControl = () => createTestClient({ mode: 'anvil', transport: http(world.keys.rpcUrl) })

/** What the journal says of the claims of one channel's node, in their order. */
function claimStates(name = 'node'): string[] {
  const reader = JournalReader.open(world.config(name).directory)
  const states = reader.claims().flatMap(({ kind, state }) => (kind === 'claim' ? [state] : []))
  reader.close()
  return states
}

test('a claim that was mined and vanishes from the chain is noticed by the clock and made again', async () => {
  const { channelId, chargedAtomic } = await turn()
  const snapshot = await chainControl().snapshot()
  await node.claimNow()
  assert.equal(await claimedOf(channelId), chargedAtomic)
  assert.equal(claimStates().at(-1), 'mined')
  await chainControl().revert({ id: snapshot })
  assert.equal(await claimedOf(channelId), '0')
  await until('claimed again', async () => (await claimedOf(channelId)) === chargedAtomic)
  await until('noted', () => claimStates().at(-1) === 'mined')
  assert.equal(claimStates().at(-2), 'gone')
})

test('a node that cannot reach the chain keeps what it is owed, and claims it by itself when the chain is back', async () => {
  const line = await startLine(world.keys.rpcUrl)
  const changes = { rpcUrl: line.url, claimEverySeconds: 1, claimMinimumAtomic: '1' }
  const far = await startInferenceNode(world.config('far', changes), { log: row => lines.push(row) })
  try {
    assert.equal((await world.grant(far.url, 'holder', work)).status, 201)
    await far.claimNow()
    lines.length = 0
    const { channelId, chargedAtomic } = await turn(far.url, () => line.cut())
    await until('the clock has tried', () => lines.some(({ event }) => event === 'claim_failed'))
    assert.equal(await claimedOf(channelId), '0')
    line.mend()
    await until('claimed', async () => (await claimedOf(channelId)) === chargedAtomic)
  } finally {
    await far.stop()
    await line.stop()
  }
})

test('a node that dies between sending a claim and noting that it was mined claims nothing twice', async () => {
  const configFile = world.configFile('dies', { claimEverySeconds: 1, claimMinimumAtomic: '1000000' })
  const command = {
    name: 'the node',
    program: process.execPath,
    args: ['inference-node/main.ts', '--config', configFile],
  }
  const first = await startService(command)
  assert.equal((await world.grant(first.url, 'holder', work)).status, 201)
  const { channelId, chargedAtomic } = await turn(first.url)
  await chainControl().setAutomine(false)
  process.kill(first.pid, 'SIGTERM') // It claims before it goes, and waits for the block.
  await until('sent', () => claimStates('dies').length === 1)
  await until('in the pool', async () => (await chainControl().getTxpoolStatus()).pending > 0)
  await first.kill()
  await chainControl().setAutomine(true)
  await chainControl().mine({ blocks: 1 })
  assert.equal(await claimedOf(channelId), chargedAtomic)
  const second = await startService(command)
  await until('noted', () => claimStates('dies')[0] === 'mined')
  await second.stop()
  assert.deepEqual(claimStates('dies'), ['mined'])
})

test('a node that lost its whole ledger charges nobody twice, and the next voucher pays what was unclaimed too', async () => {
  const payer = world.payer('holder')
  const old = await startInferenceNode(world.config('lost'), { log: logNothing })
  assert.equal((await world.grant(old.url, 'holder', work)).status, 201)
  const before = await payer.ask(old.url, question())
  const { channelId, cumulativeAtomic = '0' } = before.tail?.receipt ?? {}
  assert.ok(channelId)
  const fresh = await startInferenceNode(world.config('restored'), { log: logNothing })
  try {
    assert.equal((await world.grant(fresh.url, 'holder', work)).status, 201)
    const next = await payer.ask(fresh.url, question())
    const receipt = next.tail?.receipt
    assert.equal(
      BigInt(receipt?.cumulativeAtomic ?? 0) - BigInt(receipt?.chargedAtomic ?? 0),
      BigInt(cumulativeAtomic),
      JSON.stringify(next.problem),
    )
    await fresh.claimNow()
    assert.equal(await claimedOf(channelId), receipt?.cumulativeAtomic)
  } finally {
    await fresh.stop()
    await old.stop()
  }
})

/** A payer takes a part of its deposit back, and then asks on. */
async function withdrawPart(url: string): Promise<void> {
  const payer = world.payer('holder')
  assert.equal((await payer.ask(url, question())).status, 200)
  const { payload } = await payer.pay(url, { stream: true, temperature: 0, ...question() })
  const { addresses, rpcUrl } = world.keys
  const exit = (functionName: string, args: unknown[]) =>
    world.keys.write('holder', { address: addresses.settlement, abi: settlementAbi, functionName, args })
  const { channelConfig } = payload.payload
  await exit('initiateWithdraw', [channelConfig, 1_000n])
  let asked = await payer.ask(url, question())
  for (let waited = 0; asked.status === 200 && waited < 200; waited++) {
    await sleep(100)
    asked = await payer.ask(url, question())
  }
  assert.match(asked.problem?.got ?? '', /withdraw_pending/)
  const chain = createTestClient({ mode: 'anvil', transport: http(rpcUrl) })
  await chain.increaseTime({ seconds: 901 })
  await exit('finalizeWithdraw', [channelConfig])
  for (let waited = 0; asked.status !== 200 && waited < 200; waited++) {
    await sleep(100)
    asked = await payer.ask(url, question())
  }
  assert.equal(asked.status, 200, JSON.stringify(asked.problem))
}

test('a channel of which its payer withdrew a part pays again with the rest, once that is done', async () => {
  // No claim by the clock reads the channels anew: what this node knows of the withdrawal it has from watching.
  const patient = await startInferenceNode(world.config('patient', { claimEverySeconds: 3_600 }), {
    log: logNothing,
  })
  try {
    assert.equal((await world.grant(patient.url, 'holder', work)).status, 201)
    await withdrawPart(patient.url)
  } finally {
    await patient.stop()
  }
})
