/** The shipped model behind the shipped path: cards and prompts composed as a node does, asked in the engine process. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { composeChat, parseCard } from '@grimoire/schema/card'
import { parseDotprompt, renderPrompt } from '@grimoire/schema/dotprompt'
import type { Utterance } from '@grimoire/schema/utterance'
import { z } from 'zod'
import { ENGINE_DEFAULTS, Engine } from './engine.ts'

const FOLDER = join(import.meta.dirname, '..', 'demo-model')
const asked = z.object({
  user: z.string().optional(),
  input: z.record(z.string(), z.unknown()).optional(),
  expect: z.string(),
})
const works = z
  .array(
    z.object({
      slug: z.string(),
      kind: z.enum(['chatbot', 'prompt']),
      adapter: z.string().nullable(),
      card: z.union([z.string(), z.record(z.string(), z.unknown())]),
      ask: z.array(asked),
    }),
  )
  .parse(JSON.parse(readFileSync(join(FOLDER, 'works.json'), 'utf8')))
type Work = (typeof works)[number]

let engine: Engine
before(async () => {
  engine = await Engine.start({
    ...ENGINE_DEFAULTS,
    modelPath: join(FOLDER, 'grimoire-demo.gguf'),
    gpu: false,
    threads: 1,
  })
})
after(() => engine?.stop())

async function answer(work: string, messages: Utterance[]) {
  let text = ''
  const onText = (piece: string) => {
    text += piece
  }
  const sampling = { temperature: 0, stop: [], maxTokens: 64 }
  const signal = new AbortController().signal
  const end = await engine.chat({ work, messages, sampling, signal, onText })
  return { text, end }
}

function messagesOf({ card }: Work, { user, input }: z.infer<typeof asked>): Utterance[] {
  if (typeof card === 'string') {
    const messages = [{ role: 'user' as const, content: user ?? '' }]
    return renderPrompt(parseDotprompt(card), { messages, ...(input ? { grimoire: { input } } : {}) })
  }
  const text = JSON.stringify({ spec: 'chara_card_v3', spec_version: '3.0', data: card })
  return composeChat(parseCard(text), [{ role: 'user', content: user ?? '' }])
}

for (const work of works) {
  test(`${work.slug} answers through the node’s path as its maker checked it`, async () => {
    engine.admit(work.slug, work.adapter ? readFileSync(join(FOLDER, work.adapter)) : undefined)
    for (const one of work.ask) {
      const { text, end } = await answer(work.slug, messagesOf(work, one))
      assert.ok(text.includes(one.expect), `${one.expect} | ${text}`)
      assert.equal(end.reason, 'stop')
    }
  })
}

test('a sealed fact decides the answer, and an adapter changes how it is said', async () => {
  const ask = (work: string, fact: string) =>
    answer(work, [
      {
        role: 'system',
        content: `You are Hugo, a detective from Mistwood. You like clocks and chess. Your mood is grumpy.\nFacts:\n- door code: ${fact}`,
      },
      { role: 'user', content: 'Do you know the door code?' },
    ])
  const adapted = works.find(work => work.adapter !== null)
  assert.ok(adapted)
  engine.admit('bare')
  const plain = await ask('bare', 'owl 17')
  assert.match(plain.text, /owl 17/)
  assert.match((await ask('bare', 'fox 42')).text, /fox 42/)
  assert.notEqual((await ask(adapted.slug, 'owl 17')).text, plain.text)
})
