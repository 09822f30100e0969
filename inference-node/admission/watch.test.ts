/** The watch on a real chain: nothing that it reports may keep it from seeing the next thing. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { settlementAbi } from '@grimoire/contracts/generated/settlement'
import { CARD, NodeWorld } from '../fixture.ts'
import { logNothing } from '../log.ts'
import { startInferenceNode } from '../server.ts'
import { Ledger } from './ledger.ts'
import { Watch } from './watch.ts'

const sleep = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))
async function until(holds: () => boolean, what: string): Promise<void> {
  for (let waited = 0; !holds(); waited++) {
    assert.ok(waited < 400, what)
    await sleep(50)
  }
}

test('a sale is seen while the claim of a payer who leaves does not end, and a sweep that failed is made up for', async () => {
  const world = await NodeWorld.start()
  const work = await world.publish('chatbot', CARD)
  await world.buy('holder', work)
  const node = await startInferenceNode(world.config(), { log: logNothing })
  assert.equal((await world.grant(node.url, 'holder', work)).status, 201)
  const payer = world.payer('holder')
  const body = { model: work.model, messages: [{ role: 'user', content: 'Hello' }], max_tokens: 4 }
  assert.equal((await payer.ask(node.url, body)).status, 200)
  const { payload } = await payer.pay(node.url, { stream: true, temperature: 0, ...body })
  await node.stop()

  const { addresses, rpcUrl, accounts, operatorKey } = world.keys
  const operator = accounts.operator.address
  const ledger = new Ledger({ rpcUrl, addresses, operator, sessionKey: operatorKey.publicKey })
  const seen = { sweeps: 0, exits: 0 }
  const watching = {
    onHoldersChanged: async () => {
      seen.sweeps++
      if (seen.sweeps === 2) throw new Error('the chain is away')
      return seen.sweeps !== 3 // Nor did it answer all that the third asked.
    },
    onWithdrawal: () => {
      seen.exits++
      return new Promise<void>(() => {}) // A claim that never ends.
    },
    onWithdrawn: () => {},
  }
  const watch = new Watch(ledger, watching, logNothing)
  watch.start(50)
  await until(() => seen.sweeps === 1, 'no first sweep')
  await world.keys.write('holder', {
    address: addresses.settlement,
    abi: settlementAbi,
    functionName: 'initiateWithdraw',
    args: [payload.payload.channelConfig, 1_000n],
  })
  await until(() => seen.exits === 1, 'the exit was not seen')
  await world.give('holder', accounts.stranger.address, work)
  await until(() => seen.sweeps === 4, 'the sale was not seen, or its sweep not made up for')
  assert.equal(seen.exits, 1)
  await watch.stop()
  await world.stop()
})
