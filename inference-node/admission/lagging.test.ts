/** A chain behind several machines, of which one lags or none answers: nothing older than what was followed is kept. */
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { parseModelId } from '@grimoire/schema/model-id'
import { isProblem } from '@grimoire/schema/problem'
import { CARD, NodeWorld, type TestWork } from '../fixture.ts'
import { openState } from '../state.ts'
import { Grants } from './grants.ts'
import { Ledger } from './ledger.ts'

type Call = { id: number; method: string; params: unknown[] }

let world: NodeWorld
let work: TestWork
/** The newest block that the machine in between knows; all of them without it. */
let newest: bigint | undefined
let isAway = false

/** Another machine of the same chain: it answers as it did when its newest block was the newest, and knows no later one. */
function lag(call: Call): Call | null {
  if (newest === undefined) return call
  const at = call.params[1]
  const number = `0x${newest.toString(16)}`
  if (call.method !== 'eth_call') return call
  if (at === 'latest' || at === undefined) return { ...call, params: [call.params[0], number] }
  return BigInt(String(at)) > newest ? null : call
}

async function answerOf(call: Call) {
  if (call.method === 'eth_blockNumber' && newest !== undefined)
    return { jsonrpc: '2.0', id: call.id, result: `0x${newest.toString(16)}` }
  const asked = lag(call)
  if (!asked) return { jsonrpc: '2.0', id: call.id, error: { code: -32000, message: 'header not found' } }
  const headers = { 'content-type': 'application/json' }
  return (await fetch(world.keys.rpcUrl, { method: 'POST', headers, body: JSON.stringify(asked) })).json()
}

const server = createServer(async (request, response) => {
  let text = ''
  for await (const chunk of request) text += chunk
  if (isAway) return void response.writeHead(503).end()
  const body: Call | Call[] = JSON.parse(text)
  const answers = await Promise.all([body].flat().map(answerOf))
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify(Array.isArray(body) ? answers : answers[0]))
})

before(async () => {
  world = await NodeWorld.start()
  work = await world.publish('chatbot', CARD)
  await world.buy('holder', work)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
})
after(async () => {
  server.close()
  server.closeAllConnections()
  await world?.stop()
})

test('what a machine that lags says of a holder is neither believed nor kept; a sale that cannot be read is asked for again', async () => {
  const { addresses, accounts, operatorKey, publicClient } = world.keys
  const rpcUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}` // Safety: it listens on a TCP port.
  const operator = accounts.operator.address
  const ledger = new Ledger({ rpcUrl, addresses, operator, sessionKey: operatorKey.publicKey })
  const state = openState(`${world.keys.folder}/lagging`)
  const grants = new Grants(state, ledger)
  await grants.give(await world.signGrant('holder', work), parseModelId(work.model))

  newest = await publicClient.getBlockNumber()
  await world.give('holder', accounts.stranger.address, work)
  const head = await publicClient.getBlockNumber()
  const follow = () => ledger.followed.saw(Date.now(), head)
  const mayOpen = () => ledger.mayOpen(accounts.holder.address, work.workId, true)
  for (const isFollowed of [true, false]) {
    ledger.followed.saw(isFollowed ? Date.now() : 0, head)
    await assert.rejects(mayOpen(), error => isProblem(error, 'chain_unreachable'))
  }
  follow()
  isAway = true
  const { standing, isSure } = await grants.standing(true)
  assert.deepEqual([standing.length, isSure], [1, false])
  isAway = false
  newest = undefined
  follow()
  const then = await grants.standing(true)
  assert.deepEqual([then.standing.length, then.isSure], [0, true])
  follow()
  assert.equal((await mayOpen()).may, false)
  state.close()
})
