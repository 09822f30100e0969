/** Money in channels of a work that can never be answered here again: it is back at its payer without being asked for. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, beforeEach, test } from 'node:test'
import { MEDIA_TYPES } from '@grimoire/schema/manifest'
import type { PlainPart } from '@grimoire/seal/parts'
import { randomBase } from '../engine/random-gguf.ts'
import { CARD, NodeWorld, type TestWork } from '../fixture.ts'
import { JournalReader } from '../journal-reader.ts'
import type { Log } from '../log.ts'
import { type InferenceNode, startInferenceNode } from '../server.ts'
import { openState } from '../state.ts'

let world: NodeWorld
let node: InferenceNode
const lines: Parameters<Log>[0][] = []
before(async () => {
  world = await NodeWorld.start()
})
after(async () => {
  await node?.stop()
  await world?.stop()
})

const start = async (changes: Parameters<NodeWorld['config']>[1] = {}) => {
  node = await startInferenceNode(world.config('node', { claimEverySeconds: 1, ...changes }), {
    log: line => lines.push(line),
  })
}
const question = ({ model }: TestWork) => ({
  ...{ model, max_tokens: 4, messages: [{ role: 'user', content: 'Hello' }] },
})
beforeEach(() => lines.splice(0))

const returned = () => lines.filter(({ event }) => event === 'rest_returned')

async function bought(work: TestWork): Promise<TestWork> {
  await world.buy('holder', work)
  assert.equal((await world.grant(node.url, 'holder', work)).status, 201)
  return work
}

/** On a channel of its own, or on that of a payer who has one. */
async function paidTurn(work: TestWork, payer = world.payer('holder')) {
  const { tail, problem } = await payer.ask(node.url, question(work))
  assert.ok(tail, JSON.stringify(problem))
  return tail.receipt
}

async function returnedOf(channelId: string): Promise<Parameters<Log>[0]> {
  for (let waited = 0; waited < 400; waited++) {
    const line = returned().find(one => one.channelId === channelId)
    if (line) return line
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  throw new Error(`nothing came back: ${JSON.stringify(lines.slice(-5))}`)
}

async function otherModel(): Promise<{ path: string; sha256: string }> {
  const bytes = randomBase({ contextTokens: 256 })
  const path = join(world.keys.folder, 'other.gguf')
  writeFileSync(path, bytes)
  return { path, sha256: createHash('sha256').update(bytes).digest('hex') }
}

test('a node that changed its model gives the payers of works for the old one their rest, and keeps what it earned', async () => {
  const other = await otherModel()
  await start()
  const old = await bought(await world.publish('chatbot', CARD))
  const { channelId, cumulativeAtomic } = await paidTurn(old)
  await new Promise(resolve => setTimeout(resolve, 2_500))
  assert.deepEqual(returned(), [], 'a work that can be opened keeps its deposits')
  await node.stop()

  const purse = await world.balance(world.keys.accounts.holder.address)
  await start({ model: other.path })
  const { reason, workId } = await returnedOf(channelId)
  assert.deepEqual([reason, workId], ['base_mismatch', old.workId])
  const back = (await world.balance(world.keys.accounts.holder.address)) - purse
  assert.equal(back, 200_000n - BigInt(cumulativeAtomic))
  const { balanceAtomic, claimedAtomic } = await world.channel(channelId)
  assert.equal(balanceAtomic, claimedAtomic)
  assert.equal(claimedAtomic, BigInt(cumulativeAtomic))
  await node.stop()
  const state = openState(world.config('node').directory)
  const kinds = new JournalReader(state).claims().map(({ kind, amountAtomic }) => [kind, amountAtomic])
  state.close()
  assert.ok(kinds.some(([kind, amount]) => kind === 'refund' && amount === String(back)))
})

const NAMELESS: PlainPart = {
  ...{ role: 'knowledge', name: 'knowledge-1', mediaType: MEDIA_TYPES.knowledge },
  bytes: new TextEncoder().encode('no name of a file'),
}
for (const { code, card, more } of [
  { code: 'card_invalid', card: 'no card at all', more: [] },
  { code: 'knowledge_invalid', card: CARD, more: [NAMELESS] },
])
  test(`a newest version that cannot be read returns the rest, once the older one is not open any more: ${code}`, async () => {
    await start()
    const first = await bought(await world.publish('chatbot', CARD))
    const payer = world.payer('holder')
    const { channelId } = await paidTurn(first, payer)
    const broken = await world.publish('chatbot', card, { after: first, more })
    const grant = await world.grant(node.url, 'holder', broken)
    assert.equal(grant.status, 201)
    const { problem } = await payer.ask(node.url, question(broken))
    assert.equal(problem?.code, code)
    await new Promise(resolve => setTimeout(resolve, 2_500))
    assert.deepEqual(returned(), [], 'the older version still answers')
    await paidTurn(first, payer)
    const { id } = await (await world.grant(node.url, 'holder', first)).json()
    await fetch(`${node.url}/v1/grants/${id}`, { method: 'DELETE' })
    assert.equal((await returnedOf(channelId)).reason, code)
    await node.stop()
  })
