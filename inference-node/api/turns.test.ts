/** Turns over real connections that drop: taken up again, stopped from elsewhere, given up; and what each of these costs. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { chargeAtomic, utf8Bytes } from '@grimoire/schema/price'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { CARD, NodeWorld, type TestWork } from '../fixture.ts'
import { type InferenceNode, startInferenceNode } from '../server.ts'
import { readAsked } from '../till/fixture.ts'
import { askTurn, beginTurn, wholeOf } from './turns-fixture.ts'

const PRICES = {
  turnFeeAtomic: '1000',
  inputPerMillionBytesAtomic: '10000',
  outputPerMillionBytesAtomic: '20000',
}
const GRACE_MS = 1_500

let world: NodeWorld
let node: InferenceNode
let work: TestWork
let isLogFull = false

function failed(event: string): void {
  if (event === 'turn_answered') throw new Error('the disk is full')
}

before(async () => {
  world = await NodeWorld.start()
  work = await world.publish('chatbot', CARD, { adapter: true })
  await world.buy('holder', work)
  const engine = { gpu: false as const, threads: 1, sequences: 1 }
  const config = world.config('node', { engine, turnGraceMs: GRACE_MS })
  node = await startInferenceNode(config, { log: line => isLogFull && failed(line.event) })
  assert.equal((await world.grant(node.url, 'holder', work)).status, 201)
})
after(async () => {
  await node?.stop()
  await world?.stop()
})

const LONG = 400
const question = (maxTokens = 8, content = 'Hello there') => ({
  model: work.model,
  messages: [{ role: 'user', content }],
  max_tokens: maxTokens,
})
const begin = (payer: ReturnType<NodeWorld['payer']>, body: object = question(), signed = true) =>
  beginTurn(world, payer, { url: node.url, body, signed })
const costOf = (text: string) =>
  String(chargeAtomic(PRICES, { inputBytes: utf8Bytes('Hello there'), outputBytes: utf8Bytes(text) }))

test('a stream that drops is taken up where it broke off: every piece once, and paid for as a whole', async () => {
  const payer = world.payer('holder')
  const { id, response } = await begin(payer, question(60))
  const first = await readAsked(response, { stopAfter: 3 })
  assert.equal(first.opening?.turnId, id)
  assert.equal(first.opening?.turnToken, undefined)
  const again = await askTurn(world, payer, {
    ...{ url: node.url, id, action: 'read' },
    headers: { 'last-event-id': first.lastEventId },
  })
  const rest = await readAsked(again)
  assert.equal(rest.tail?.receipt.chargedAtomic, costOf(first.text + rest.text))
  const all = await readAsked(await askTurn(world, payer, { url: node.url, id, action: 'read' }))
  assert.equal(all.text, first.text + rest.text)
  assert.deepEqual(all.tail, rest.tail)
})

test('a stream that nobody comes back for ends after its grace, and costs what was handed over: that can be read again', async () => {
  const payer = world.payer('holder')
  const { id, response } = await begin(payer, question(LONG))
  const first = await readAsked(response, { stopAfter: 2 })
  await new Promise(resolve => setTimeout(resolve, GRACE_MS + 500))
  const kept = await readAsked(await askTurn(world, payer, { url: node.url, id, action: 'read' }))
  assert.ok(kept.text.startsWith(first.text))
  assert.ok(kept.pieces < LONG / 2, `${kept.pieces} pieces`)
  assert.equal(kept.tail?.receipt.chargedAtomic, costOf(kept.text))
})

test('a turn is stopped from anywhere: its text so far comes with the receipt, to both connections, and is what is paid', async () => {
  const payer = world.payer('holder')
  const { id, response, payload } = await begin(payer, question(LONG))
  let stopping: Promise<Response> | undefined
  const read = await readAsked(response, {
    onPiece: () => {
      stopping ??= askTurn(world, payer, { url: node.url, id, action: 'stop' })
    },
  })
  assert.ok(stopping)
  const { text, tail } = await wholeOf(await stopping)
  assert.equal(text, read.text)
  assert.deepEqual(read.tail, tail)
  assert.equal(tail.receipt.chargedAtomic, costOf(text))
  assert.ok(tail.receipt.outputTokens < LONG)
  await payer.settle(payload, tail.paymentResponse)
  const next = await payer.ask(node.url, question())
  assert.equal(next.status, 200, 'no correction was needed')
  assert.equal(next.tail?.receipt.sequence, 2)
})

test('only the key of the channel reads or stops a turn, each by its own signature; a stock client by its token', async () => {
  const payer = world.payer('holder')
  const { id, response } = await begin(payer)
  await readAsked(response)
  const ask = async (headers: Record<string, string>, method = 'GET') => {
    const answer = await fetch(`${node.url}/v1/turns/${id}`, { method, headers })
    return [answer.status, (await answer.json()).code]
  }
  assert.deepEqual(await ask({}), [403, 'turn_access_refused'])
  assert.deepEqual(await ask({ authorization: 'Bearer undefined' }), [403, 'turn_access_refused'])
  const thief = { session: privateKeyToAccount(generatePrivateKey()) }
  const stolen = await askTurn(world, thief, { url: node.url, id, action: 'read' })
  assert.equal(stolen.status, 403)
  const read = await askTurn(world, payer, { url: node.url, id, action: 'read' })
  assert.equal(read.status, 200)
  const unknown = await askTurn(world, payer, { url: node.url, id: `turn-${'0'.repeat(32)}`, action: 'read' })
  assert.deepEqual([unknown.status, (await unknown.json()).code], [404, 'turn_unknown'])

  const stock = await begin(world.payer('holder'), question(), false)
  const { opening, text } = await readAsked(stock.response)
  const bearer = { authorization: `Bearer ${opening?.turnToken}` }
  const again = await readAsked(await fetch(`${node.url}/v1/turns/${stock.id}`, { headers: bearer }))
  assert.equal(again.text, text)
  const wrong = { authorization: `Bearer ${opening?.turnToken?.replace(/^./, '!')}` }
  assert.equal((await fetch(`${node.url}/v1/turns/${stock.id}`, { headers: wrong })).status, 403)
})

/** Turns of payers who have deposited already, so that they come at the same moment. */
async function beginTogether(count: number) {
  const payers = Array.from({ length: count }, () => world.payer('holder'))
  for (const payer of payers) assert.equal((await payer.ask(node.url, question(1))).status, 200)
  return Promise.all(payers.map(payer => begin(payer, question(LONG))))
}

