/** Knowledge files on a real node with the shipped model: a fact that stands only in a file decides what a holder is answered. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { createMarket, type Market } from '@grimoire/client/market'
import { openDraft } from '@grimoire/client/run-draft'
import { outputHash } from '@grimoire/schema/chat'
import { knowledgeParts } from '@grimoire/schema/knowledge'
import { MEDIA_TYPES } from '@grimoire/schema/manifest'
import { isProblem } from '@grimoire/schema/problem'
import { NodeWorld, type TestWork } from '../fixture.ts'
import { logNothing } from '../log.ts'
import { type InferenceNode, startInferenceNode } from '../server.ts'

const MODEL = join(import.meta.dirname, '..', 'demo-model', 'grimoire-demo.gguf')
const CARD = JSON.stringify({
  spec: 'chara_card_v3',
  spec_version: '3.0',
  data: {
    name: 'Mira',
    system_prompt:
      'You are Mira, a baker from Larkfield. You like honey and maps. Your mood is cheerful.\nFacts:\n- price of bread: 4 coins',
  },
})
/** Far more than the model's window: one line of it is the answer. */
const LEDGER = `${Array.from({ length: 400 }, (_, at) => `- shelf ${at}: a jar of plums and a jar of figs`).join('\n')}\n\n- price of cake: 19 coins\n`
const QUESTION = 'What is the price of cake?'

let world: NodeWorld
let node: InferenceNode
let bare: TestWork
let told: TestWork
let prompt: TestWork
let market: Market

before(async () => {
  world = await NodeWorld.start(readFileSync(MODEL))
  const { addresses, publicClient } = world.keys
  market = createMarket({ addresses, publicClient, edgeUrl: world.edgeUrl })
  const more = knowledgeParts([
    { name: 'shop.md', text: 'Open from nine to five, not on Sundays.\n' },
    { name: 'ledger.md', text: LEDGER },
  ])
  bare = await world.publish('chatbot', CARD)
  told = await world.publish('chatbot', CARD, { more })
  prompt = await world.publish(
    'prompt',
    '---\ninput:\n  schema:\n    thing: string\n---\nTell of {{thing}}.\n',
    {
      more: knowledgeParts([{ name: 'things.txt', text: 'An astrolabe measures stars.' }]),
    },
  )
  node = await startInferenceNode(world.config('node', { drafts: { turnsPerDay: 5 } }), { log: logNothing })
  for (const work of [bare, told, prompt]) {
    await world.buy('holder', work)
    assert.equal((await world.grant(node.url, 'holder', work)).status, 201)
  }
})
after(async () => {
  await node?.stop()
  await world?.stop()
})

const requestTo = ({ model }: TestWork, content = QUESTION) => ({
  ...{ model, temperature: 0, max_tokens: 40 },
  messages: [{ role: 'user', content }],
})
const ask = (work: TestWork, content?: string) =>
  world.payer('holder').ask(node.url, requestTo(work, content))
const openWorks = async () => (await (await fetch(`${node.url}/health`)).json()).openWorks

test('a fact that stands only in a file, among thousands of words, is the answer; without the file the bot does not know it', async () => {
  const [without, withFiles] = [await ask(bare), await ask(told)]
  assert.match(without.text, /no note/)
  assert.match(withFiles.text, /The price of cake is 19 coins\./)
  assert.ok(withFiles.tail && without.tail)
  assert.equal(withFiles.tail.receipt.outputHash, outputHash(withFiles.text))
  const more = withFiles.tail.receipt.inputTokens - without.tail.receipt.inputTokens
  assert.ok(more > 10 && more <= 128, `${more} tokens, of a window of 512`)
  assert.equal(
    withFiles.tail.receipt.inputBytes,
    without.tail.receipt.inputBytes,
    'what a holder did not send is not charged',
  )
})

