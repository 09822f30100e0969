/** Drafts as their creators use them: one signature, the client’s verb or any OpenAI client, receipts, and no chain. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createMarket, type Market } from '@grimoire/client/market'
import { type OpenDraft, openDraft } from '@grimoire/client/run-draft'
import { draftHash } from '@grimoire/schema/draft'
import { nodeHealth } from '@grimoire/schema/node'
import { isProblem, type ProblemCode } from '@grimoire/schema/problem'
import { readDraftLeave, signDraftLeave } from '@grimoire/seal/draft-leave'
import OpenAI from 'openai'
import { createTestClient, type Hex, http } from 'viem'
import { randomAdapter } from '../engine/random-gguf.ts'
import { CARD, NodeWorld } from '../fixture.ts'
import { logNothing } from '../log.ts'
import { type InferenceNode, startInferenceNode } from '../server.ts'

const GIVING = { drafts: { turnsPerDay: 3 }, canaryEverySeconds: 60 }

let world: NodeWorld
let node: InferenceNode
let market: Market

before(async () => {
  world = await NodeWorld.start()
  node = await startInferenceNode(world.config('drafts', GIVING), { log: logNothing })
  const { addresses, publicClient } = world.keys
  market = createMarket({ addresses, publicClient, edgeUrl: world.edgeUrl })
})
after(async () => {
  await node?.stop()
  await world?.stop()
})

const hello = [{ role: 'user' as const, content: 'Hello' }]
const draftOf = (role: 'creator' | 'stranger' | 'holder', changes: Partial<OpenDraft> = {}): OpenDraft => ({
  ...{ wallet: world.keys.wallet(role), nodeUrl: node.url, kind: 'chatbot', card: CARD },
  ...changes,
})
const refused = (promise: Promise<unknown>, code: ProblemCode) =>
  assert.rejects(promise, (error: unknown) => isProblem(error, code) || assert.fail(String(error)))

test('a creator tries an unminted card and adapter with one signature; each answer has a receipt, and the chain hears nothing', async () => {
  const { creator } = world.keys.accounts
  const { publicClient } = world.keys
  const sentBefore = await publicClient.getTransactionCount({ address: creator.address })
  const blockBefore = await publicClient.getBlockNumber()
  const adapter = new Uint8Array(randomAdapter({ seed: 7 }))
  const uploads: number[] = []
  const onUpload = ({ sentBytes }: { sentBytes: number }) => uploads.push(sentBytes)
  const draft = await openDraft(market, draftOf('creator', { adapter, onUpload }))
  assert.deepEqual(uploads, [adapter.length])
  assert.equal(draft.turnsLeftToday, 3)
  const answer = draft.ask(hello, { max_tokens: 12, temperature: 0 })
  let streamed = ''
  for await (const piece of answer) streamed += piece
  const { text, receipt, turnsLeftToday, usage } = await answer.result
  assert.equal(text, streamed)
  assert.ok(text.length > 0 && (usage?.completion_tokens ?? 0) > 0)
  assert.deepEqual([receipt.baseModelSha256, turnsLeftToday], [world.baseSha256, 2])
  assert.match(receipt.engineBuild, /^llama\.cpp /)
  assert.equal(receipt.draftHash, draftHash(draft.content), 'content and salt show which card it was')
  await draft.close()
  await refused(draft.ask(hello).result, 'draft_missing')
  assert.equal(await publicClient.getTransactionCount({ address: creator.address }), sentBefore)
  assert.equal(await publicClient.getBlockNumber(), blockBefore)
})

test('openai’s client talks to a draft by its base URL and token, streaming or not, until the day’s turns are spent', async () => {
  const draft = await openDraft(market, draftOf('stranger'))
  const openai = new OpenAI({ baseURL: draft.baseUrl, apiKey: draft.token, maxRetries: 0 })
  const ask = { model: 'draft', messages: hello, max_tokens: 8, temperature: 0 }
  const whole = await openai.chat.completions.create(ask)
  let text = ''
  for await (const chunk of await openai.chat.completions.create({ ...ask, stream: true })) {
    text += chunk.choices[0]?.delta.content ?? ''
  }
  assert.equal(whole.choices[0]?.message.content, text)
  await openai.chat.completions.create(ask)
  await assert.rejects(openai.chat.completions.create(ask), (error: unknown) => {
    assert.ok(error instanceof OpenAI.RateLimitError)
    assert.equal(error.code, 'drafts_spent')
    assert.ok(Number(error.headers.get('retry-after')) > 1)
    return true
  })
  await node.stop()
  node = await startInferenceNode(world.config('drafts', GIVING), { log: logNothing })
  await refused(openDraft(market, draftOf('stranger')), 'drafts_spent')
})

test('a node runs no drafts and no canary unless its operator says so, and says in its health what it gives', async () => {
  const off = await startInferenceNode(world.config('no-drafts'), { log: logNothing })
  try {
    await refused(openDraft(market, draftOf('creator', { nodeUrl: off.url })), 'drafts_off')
    const told = await Promise.all(
      [off.url, node.url].map(async url => nodeHealth.parse(await (await fetch(`${url}/health`)).json())),
    )
    assert.deepEqual(
      told.map(({ draftTurnsPerDay, canaryEverySeconds }) => [draftTurnsPerDay, canaryEverySeconds]),
      [
        [0, 0],
        [3, 60],
      ],
    )
    const canary = (url: string) => fetch(`${url}/v1/canary?from=7`)
    assert.deepEqual([(await canary(off.url)).status, (await canary(node.url)).status], [404, 200])
    const again = await canary(node.url)
    assert.deepEqual([again.status, Number(again.headers.get('retry-after')) > 50], [429, true])
  } finally {
    await off.stop()
  }
})

test('a leave is good for one node, one content, one wallet and ten minutes; an account with code signs by ERC-1271', async () => {
  const { accounts, chainId, rpcUrl, publicClient: client } = world.keys
  const operator = accounts.operator.address
  const hash: Hex = `0x${'ab'.repeat(32)}`
  const expected = { operator, chainId, draftHash: hash, client }
  const leave = await signDraftLeave(accounts.creator, expected)
  assert.equal(await readDraftLeave(leave, expected), accounts.creator.address)
  const byStranger = await accounts.stranger.signMessage({ message: leave.message })
  const long = leave.message.replace(/Expiration Time: .+/, 'Expiration Time: 2090-01-01T00:00:00.000Z')
  const past = leave.message.replace(/Expiration Time: .+/, 'Expiration Time: 2020-01-01T00:00:00.000Z')
  const signed = async (message: string) => ({
    message,
    signature: await accounts.creator.signMessage({ message }),
  })
  for (const [given, wanted] of [
    [leave, { ...expected, operator: accounts.otherOperator.address }],
    [leave, { ...expected, chainId: 1 }],
    [leave, { ...expected, draftHash: `0x${'cd'.repeat(32)}` as const }],
    [{ ...leave, signature: byStranger }, expected],
    [await signed(long), expected],
    [await signed(past), expected],
    [await signed(leave.message.replace('Nothing is minted', 'Everything is minted')), expected],
    [await signed('hello'), expected],
  ] as const) {
    await refused(readDraftLeave(given, wanted), 'draft_leave_invalid')
  }
  const code = createTestClient({ mode: 'anvil', transport: http(rpcUrl) })
  const byCode = { message: leave.message, signature: '0xc0de' } as const
  await refused(readDraftLeave(byCode, expected), 'draft_leave_invalid')
  await code.setCode({ address: accounts.creator.address, bytecode: '0x631626ba7e60e01b5f5260205ff3' })
  assert.equal(await readDraftLeave(byCode, expected), accounts.creator.address)
  await code.setCode({ address: accounts.creator.address, bytecode: '0x' })
})

test('what the client goes by is what it sent, whatever the node calls it, and the base that the node named before', async () => {
  const altered = (path: RegExp, from: RegExp, to: string) =>
    createMarket({
      ...market,
      fetch: async (input, init) => {
        const response = await fetch(input, init)
        if (!path.test(String(input))) return response
        const text = (await response.text()).replace(from, to)
        return new Response(text, { status: response.status, headers: response.headers })
      },
    })
  const renamed = altered(/\/v1\/drafts$/, /"draftHash":"0x../, '"draftHash":"0xff')
  const draft = await openDraft(renamed, draftOf('holder'))
  const { receipt } = await draft.ask(hello, { max_tokens: 4 }).result
  assert.equal(receipt.draftHash, draft.draftHash)
  await draft.close()
  const otherBase = altered(/\/health$/, /"sha256":"[0-9a-f]{2}/, '"sha256":"ff')
  const other = await openDraft(otherBase, draftOf('holder'))
  await refused(other.ask(hello, { max_tokens: 4 }).result, 'receipt_invalid')
  await other.close()
})

test('what the client will not believe: a receipt of another content', async () => {
  const lying: typeof fetch = async (input, init) => {
    const response = await fetch(input, init)
    if (!String(input).endsWith('/chat/completions')) return response
    const text = (await response.text()).replace(/"outputHash":"0x../, '"outputHash":"0xff')
    return new Response(text, { status: response.status, headers: response.headers })
  }
  const through = createMarket({ ...market, fetch: lying })
  const told = await openDraft(through, draftOf('creator'))
  await refused(told.ask(hello, { max_tokens: 4 }).result, 'receipt_invalid')
})
