/** A stopped answer on a real node: it ends with a notice, is paid as far as it was delivered, and often stopped means a pause. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { outputHash } from '@grimoire/schema/chat'
import { knowledgeParts } from '@grimoire/schema/knowledge'
import { utf8Bytes } from '@grimoire/schema/price'
import { BEGINNING, speakingBase, THE_END } from '../engine/speaking-gguf.ts'
import { NodeWorld, type TestWork } from '../fixture.ts'
import { logNothing } from '../log.ts'
import { type InferenceNode, startInferenceNode } from '../server.ts'
import { secrets } from './trial/secrets.ts'

/** The weights are random, so what they say is no language: to the guard it may be any cipher. After this they say much. */
const secret = secrets(2, 5)[1]?.text.slice(0, 60)
const card = (extensions: object) =>
  JSON.stringify({
    spec: 'chara_card_v3',
    spec_version: '3.0',
    data: { name: 'Mira', system_prompt: secret, extensions },
  })

let world: NodeWorld
let node: InferenceNode
let guarded: TestWork
let unknown: TestWork
before(async () => {
  world = await NodeWorld.start()
  guarded = await world.publish('chatbot', card({}))
  unknown = await world.publish('chatbot', card({ grimoire: { outputKinds: ['fi'] } }))
  for (const work of [guarded, unknown]) await world.buy('holder', work)
  node = await startInferenceNode(world.config(), { log: logNothing })
  for (const work of [guarded, unknown]) {
    assert.equal((await world.grant(node.url, 'holder', work)).status, 201)
  }
})
after(async () => {
  await node?.stop()
  await world?.stop()
})

const question = (work: TestWork) => ({
  model: work.model,
  messages: [{ role: 'user', content: 'Hello' }],
  max_tokens: 200,
  temperature: 0,
})

test('an answer that is stopped ends with a notice, and its receipt is over what was delivered', async () => {
  const { status, text, finishReason, tail } = await world.payer('holder').ask(node.url, question(guarded))
  assert.deepEqual([status, finishReason], [200, 'content_filter'])
  assert.ok(tail)
  assert.equal(tail.receipt.outputHash, outputHash(text))
  assert.equal(tail.receipt.outputBytes, utf8Bytes(text))
  assert.ok(tail.receipt.outputBytes < tail.receipt.outputTokens, 'what was held back is not charged')
})

test('the same answer of a work that declares a kind which nothing is known of is delivered whole', async () => {
  const { text, finishReason } = await world.payer('holder').ask(node.url, question(unknown))
  assert.notEqual(finishReason, 'content_filter')
  assert.ok(text.length > 60)
})

test('a whole answer carries the notice as its refusal; after the third stopped answer the holder waits', async () => {
  const payer = world.payer('holder')
  const { header } = await payer.pay(node.url, { ...question(guarded), stream: false })
  const response = await fetch(`${node.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...payer.headers(node.url, question(guarded), header) },
    body: JSON.stringify({ ...question(guarded), stream: false }),
  })
  const { choices, grimoire } = await response.json()
  assert.equal(choices[0].finish_reason, 'content_filter')
  assert.match(choices[0].message.refusal, /stopped/)
  assert.equal(grimoire.notice.code, 'recital_stopped')
  assert.equal(grimoire.receipt.outputBytes, utf8Bytes(choices[0].message.content))
  await world.payer('holder').ask(node.url, question(guarded))
  const paused = await world.payer('holder').ask(node.url, question(guarded))
  assert.deepEqual([paused.status, paused.problem?.code], [429, 'recital_paused'])
  const other = await world.payer('holder').ask(node.url, question(unknown))
  assert.equal(other.status, 200, 'another work is not affected')
})

test('an answer that quotes more than a page of the work’s files ends there with a notice, and is paid as far as it came', async () => {
  // Nearly all letters: a token each, they have to fit into what excerpts get of the window.
  const words = Array.from({ length: 116 }, (_, at) => `sailor${String(at * 7_919).padStart(9, '0')} `)
  const [first, second] = [words.slice(0, 58).join(''), words.slice(58).join('')]
  const follows = [
    [BEGINNING, first],
    [first, second],
    [second, THE_END],
  ] as const
  const talking = await NodeWorld.start(speakingBase(follows, 8_192))
  const theNode = await startInferenceNode(talking.config(), { log: logNothing })
  try {
    const more = knowledgeParts([{ name: 'log.txt', text: first + second }])
    const short = JSON.stringify({ spec: 'chara_card_v3', spec_version: '3.0', data: { name: 'Mira' } })
    const work = await talking.publish('chatbot', short, { more })
    await talking.buy('holder', work)
    assert.equal((await talking.grant(theNode.url, 'holder', work)).status, 201)
    const payer = talking.payer('holder')
    for (let time = 0; time < 4; time++) {
      const { text, finishReason, tail } = await payer.ask(theNode.url, question(work))
      assert.deepEqual([text, finishReason], [first, 'content_filter'])
      assert.equal(tail?.receipt.outputBytes, utf8Bytes(first))
    }
  } finally {
    await theNode.stop()
    await talking.stop()
  }
})