test('what the card says still counts, and a question that no file is about is told nothing', async () => {
  assert.match((await ask(told, 'What is the price of bread?')).text, /4 coins/)
  const [plain, other] = [await ask(bare, 'Goodbye!'), await ask(told, 'Goodbye!')]
  assert.deepEqual(
    [other.text, other.tail?.receipt.inputTokens],
    [plain.text, plain.tail?.receipt.inputTokens],
  )
})

test('a conversation that fills the window goes on without excerpts, and is refused only where it is too long by itself', async () => {
  const limit = async (work: TestWork) => {
    let [fits, fails] = [0, 600]
    while (fails - fits > 1) {
      const words = Math.floor((fits + fails) / 2)
      const { status, problem } = await ask(work, `${QUESTION} ${'cake '.repeat(words)}`)
      if (status === 200) fits = words
      else {
        assert.equal(problem?.code, 'prompt_too_long')
        fails = words
      }
    }
    return fits
  }
  assert.equal(await limit(told), await limit(bare))
})

test('a prompt is asked by its variables', async () => {
  const request = {
    model: prompt.model,
    temperature: 0,
    max_tokens: 4,
    messages: [{ role: 'user', content: '' }],
  }
  const asked = (thing: string) =>
    world.payer('holder').ask(node.url, { ...request, grimoire: { input: { thing } } })
  const { status, tail } = await asked('the astrolabe')
  assert.deepEqual([status, (tail?.receipt.inputTokens ?? 0) > 30], [200, true])
})

test('a draft is answered from its files, which its receipt’s hash covers, once all of them are there', async () => {
  const wallet = world.keys.wallet('creator')
  const draft = { wallet, nodeUrl: node.url, kind: 'chatbot' as const, card: CARD }
  const knowledge = [
    { name: 'shop.md', text: 'Open from nine to five.\n' },
    { name: 'ledger.md', text: LEDGER },
  ]
  const opened = await openDraft(market, { ...draft, knowledge })
  const { text, receipt } = await opened.ask([{ role: 'user', content: QUESTION }], { temperature: 0 }).result
  assert.match(text, /19 coins/)
  assert.equal(receipt.draftHash, opened.draftHash)
  assert.equal(opened.content.knowledge?.length, 2)
  const path = `${node.url}/v1/drafts/${opened.content ? opened.baseUrl.split('/').at(-1) : ''}/knowledge/0`
  const headers = { authorization: `Bearer ${opened.token}` }
  const other = await fetch(path, { method: 'PUT', headers, body: 'other.md\nOther words.' })
  assert.equal((await other.json()).code, 'hash_mismatch')
  await opened.close()
  await assert.rejects(opened.ask([{ role: 'user', content: QUESTION }]).result, (error: unknown) =>
    isProblem(error, 'draft_missing'),
  )
  await assert.rejects(
    openDraft(market, { ...draft, knowledge: [{ name: 'virus.exe', text: 'MZ' }] }),
    (error: unknown) => isProblem(error, 'knowledge_unfit'),
  )
})

test('a version whose file is not of the form that is sealed is opened for nobody, and costs nothing', async () => {
  const bytes = new TextEncoder().encode('no name of a file')
  const broken = await world.publish('chatbot', CARD, {
    more: [{ role: 'knowledge', name: 'knowledge-1', mediaType: MEDIA_TYPES.knowledge, bytes }],
  })
  await world.buy('holder', broken)
  await world.grant(node.url, 'holder', broken)
  const { status, problem } = await ask(broken)
  assert.deepEqual([status, problem?.code], [422, 'knowledge_invalid'])
})

test('after the sale the node has closed the work and its files, and answers its seller nothing', async () => {
  const before = await openWorks()
  await world.give('holder', world.keys.accounts.stranger.address, told)
  await world.keys.confirm()
  const refused = async () => (await ask(told)).status === 403
  const closed = async () => (await openWorks()) === before - 1
  const end = Date.now() + 10_000
  while (Date.now() < end && !((await refused()) && (await closed())))
    await new Promise(resolve => setTimeout(resolve, 50))
  assert.deepEqual([await refused(), await closed()], [true, true])
})
