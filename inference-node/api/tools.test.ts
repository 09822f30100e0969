/** Calls and forms through the unmodified `openai` client, paid by npm's fetch wrapper; the model's weights say what it calls. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { inputBytesOf, outputBytesOf, outputHash } from '@grimoire/schema/chat'
import { turnTail } from '@grimoire/schema/receipt'
import type { ToolCall } from '@grimoire/schema/tools'
import { wrapFetchWithPayment } from '@x402/fetch'
import OpenAI from 'openai'
import { BEGINNING, speakingBase, THE_END } from '../engine/speaking-gguf.ts'
import { CARD, NodeWorld, type TestWork } from '../fixture.ts'
import { logNothing } from '../log.ts'
import { type InferenceNode, startInferenceNode } from '../server.ts'

const SECRET =
  'The lighthouse keeper buried seven silver keys beneath the old chapel before the storm came in.'
const TEXT = 'Let me look. '
const model = speakingBase(
  [
    [BEGINNING, TEXT],
    [TEXT, '||call: '],
    ['||call: ', 'look'],
    [' ', 'look'],
    ['(', '{"at":'],
    ['{"at":', JSON.stringify(SECRET)],
    [JSON.stringify(SECRET), '}'],
    ['}', THE_END],
  ],
  4_096,
)

let world: NodeWorld
let node: InferenceNode
let open: TestWork
let hiding: TestWork

before(async () => {
  world = await NodeWorld.start(model)
  open = await world.publish('chatbot', CARD)
  const data = { name: 'Mira', system_prompt: SECRET }
  hiding = await world.publish(
    'chatbot',
    JSON.stringify({ spec: 'chara_card_v3', spec_version: '3.0', data }),
  )
  node = await startInferenceNode(world.config(), { log: logNothing })
  for (const work of [open, hiding]) {
    await world.buy('holder', work)
    assert.equal((await world.grant(node.url, 'holder', work)).status, 201)
  }
})
after(async () => {
  await node?.stop()
  await world?.stop()
})

const at = { type: 'object', properties: { at: { type: 'string' } }, required: ['at'] }
const tools = [
  { type: 'function' as const, function: { name: 'look', description: 'Looks.', parameters: at } },
]
const hello: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: 'Hello' }]
const request = { model: '', messages: hello, tools, temperature: 0, max_tokens: 120 }

function openai(model = open.model): OpenAI {
  const payer = world.payer('holder')
  const fetcher = wrapFetchWithPayment(fetch, payer.client)
  const defaultHeaders = payer.grantHeader(node.url, { model })
  return new OpenAI({
    baseURL: `${node.url}/v1`,
    apiKey: 'none',
    maxRetries: 0,
    fetch: fetcher,
    defaultHeaders,
  })
}
const ask = async (body: Partial<OpenAI.ChatCompletionCreateParamsNonStreaming>) => {
  const answer = await openai(body.model).chat.completions.create({ ...request, ...body, stream: false })
  const { receipt } = turnTail.parse('grimoire' in answer ? answer.grimoire : null)
  const [choice] = answer.choices
  assert.ok(choice)
  const calls = (choice.message.tool_calls ?? []) as ToolCall[] // Safety: this node makes calls of functions only.
  return { ...choice, calls, receipt, text: choice.message.content ?? '' }
}

test('a call comes with its arguments as JSON, and the receipt covers text and call to the byte', async () => {
  const { finish_reason, text, calls, receipt } = await ask({ model: open.model })
  assert.deepEqual([finish_reason, text, calls.length], ['tool_calls', TEXT, 1])
  assert.equal(calls[0]?.function.name, 'look')
  assert.deepEqual(JSON.parse(calls[0]?.function.arguments ?? ''), { at: SECRET })
  assert.equal(receipt.outputHash, outputHash(text, calls))
  assert.equal(receipt.outputBytes, outputBytesOf(text, calls))
  assert.equal(receipt.inputBytes, inputBytesOf({ messages: [{ role: 'user', content: 'Hello' }], tools }))
  assert.ok(receipt.outputTokens > 1)
})

test('a stream brings the same call in its deltas, and ends with tool_calls', async () => {
  const stream = await openai().chat.completions.create({ ...request, model: open.model, stream: true })
  let text = ''
  let finish: string | null = null
  const calls: OpenAI.ChatCompletionChunk.Choice.Delta.ToolCall[] = []
  for await (const { choices } of stream) {
    text += choices[0]?.delta.content ?? ''
    calls.push(...(choices[0]?.delta.tool_calls ?? []))
    finish = choices[0]?.finish_reason ?? finish
  }
  assert.deepEqual([text, finish, calls.length, calls[0]?.index], [TEXT, 'tool_calls', 1, 0])
  assert.deepEqual(JSON.parse(calls[0]?.function?.arguments ?? ''), { at: SECRET })
})

test('a call that was asked for by name is made; without tools, and with choice none, it is text', async () => {
  const choice = { type: 'function' as const, function: { name: 'look' } }
  const forced = await ask({ model: open.model, tool_choice: choice })
  assert.deepEqual([forced.finish_reason, forced.text, forced.calls.length], ['tool_calls', '', 1])
  const { text, calls } = await ask({ model: open.model, tool_choice: 'none' })
  assert.ok(text.startsWith(`${TEXT}||call: look`))
  assert.equal(calls.length, 0)
})

test('a conversation goes on from the result of a call', async () => {
  const call = {
    id: 'call_1',
    type: 'function' as const,
    function: { name: 'look', arguments: '{"at":"sea"}' },
  }
  const messages: OpenAI.ChatCompletionMessageParam[] = [
    ...hello,
    { role: 'assistant', content: null, tool_calls: [call] },
    { role: 'tool', tool_call_id: 'call_1', content: '{"seen":"nothing"}' },
  ]
  const { text, receipt } = await ask({ model: open.model, messages })
  assert.equal(text, TEXT)
  const stars = [{ ...call, function: { ...call.function, arguments: '{"at":"stars"}' } }]
  const other = await ask({
    model: open.model,
    messages: messages.map(m => ('tool_calls' in m ? { ...m, tool_calls: stars } : m)),
  })
  assert.ok(other.receipt.inputTokens > receipt.inputTokens, 'the arguments did not reach the model')
})

test('an answer in a schema is JSON of that schema; a form that no grammar holds is refused by its field', async () => {
  const schema = { type: 'object', properties: { mood: { enum: ['calm', 'wild'] }, at: { type: 'null' } } }
  const form = (schema: Record<string, unknown>) => ({
    ...{ model: open.model, tools: [] },
    response_format: { type: 'json_schema' as const, json_schema: { name: 'look', schema, strict: true } },
  })
  const { text, finish_reason } = await ask(form(schema))
  const { mood, at } = JSON.parse(text)
  assert.ok(['calm', 'wild'].includes(mood))
  assert.deepEqual([at, finish_reason], [null, 'stop'])
  await assert.rejects(ask(form({ type: 'string', pattern: '^a' })), (error: unknown) => {
    assert.ok(error instanceof OpenAI.BadRequestError)
    assert.deepEqual([error.code, error.param], ['field_unsupported', 'response_format.json_schema.schema'])
    return true
  })
})

test('a call that would carry the hidden prompt out is not made: the answer ends there, and only its text is paid', async () => {
  for (const tool_choice of ['auto', 'required'] as const) {
    const { finish_reason, calls, text, receipt } = await ask({ model: hiding.model, tool_choice })
    assert.deepEqual([finish_reason, calls.length], ['content_filter', 0])
    assert.equal(receipt.outputBytes, outputBytesOf(text))
    assert.ok(!text.includes('lighthouse'))
  }
})
