/** The HTTP surface with the unmodified `openai` client: models, errors, streams; prompts with their variables. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, writeFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { nodeHealth, nodeModels } from '@grimoire/schema/node'
import { quoteTypedData, signedQuote } from '@grimoire/schema/quote'
import { wrapFetchWithPayment } from '@x402/fetch'
import OpenAI from 'openai'
import { recoverTypedDataAddress } from 'viem'
import { CARD, NodeWorld, type TestWork } from '../fixture.ts'
import { logNothing } from '../log.ts'
import { type InferenceNode, startInferenceNode } from '../server.ts'
import { post } from '../till/fixture.ts'

let world: NodeWorld
let node: InferenceNode
let chatbot: TestWork
let prompt: TestWork
const PROMPT = '---\ninput:\n  schema:\n    thing: string\n---\nWrite a slogan for {{thing}}.\n'

before(async () => {
  world = await NodeWorld.start()
  chatbot = await world.publish('chatbot', CARD)
  prompt = await world.publish('prompt', PROMPT)
  await world.buy('holder', chatbot)
  await world.buy('holder', prompt)
  node = await startInferenceNode(world.config(), { log: logNothing })
  assert.equal((await world.grant(node.url, 'holder', chatbot)).status, 201)
  assert.equal((await world.grant(node.url, 'holder', prompt)).status, 201)
})
after(async () => {
  await node?.stop()
  await world?.stop()
})

const openai = (fetcher: typeof fetch = fetch, defaultHeaders: Record<string, string> = {}) =>
  new OpenAI({ baseURL: `${node.url}/v1`, apiKey: 'none', maxRetries: 0, fetch: fetcher, defaultHeaders })
const hello = [{ role: 'user' as const, content: 'Hello' }]

test('openai’s client lists and retrieves models, with prices and context', async () => {
  const page = await openai().models.list()
  assert.deepEqual(page.data.map(model => model.id).sort(), [chatbot.model, prompt.model].sort())
  const raw = nodeModels.parse(await (await fetch(`${node.url}/v1/models`)).json())
  const [first] = raw.data
  assert.equal(first?.pricing.completion, '0.00000002')
  assert.deepEqual(
    [first?.context_length, first?.max_output_length, first?.description],
    [512, 512, 'For tests.'],
  )
  assert.deepEqual(first?.supported_features, ['tools', 'json_mode', 'structured_outputs'])
  assert.equal((await openai().models.retrieve(chatbot.model)).id, chatbot.model)
})

test('openai’s client is told which model is unknown, and that nodes compute no embeddings', async () => {
  const unknown = openai().models.retrieve(chatbot.model.replace(/@1$/, '@9'))
  await assert.rejects(unknown, (error: unknown) => {
    assert.ok(error instanceof OpenAI.NotFoundError)
    assert.deepEqual([error.code, error.param], ['version_unknown', 'model'])
    return true
  })
  await assert.rejects(
    openai().embeddings.create({ model: chatbot.model, input: 'Hello' }),
    (error: unknown) => error instanceof OpenAI.NotFoundError && error.code === 'embeddings_unoffered',
  )
})

test('openai’s client reads every refusal as its own error, with code, parameter and mend', async () => {
  const ask = (body: object) =>
    openai().chat.completions.create({ model: chatbot.model, messages: hello, ...body })
  const refused = (promise: Promise<unknown>, status: number, code: string, param: string | null = null) =>
    assert.rejects(promise, (error: unknown) => {
      assert.ok(error instanceof OpenAI.APIError)
      assert.deepEqual([error.status, error.code, error.param], [status, code, param])
      return true
    })
  await refused(ask({}), 402, 'payment_required')
  await refused(ask({ model: 'gpt-4o' }), 400, 'model_id_invalid', 'model')
  await refused(
    ask({ model: chatbot.model.replace('grimoire:31337', 'grimoire:1') }),
    400,
    'chain_wrong',
    'model',
  )
  await refused(ask({ model: chatbot.model.replace(/@1$/, '@2') }), 404, 'version_unknown', 'model')
  await refused(ask({ logprobs: true }), 400, 'field_unsupported', 'logprobs')
  await refused(ask({ n: 2 }), 400, 'field_unsupported', 'n')
  const tools = [{ type: 'function', function: { name: 'f' } }]
  const both = { tools, response_format: { type: 'json_object' } }
  await refused(ask(both), 400, 'field_unsupported', 'response_format')
  await refused(ask({ tool_choice: 'required' }), 400, 'request_invalid', 'tools')
  await refused(ask({ temperature: 9 }), 400, 'request_invalid', 'temperature')
  await refused(ask({ messages: [] }), 400, 'request_invalid', 'messages')
})

test('openai’s client streams a paid answer through npm’s fetch wrapper, usage included, and parses every event', async () => {
  const payer = world.payer('holder')
  const paid = wrapFetchWithPayment(fetch, payer.client)
  const stream = await openai(paid, payer.grantHeader(node.url, chatbot)).chat.completions.create({
    model: chatbot.model,
    messages: hello,
    max_tokens: 6,
    temperature: 0,
    stream: true,
    stream_options: { include_usage: true },
  })
  const chunks = []
  for await (const chunk of stream) chunks.push(chunk)
  assert.ok(chunks.map(chunk => chunk.choices[0]?.delta.content ?? '').join('').length > 0)
  assert.deepEqual(chunks.at(-1)?.choices, [])
  assert.ok((chunks.at(-1)?.usage?.completion_tokens ?? 0) > 0)
  assert.ok(chunks.some(chunk => 'grimoire' in chunk))
})

test('a conversation longer than the context is refused before it is paid', async () => {
  const payer = world.payer('holder')
  const messages = [{ role: 'user', content: 'far too long '.repeat(200) }]
  const refused = await payer.ask(node.url, { model: chatbot.model, messages })
  assert.deepEqual([refused.status, refused.problem?.code], [400, 'prompt_too_long'])
})

test('a prompt takes its variables from grimoire.input, or from the message, and names the one that is wrong', async () => {
  const payer = world.payer('holder')
  const ask = (body: object) =>
    payer.ask(node.url, { model: prompt.model, messages: hello, max_tokens: 6, ...body })
  const byInput = await ask({ grimoire: { input: { thing: 'bread' } } })
  const byText = await ask({ messages: [{ role: 'user', content: 'bread' }] })
  assert.equal(byInput.status, 200, JSON.stringify(byInput.problem))
  assert.equal(byText.text, byInput.text)
  const wrong = await ask({ grimoire: { input: { thing: 3 } } })
  assert.deepEqual([wrong.status, wrong.problem?.code], [400, 'input_invalid'])
})

test('a quote is free and signed by the payment key, for the latest version when none is named', async () => {
  const model = chatbot.model.replace(/@1$/, '')
  const { quote, signature } = signedQuote.parse(
    await (await fetch(`${node.url}/v1/quotes?model=${model}`)).json(),
  )
  assert.equal(quote.version, 1)
  const signer = await recoverTypedDataAddress({ ...quoteTypedData(quote), signature })
  assert.equal(signer, world.keys.accounts.payment.address)
})

test('health says which engine runs where; a page from anywhere may ask and read the payment headers', async () => {
  const { engine, base } = nodeHealth.parse(await (await fetch(`${node.url}/health`)).json())
  assert.deepEqual([engine, base.sha256], ['llama.cpp', world.baseSha256])
  const headers = { origin: 'https://a.example', 'access-control-request-method': 'POST' }
  const asked = { ...headers, 'access-control-request-headers': 'payment-signature,content-type' }
  const preflight = await fetch(`${node.url}/v1/chat/completions`, { method: 'OPTIONS', headers: asked })
  assert.match(preflight.headers.get('access-control-allow-headers') ?? '', /payment-signature/)
  const unpaid = await post(
    node.url,
    { model: chatbot.model, messages: hello },
    { origin: 'https://a.example' },
  )
  assert.match(unpaid.headers.get('access-control-expose-headers') ?? '', /PAYMENT-REQUIRED/)
})

test('a body that is too large, broken, or for no path gets its own problem', async () => {
  const send = async (path: string, body: string) => {
    const response = await fetch(node.url + path, { method: 'POST', body })
    return [response.status, (await response.json()).code]
  }
  assert.deepEqual(await send('/v1/chat/completions', 'x'.repeat(1_100_000)), [413, 'body_too_large'])
  assert.deepEqual(await send('/v1/chat/completions', '{'), [400, 'request_invalid'])
  assert.deepEqual(await send('/v2/else', '{}'), [404, 'not_found'])
})

test('a wrong setting, an open key file, an unreachable chain and a missing model each end in one sentence and a mend', () => {
  const run = (path: string) => {
    const { status, stderr } = spawnSync(process.execPath, ['inference-node/main.ts', '--config', path], {
      encoding: 'utf8',
    })
    return { status, lines: stderr.trim().split('\n') }
  }
  const cases: [string, RegExp, number?][] = [
    ['/nowhere/node.json', /configuration/],
    [world.configFile('unknown-field', { claimEverySeconds: 0 }), /claimEverySeconds/],
    [world.configFile('no-chain', { rpcUrl: 'http://127.0.0.1:9' }), /chain/, 3],
    [world.configFile('other-key', { sessionKey: `0x${'07'.repeat(32)}` }), /sessionKey/],
    [
      world.configFile('no-contract', {
        addresses: { ...world.keys.addresses, gate: `0x${'07'.repeat(20)}` },
      }),
      /gate/,
    ],
    [world.configFile('no-model', { model: '/nowhere/base.gguf' }), /base\.gguf/],
  ]
  const open = world.configFile('open-key')
  chmodSync(open.replace('node.json', 'payment.key'), 0o644)
  for (const [path, sentence, exit = 2] of [...cases, [open, /0600/] as const]) {
    const { status, lines } = run(path)
    assert.deepEqual([status, lines.length], [exit, 2], lines.join('\n'))
    assert.match(lines[0] ?? '', sentence)
  }
  const broken = world.configFile('broken-json')
  writeFileSync(broken, '{')
  assert.equal(run(broken).status, 2)
})
