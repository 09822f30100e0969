/** Another server as the engine: it says the same as our own would, by the same rules, and its failures cost nothing. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { isProblem } from '@grimoire/schema/problem'
import { CARD, NodeWorld, type TestWork } from '../../fixture.ts'
import { logNothing } from '../../log.ts'
import { type InferenceNode, startInferenceNode } from '../../server.ts'
import { ENGINE_DEFAULTS, Engine } from '../engine.ts'
import type { EnginePort } from '../port.ts'
import type { Sampling, SpokenCall } from '../protocol.ts'
import { randomAdapter } from '../random-gguf.ts'
import { OpenAiEngine } from './engine.ts'
import { type PlainServer, startPlainServer } from './plain-server.ts'

const adapterSha256 = createHash('sha256').update(randomAdapter()).digest('hex')
let world: NodeWorld
let own: Engine
let server: PlainServer
let engine: OpenAiEngine
let node: InferenceNode
let plain: TestWork
let tuned: TestWork

const settings = () => ({
  ...{ baseUrl: server.baseUrl, model: 'base', contextTokens: 512 },
  ...{ baseModelSha256: world.baseSha256, baseModelName: 'random' },
})

before(async () => {
  world = await NodeWorld.start()
  own = await Engine.start({ ...ENGINE_DEFAULTS, modelPath: world.modelPath, gpu: false, threads: 1 })
  own.admit('base')
  own.admit('tone', randomAdapter())
  server = await startPlainServer(own, ['base', 'tone'])
  const adapters = { [adapterSha256]: 'tone' }
  engine = await OpenAiEngine.start({
    ...{ ...settings(), adapters, apiKey: null },
    ...{ sequences: 2, queue: 2, stallMs: 60_000 },
  })
  engine.admit('plain')
  engine.admit('tuned', randomAdapter())
  const config = world.config('openai', { model: '', engine: { kind: 'openai', ...settings(), adapters } })
  node = await startInferenceNode(config, { log: logNothing })
  plain = await world.publish('chatbot', CARD)
  tuned = await world.publish('chatbot', CARD, { adapter: true })
  for (const work of [plain, tuned]) {
    await world.buy('holder', work)
    assert.equal((await world.grant(node.url, 'holder', work)).status, 201)
  }
})
after(async () => {
  await node?.stop()
  server?.close()
  await own?.stop()
  await world?.stop()
})

const hello = [
  { role: 'system' as const, content: 'You are a test.' },
  { role: 'user' as const, content: 'Hello there' },
]
async function ask(at: EnginePort, work: string, changes: Partial<Sampling> = {}, onPiece = () => {}) {
  let text = ''
  const calls: SpokenCall[] = []
  const abort = new AbortController()
  const end = await at.chat({
    ...{ work, messages: hello, signal: abort.signal },
    sampling: { temperature: 0, stop: [], maxTokens: 24, ...changes },
    onText: piece => {
      text += piece
      onPiece()
    },
    onCall: call => calls.push(call),
  })
  return { text, calls, end }
}

test('a work answers with the model, or the adapter, that its operator named, token for token', async () => {
  for (const [work, there] of [
    ['plain', 'base'],
    ['tuned', 'tone'],
  ] as const) {
    const [far, near] = [await ask(engine, work), await ask(own, there)]
    assert.equal(far.text, near.text)
    assert.ok(far.text.length > 0)
    assert.deepEqual(
      [far.end.inputTokens, far.end.outputTokens],
      [near.end.inputTokens, near.end.outputTokens],
    )
    assert.equal(await engine.count(hello), near.end.inputTokens)
  }
})

test('an adapter that the server has not loaded is refused by its hash', () => {
  assert.throws(
    () => engine.admit('other', randomAdapter({ seed: 8 })),
    (error: unknown) => isProblem(error, 'adapter_unserved') && /[0-9a-f]{64}/.test(error.message),
  )
})

const tools = [{ name: 'look', parameters: { properties: { at: { enum: ['stars', 'sea'] } } } }]

test('forms and calls go to the server and come back whole', async () => {
  const form = { schema: { properties: { at: { enum: ['stars', 'sea'] } }, additionalProperties: false } }
  const formed = JSON.parse((await ask(engine, 'plain', { form, maxTokens: 60 })).text)
  assert.ok(['stars', 'sea'].includes(formed.at))
  const offered = { tools, choice: 'required' as const, parallel: true }
  const { text, calls, end } = await ask(engine, 'plain', { offered, maxTokens: 120 })
  assert.deepEqual([text, end.reason, calls.length, calls[0]?.name], ['', 'tool_calls', 1, 'look'])
  assert.ok(['stars', 'sea'].includes(JSON.parse(calls[0]?.arguments ?? '{}').at))
})

test('penalties reach the sampler, here and there alike', async () => {
  const penalties = { frequencyPenalty: 2, presencePenalty: 2, maxTokens: 60 }
  const [far, near] = [await ask(engine, 'plain', penalties), await ask(own, 'base', penalties)]
  assert.equal(far.text, near.text)
  assert.notEqual(near.text, (await ask(own, 'base', { maxTokens: 60 })).text)
})

test('an abort reaches the server: it stops speaking, and its place is free', async () => {
  const abort = new AbortController()
  const end = await engine.chat({
    ...{ work: 'plain', messages: hello, signal: abort.signal },
    sampling: { temperature: 0, stop: [], maxTokens: 400 },
    onText: () => abort.abort(),
  })
  assert.ok(end.outputTokens < 400 && end.inputTokens > 0)
  const deadline = Date.now() + 30_000
  while (own.turnstile.busy > 0 && Date.now() < deadline) await pause(20)
  assert.equal(own.turnstile.busy, 0)
})

test('a paid turn on such a node is answered, charged and receipted, and the receipt says which engine spoke', async () => {
  const answers = []
  for (const work of [plain, tuned]) {
    const request = { model: work.model, messages: [{ role: 'user', content: 'Hello' }], max_tokens: 12 }
    const { status, problem, text, tail } = await world.payer('holder').ask(node.url, request)
    assert.equal(status, 200, JSON.stringify(problem))
    assert.equal(tail?.receipt.engineBuild, 'a server of OpenAI’s API')
    assert.equal(tail?.receipt.baseModelSha256, world.baseSha256)
    answers.push(text)
  }
  assert.notEqual(answers[0], answers[1], 'the adapter did not change the answer')
})

test('a server that is not there, or lacks the model, and a missing setting are each named at the start', async () => {
  const refused = (change: object, param: string) =>
    assert.rejects(
      startInferenceNode(world.config(param, { engine: { kind: 'openai', ...settings(), ...change } }), {
        log: logNothing,
      }),
      (error: unknown) => isProblem(error, 'config_invalid') && error.details.param === param,
    )
  await refused({ baseUrl: 'http://127.0.0.1:9/v1' }, 'engine.baseUrl')
  await refused({ model: 'other' }, 'engine.model')
  await refused({ baseModelSha256: undefined }, 'engine.baseModelSha256')
  await refused({ apiKey: { env: 'GRIMOIRE_NO_SUCH_KEY' } }, 'engine.apiKey')
})

test('a server that dies in the middle of an answer fails the turn, and the holder pays nothing', async () => {
  const payer = world.payer('holder')
  const request = { model: plain.model, messages: [{ role: 'user', content: 'Hello' }], max_tokens: 400 }
  server.dieAfter(5)
  const { problem, tail } = await payer.ask(node.url, request)
  assert.deepEqual([problem?.code, tail], ['engine_failed', undefined])
  await assert.rejects(ask(engine, 'plain'), (error: unknown) => isProblem(error, 'engine_failed'))
})
