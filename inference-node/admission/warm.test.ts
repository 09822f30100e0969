/** What a turn asks the chain: nothing, while the node follows it; everything that matters, when it cannot. */
import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { CARD, NodeWorld, type TestWork } from '../fixture.ts'
import { logNothing } from '../log.ts'
import { type InferenceNode, startInferenceNode } from '../server.ts'
import { type Payer, post } from '../till/fixture.ts'

let world: NodeWorld
let node: InferenceNode
let work: TestWork
let payer: Payer
let server: Server
let methods: string[] = []
let isAway = false

/** The methods by which the node follows the chain, whether or not anybody asks it anything. */
const FOLLOWS = ['eth_getBlockByNumber', 'eth_getLogs']
const asked = () => methods.filter(method => !FOLLOWS.includes(method))

async function startCountingRpc(rpcUrl: string): Promise<string> {
  server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += chunk
    if (isAway) return void response.writeHead(503).end()
    const calls = [JSON.parse(text)].flat() as { method: string }[] // Safety: viem's own requests.
    methods.push(...calls.map(({ method }) => method))
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(rpcUrl, { method: 'POST', headers, body: text })
    response.writeHead(answer.status, headers).end(await answer.text())
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}` // Safety: a TCP server that is listening has one.
}

const question = () => ({
  model: work.model,
  messages: [{ role: 'user', content: 'Hello' }],
  max_tokens: 4,
})
const ask = () => payer.ask(node.url, question())

before(async () => {
  world = await NodeWorld.start()
  work = await world.publish('chatbot', CARD)
  await world.buy('holder', work)
  const rpcUrl = await startCountingRpc(world.keys.rpcUrl)
  node = await startInferenceNode(world.config('node', { rpcUrl }), { log: logNothing })
  assert.equal((await world.grant(node.url, 'holder', work)).status, 201)
  payer = world.payer('holder')
  assert.equal((await ask()).status, 200)
})
after(async () => {
  isAway = false
  await node?.stop()
  server?.close()
  await world?.stop()
})

test('a warm turn, from the question of its price to its receipt, asks the chain nothing', async () => {
  let seen: string[] = []
  // What the node asks by the clock may fall into one of these; a turn's own questions would fall into all.
  for (let attempt = 0; attempt < 10; attempt++) {
    methods = []
    const answered = await ask()
    assert.equal(answered.status, 200, JSON.stringify(answered.problem))
    seen = asked()
    if (seen.length === 0) return
  }
  assert.fail(`the chain was asked ${seen.join()}`)
})

test('a node that cannot follow the chain does not answer from memory', async () => {
  isAway = true
  try {
    for (let attempt = 0; ; attempt++) {
      const { code } = await (await post(node.url, question(), {})).json()
      if (code === 'chain_unreachable') break
      assert.equal(code, 'payment_required')
      assert.ok(attempt < 100, 'it still answers')
      await new Promise(resolve => setTimeout(resolve, 100))
    }
  } finally {
    isAway = false
  }
  for (let attempt = 0; (await ask().catch(() => null))?.status !== 200; attempt++) {
    assert.ok(attempt < 100, 'it does not come back')
    await new Promise(resolve => setTimeout(resolve, 100))
  }
})
