/** A deposit that something breaks off: before it is sent it is never sent; after it, its payer is told of the money. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, test } from 'node:test'
import { CARD, NodeWorld, type TestWork } from '../fixture.ts'
import { logNothing } from '../log.ts'
import { type InferenceNode, startInferenceNode } from '../server.ts'
import { post } from './fixture.ts'

let world: NodeWorld
let node: InferenceNode
let work: TestWork
const question = () => ({
  ...{ model: work.model, messages: [{ role: 'user', content: 'Hello' }], max_tokens: 4 },
  ...{ stream: true, temperature: 0 },
})
const balance = () => world.balance(world.keys.accounts.holder.address)

before(async () => {
  world = await NodeWorld.start()
  work = await world.publish('chatbot', CARD)
  await world.buy('holder', work)
  // A turn here reserves 1,002: there is room for one at a time, and one that is not given back lets no other in.
  const config = world.config('node', { maxUnclaimedAtomic: '2003', finalAfterBlocks: 12 })
  node = await startInferenceNode(config, { log: logNothing })
  assert.equal((await world.grant(node.url, 'holder', work)).status, 201)
})
after(async () => {
  await node?.stop()
  await world?.stop()
})

/** What the node writes next fails, as on a full disk, while `run` goes on. */
async function whileFails<T>(trigger: string, run: () => Promise<T>): Promise<T> {
  const state = new DatabaseSync(join(world.config('node').directory, 'node.sqlite'))
  try {
    state.exec(`CREATE TRIGGER full ${trigger} BEGIN SELECT RAISE(ABORT, 'the disk is full'); END`)
    return await run()
  } finally {
    state.exec('DROP TRIGGER IF EXISTS full')
    state.close()
  }
}

test('a deposit whose cap cannot be written is not sent, and its turn gives back what it reserved', async () => {
  const payer = world.payer('holder')
  const before = await balance()
  const refused = await whileFails('BEFORE INSERT ON deposit_unfinal', () => payer.ask(node.url, question()))
  assert.equal(refused.status, 500)
  assert.equal(await balance(), before)
  const next = await payer.ask(node.url, question())
  assert.equal(next.status, 200, JSON.stringify(next.problem))
})

const PENDING = "json ->> '$.pendingRequest' IS NOT NULL"
/** What can still break when the money is in the channel. */
const BREAKS = [
  [
    'its cap cannot be written anew',
    'BEFORE INSERT ON deposit_unfinal WHEN EXISTS (SELECT 1 FROM deposit_unfinal WHERE channel_id = NEW.channel_id)',
  ],
  [
    'its channel cannot be held',
    `BEFORE UPDATE ON channel WHEN NEW.json ->> '$.balance' <> '0' AND OLD.${PENDING} AND NEW.${PENDING}`,
  ],
] as const

for (const [what, trigger] of BREAKS) {
  test(`a turn that breaks off after its deposit, since ${what}, tells its payer of the money, is capped, and leaves channel and room free`, async () => {
    await node.claimNow() // The room is all free.
    const payer = world.payer('holder')
    const before = await balance()
    const { header, payload } = await payer.pay(node.url, question())
    const response = await whileFails(trigger, () =>
      post(node.url, question(), payer.headers(node.url, question(), header)),
    )
    assert.equal(response.status, 500)
    assert.ok((await balance()) < before)
    assert.ok(response.headers.get('PAYMENT-RESPONSE'), await response.text())
    await payer.http.processPaymentResult(payload, name => response.headers.get(name), response.status)
    const { channelId } = payload.payload.voucher as { channelId: string } // Safety: x402's own payload.
    assert.ok(isCapped(channelId))
    const after = await balance()
    const next = await payer.ask(node.url, question())
    assert.equal(next.status, 200, JSON.stringify(next.problem))
    assert.equal(await balance(), after, 'the same deposit pays')
  })
}

function isCapped(channelId: string): boolean {
  const state = new DatabaseSync(join(world.config('node').directory, 'node.sqlite'), { readOnly: true })
  const rows = state.prepare('SELECT channel_id FROM deposit_unfinal').all()
  state.close()
  return rows.some(row => row.channel_id === channelId.toLowerCase())
}