test('who has to wait is told each place on the way, in comments that no client of OpenAI’s looks at', async () => {
  const turns = await beginTogether(4)
  const asked = await Promise.all(turns.map(({ response }) => readAsked(response)))
  assert.ok(asked.every(({ tail }) => tail))
  const places = asked.map(({ comments }) => comments.filter(comment => comment.startsWith(': queue')))
  for (const told of places) {
    assert.deepEqual(
      told,
      told.map((_, at) => `: queue ${told.length - at}`),
    )
  }
  assert.ok(places.some(told => told.length > 0))
})

test('a turn that is charged has its receipt, though nothing can be logged of it', async () => {
  isLogFull = true
  try {
    const { tail, problem } = await world.payer('holder').ask(node.url, question(2))
    assert.ok(tail?.receipt.chargedAtomic, JSON.stringify(problem))
  } finally {
    isLogFull = false
  }
})

test('after a sale neither what was said is told again nor what was not yet handed over', async () => {
  const payer = world.payer('stranger')
  await world.buy('stranger', work)
  assert.equal((await world.grant(node.url, 'stranger', work)).status, 201)
  const told = await begin(payer)
  const { tail } = await readAsked(told.response)
  assert.ok(tail)
  await payer.settle(told.payload, tail.paymentResponse)
  const dropped = await begin(payer, question(LONG))
  await readAsked(dropped.response, { stopAfter: 2 })
  await world.give('stranger', world.keys.accounts.creator.address, work)
  const read = (id: string) => askTurn(world, payer, { url: node.url, id, action: 'read' })
  for (let waited = 0; (await read(told.id)).status !== 404; waited++) {
    assert.ok(waited < 200, 'it is still told')
    await new Promise(resolve => setTimeout(resolve, 100))
  }
  const answer = await read(dropped.id)
  assert.ok([403, 404].includes(answer.status), 'refused at once, and forgotten with the sweep')
})
