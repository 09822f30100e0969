/** Who is let in: grants of every wrong kind, sales, revocations and exits, against a real chain and real key nodes. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { admissionsAbi } from '@grimoire/contracts/generated/admissions'
import { operatorsAbi } from '@grimoire/contracts/generated/operators'
import { worksAbi } from '@grimoire/contracts/generated/works'
import { createTestClient, http } from 'viem'
import { CARD, NodeWorld, type TestWork } from '../fixture.ts'
import type { Log } from '../log.ts'
import { type InferenceNode, startInferenceNode } from '../server.ts'
import type { Payer } from '../till/fixture.ts'

let world: NodeWorld
let node: InferenceNode
let work: TestWork
let foreign: TestWork
let holder: Payer
const lines: Parameters<Log>[0][] = []
const SECRET = 'the harbour password is blue kite'
const ask = (payer: Payer, of: TestWork = work) =>
  payer.ask(node.url, { model: of.model, messages: [{ role: 'user', content: 'Hello' }], max_tokens: 4 })
const codeOf = async (response: Response) => [response.status, (await response.json()).code]

before(async () => {
  world = await NodeWorld.start()
  work = await world.publish('chatbot', CARD.replace('You are Mira.', SECRET), { adapter: true })
  foreign = await world.publish('chatbot', CARD, { base: 'cd'.repeat(32) })
  await world.buy('holder', work)
  await world.buy('holder', foreign)
  node = await startInferenceNode(world.config(), { log: line => lines.push(line) })
  holder = world.payer('holder')
})
after(async () => {
  await node?.stop()
  await world?.stop()
})

test('without a grant nobody is answered, holder or not', async () => {
  const refused = await ask(holder)
  assert.deepEqual([refused.status, refused.problem?.code], [401, 'grant_missing'])
})

test('a stranger’s grant, one for another node, one for everything, one too old and one too long are each refused', async () => {
  assert.deepEqual(await codeOf(await world.grant(node.url, 'stranger', work)), [403, 'not_holder'])
  const { publicKey } = world.keys.otherOperatorKey
  assert.deepEqual(await codeOf(await world.grant(node.url, 'holder', work, { sessionKey: publicKey })), [
    403,
    'grant_other_node',
  ])
  const past = Math.floor(Date.now() / 1000) - 7_200
  const old = { issuedAtSeconds: past, expiresAtSeconds: past + 60 }
  assert.deepEqual(await codeOf(await world.grant(node.url, 'holder', work, old)), [401, 'grant_expired'])
  const nonsense = await fetch(`${node.url}/v1/grants`, { method: 'POST', body: '{"model":"x"}' })
  assert.deepEqual(await codeOf(nonsense), [400, 'grant_invalid'])
})

test('a work for another base model is refused by name before anyone pays', async () => {
  const response = await fetch(`${node.url}/v1/quotes?model=${encodeURIComponent(foreign.model)}`)
  assert.deepEqual(await codeOf(response), [409, 'base_mismatch'])
})

test('a holder’s grant opens the work once; it is warm for the next turn, and the quote says so', async () => {
  const quote = async () =>
    (await (await fetch(`${node.url}/v1/quotes?model=${encodeURIComponent(work.model)}`)).json()).quote
  assert.equal((await quote()).warm, false)
  assert.equal((await world.grant(node.url, 'holder', work)).status, 201)
  assert.equal((await ask(holder)).status, 200)
  assert.equal((await quote()).warm, true)
  assert.equal((await ask(holder)).status, 200)
  assert.equal(lines.filter(line => line.event === 'work_opened').length, 1)
})

/** The node follows the chain: what was seen a moment ago may be answered once more. Nothing else than that refusal may come. */
async function refusedSoon(
  attempt: () => Promise<{ status: number; problem?: { code?: string } }>,
  code: string,
): Promise<void> {
  const startedAt = Date.now()
  for (;;) {
    const { status, problem } = await attempt()
    if (status !== 200) return assert.equal(problem?.code, code)
    assert.ok(Date.now() - startedAt < 10_000, 'it is still answered')
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}

test('a sold work stops answering its seller within a block and two seconds, and leaves the memory within two seconds', async () => {
  await world.give('holder', world.keys.accounts.stranger.address, work)
  await refusedSoon(() => ask(holder), 'not_holder')
  const startedAt = Date.now()
  while (!lines.some(line => line.event === 'work_closed') && Date.now() - startedAt < 2_000) {
    await new Promise(resolve => setTimeout(resolve, 20))
  }
  assert.ok(
    lines.some(line => line.event === 'work_closed'),
    'the work is still open',
  )
  assert.equal((await (await fetch(`${node.url}/health`)).json()).openWorks, 0)
})

test('the buyer’s own grant is answered', async () => {
  await world.keys.confirm()
  await world.keys.fund('stranger', 10_000_000n, world.keys.addresses.works)
  assert.equal((await world.grant(node.url, 'stranger', work)).status, 201)
  assert.equal((await ask(world.payer('stranger'))).status, 200)
})

/** The next second, with a block of its own: grants are dated by the clock and by a block, and blocks may share a second. */
async function nextSeconds(): Promise<number> {
  const { publicClient, rpcUrl } = world.keys
  const { timestamp } = await publicClient.getBlock()
  const seconds = Math.max(Math.floor(Date.now() / 1000), Number(timestamp) + 1)
  const chain = createTestClient({ mode: 'anvil', transport: http(rpcUrl) })
  await chain.setNextBlockTimestamp({ timestamp: BigInt(seconds) })
  await chain.mine({ blocks: 1 })
  return seconds
}

test('a revoked grant ends on the chain, a deleted one at the node; a new one is welcome', async () => {
  const buyer = world.payer('stranger')
  assert.equal((await ask(buyer)).status, 200)
  const revokedSeconds = await nextSeconds()
  const revoke = {
    address: world.keys.addresses.works,
    abi: worksAbi,
    functionName: 'revokeGrantsBefore' as const,
  }
  await world.keys.write('stranger', { ...revoke, args: [BigInt(revokedSeconds)] })
  await refusedSoon(() => ask(buyer), 'grant_revoked')
  const again = await world.grant(node.url, 'stranger', work, { issuedAtSeconds: await nextSeconds() })
  assert.equal(again.status, 201, await again.clone().text())
  const { id } = await again.json()
  const answered = await ask(buyer)
  assert.equal(answered.status, 200, JSON.stringify(answered.problem))
  assert.equal((await fetch(`${node.url}/v1/grants/${id}`, { method: 'DELETE' })).status, 204)
  assert.deepEqual(await codeOf(await fetch(`${node.url}/v1/grants/${id}`, { method: 'DELETE' })), [
    404,
    'not_found',
  ])
})

test('a node undertakes on the ledger to serve each listed work that it opened, so that its list does not lapse', async () => {
  const { accounts, addresses, publicClient } = world.keys
  const accepted = () =>
    publicClient.readContract({
      ...{ address: addresses.admissions, abi: admissionsAbi, functionName: 'acceptedAtSeconds' },
      args: [BigInt(work.workId), accounts.operator.address],
    } as const)
  for (let tries = 0; tries < 200 && (await accepted()) === 0n; tries += 1) await sleep(100)
  assert.ok((await accepted()) > 0n)
  assert.equal(lines.filter(({ event }) => event === 'work_accepted').length, 1)
})

test('a node whose bond is leaving serves nobody', async () => {
  await world.keys.write('operator', {
    address: world.keys.addresses.operators,
    abi: operatorsAbi,
    functionName: 'beginUnbonding',
    args: [],
  })
  const quote = () => fetch(`${node.url}/v1/quotes?model=${encodeURIComponent(work.model)}`)
  await refusedSoon(async () => {
    const response = await quote()
    return { status: response.status, problem: await response.json() }
  }, 'not_bonded')
})

test('no word of a card stands in the log or on the disk', () => {
  assert.ok(!JSON.stringify(lines).includes('blue kite'))
  const folder = String(world.config().directory)
  for (const file of readdirSync(folder))
    assert.ok(!readFileSync(`${folder}/${file}`).includes('blue kite'), file)
})
