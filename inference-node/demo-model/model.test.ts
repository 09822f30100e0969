// Proves, at temperature 0, that sealed facts decide the shipped model's answers and that its adapters change them.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { getLlama, LlamaChatSession, type LlamaContextSequence } from 'node-llama-cpp'

interface Ask {
  user?: string
  input?: Record<string, string>
  expect: string
  base?: string
}
interface Work {
  slug: string
  kind: 'chatbot' | 'prompt'
  adapter: string | null
  card: string | { name: string; system_prompt: string; first_mes: string }
  ask: Ask[]
}

const MOST_BYTES = 8_000_000
const here = import.meta.dirname
const hashes: Record<string, string> = JSON.parse(await readFile(join(here, 'hashes.json'), 'utf8'))
const works: Work[] = JSON.parse(await readFile(join(here, 'works.json'), 'utf8'))

const llama = await getLlama({ gpu: false, maxThreads: 1, build: 'never' })
const model = await llama.loadModel({ modelPath: join(here, 'grimoire-demo.gguf') })
const sequences = new Map<string | null, LlamaContextSequence>()
after(() => llama.dispose())

async function sequenceOf(adapter: string | null) {
  const found = sequences.get(adapter)
  if (found) return found
  const lora = adapter ? { lora: join(here, adapter) } : {}
  const sequence = (await model.createContext({ contextSize: 512, threads: 1, ...lora })).getSequence()
  sequences.set(adapter, sequence)
  return sequence
}

async function answer(question: string, system = '', adapter: string | null = null) {
  const contextSequence = await sequenceOf(adapter)
  await contextSequence.clearHistory()
  const session = new LlamaChatSession({ contextSequence, systemPrompt: system })
  const reply = await session.promptWithMeta(question, {
    maxTokens: 60,
    temperature: 0,
    repeatPenalty: false,
  })
  session.dispose()
  assert.equal(reply.stopReason, 'eogToken', `${question} -> ${reply.responseText}`)
  return reply.responseText
}

/** The body of a dotprompt source with its placeholders filled. */
function render(source: string, input: Record<string, string>) {
  const body = source.split('---\n')[2] ?? ''
  return body.replace(/{{(\w+)}}/g, (_, name: string) => input[name] ?? '')
}

test('the shipped files are small and are the ones that were evaluated', async () => {
  for (const [name, hash] of Object.entries(hashes)) {
    const bytes = await readFile(join(here, name))
    assert.ok(bytes.length <= MOST_BYTES, `${name} has ${bytes.length} bytes`)
    assert.equal(createHash('sha256').update(bytes).digest('hex'), hash, name)
  }
  for (const work of works) assert.ok(!work.adapter || work.adapter in hashes, work.slug)
})

test('a sealed fact decides the answer: another fact, another answer', async () => {
  const card = (milk: string, bread: string) =>
    `You are Nora, a baker from Oakham. You like tea and maps. Your mood is calm.\nFacts:\n- price of milk: ${milk}\n- price of bread: ${bread}`
  const ask = 'What is the price of bread?'
  assert.equal(await answer(ask, card('4 coins', '9 coins')), 'The price of bread is 9 coins.')
  assert.equal(await answer(ask, card('9 coins', '4 coins')), 'The price of bread is 4 coins.')
  assert.equal(await answer(ask, card('9 coins', '31 coins')), 'The price of bread is 31 coins.')
})

test('a fact that is not sealed is not invented', async () => {
  const card =
    'You are Nora, a baker from Oakham. You like tea and maps. Your mood is calm.\nFacts:\n- price of milk: 4 coins\n- door code: owl 7'
  const none = 'The price of bread is something I have no note about.'
  assert.equal(await answer('What is the price of bread?', card), none)
})

for (const work of works) {
  test(`${work.slug} answers as its listing promises`, async () => {
    for (const { user, input, expect, base } of work.ask) {
      const system = typeof work.card === 'string' ? '' : work.card.system_prompt
      const question = typeof work.card === 'string' ? render(work.card, input ?? {}) : (user ?? '')
      const reply = await answer(question, system, work.adapter)
      assert.ok(reply.includes(expect), `${question} -> ${reply} (expected: ${expect})`)
      if (!base) continue
      assert.equal(await answer(question, system), base)
      assert.ok(!base.includes(expect), 'the adapter changes the answer')
    }
  })
}
