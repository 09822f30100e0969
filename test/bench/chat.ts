/** First token and decode rate through the whole node, beside node-llama-cpp called directly on the same model and words. */
import { readFileSync } from 'node:fs'
import { engineThreads } from '@grimoire/devnet/node'
import { DEMO_MODEL_PATH } from '@grimoire/devnet/seeds'
import { getLlama, LlamaChat, LlamaLogLevel, resolveChatWrapper } from 'node-llama-cpp'
import { median, type Row, row } from './row.ts'
import type { Stage } from './stage.ts'

const WARM_UP = 3
const ROUNDS = 25

type Figures = { firstTokenMs: number[]; tokensPerSecond: number[] }
const figures = (): Figures => ({ firstTokenMs: [], tokensPerSecond: [] })

/** One answer straight from the library: no network, no payment, no seal, in this process. */
async function directly(systemPrompt: string, adapterPath: string) {
  const llama = await getLlama({
    gpu: false,
    build: 'never',
    skipDownload: true,
    maxThreads: engineThreads(),
    logLevel: LlamaLogLevel.error,
  })
  const model = await llama.loadModel({ modelPath: DEMO_MODEL_PATH })
  const context = await model.createContext({
    contextSize: model.trainContextSize,
    sequences: 2,
    threads: engineThreads(),
    lora: adapterPath,
  })
  const sequence = context.getSequence()
  const chat = new LlamaChat({ contextSequence: sequence, chatWrapper: resolveChatWrapper(model) })
  return {
    async ask(question: string) {
      const started = performance.now()
      let tokens = 0
      let firstTokenMs = 0
      await chat.generateResponse(
        [
          { type: 'system', text: systemPrompt },
          { type: 'user', text: question },
          { type: 'model', response: [] },
        ],
        {
          temperature: 0,
          maxTokens: 64,
          repeatPenalty: false,
          onResponseChunk: chunk => {
            if (tokens === 0 && chunk.tokens.length > 0) firstTokenMs = performance.now() - started
            tokens += chunk.tokens.length
          },
        },
      )
      return {
        firstTokenMs,
        tokensPerSecond: ((tokens - 1) * 1000) / (performance.now() - started - firstTokenMs),
      }
    },
    stop: () => llama.dispose(),
  }
}

function note(
  into: Figures,
  { firstTokenMs, tokensPerSecond }: { firstTokenMs: number; tokensPerSecond: number },
): void {
  into.firstTokenMs.push(firstTokenMs)
  into.tokensPerSecond.push(tokensPerSecond)
}

export async function benchChat({ chat, seed }: Stage): Promise<Row[]> {
  const card = typeof seed.card === 'string' ? {} : seed.card
  const questions = seed.ask.flatMap(({ user }) => (user ? [user] : []))
  const adapterPath = new URL(seed.adapter ?? '', `file://${DEMO_MODEL_PATH}`).pathname
  readFileSync(adapterPath)
  const plain = await directly(String(card.system_prompt), adapterPath)
  const [node, client, direct] = [figures(), figures(), figures()]
  // Both sides answer the same question in turn, so that a slow moment of the machine falls on both.
  for (let round = -WARM_UP; round < ROUNDS; round += 1) {
    const content = questions[(round + WARM_UP) % questions.length] ?? 'Hello!'
    const turn = await chat.askOnce([{ role: 'user', content }], { temperature: 0, max_tokens: 64 })
    const bare = await plain.ask(content)
    if (round < 0) continue
    const { prompt_ms: firstTokenMs, predicted_per_second: tokensPerSecond } = turn.nodeTimings
    note(node, { firstTokenMs, tokensPerSecond })
    note(client, { ...turn.timings, tokensPerSecond })
    note(direct, bare)
  }
  await plain.stop()
  const [nodeRate, libraryRate] = [median(node.tokensPerSecond), median(direct.tokensPerSecond)]
  return [
    row('first token, paid turn, at the client (anchor: library)', 'ms', median(client.firstTokenMs), {
      anchor: median(direct.firstTokenMs),
    }),
    row('first token, in the engine (anchor: library)', 'ms', median(node.firstTokenMs), {
      anchor: median(direct.firstTokenMs),
    }),
    row('decoding through the node (anchor: library)', 'tokens/s', nodeRate, { anchor: libraryRate }),
    // With a model this small a token takes about a millisecond, so the ratio shows what the node adds to each and not
    // what a holder of a real model would feel; this row says it in a unit that does not depend on the model.
    row('added to each token by process, stream and receipt', 'ms', 1000 / nodeRate - 1000 / libraryRate),
  ]
}
