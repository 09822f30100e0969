/** Reading ahead beside a real llama.cpp: what it saves, and that nobody is answered otherwise for it. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, mock, test } from 'node:test'
import { LlamaContextSequence } from 'node-llama-cpp'
import { LlamaHost } from './llama.ts'
import type { Sampling } from './protocol.ts'
import { randomBase } from './random-gguf.ts'

const directory = mkdtempSync(join(tmpdir(), 'grimoire-ahead-'))
let host: LlamaHost

before(async () => {
  const modelPath = join(directory, 'base.gguf')
  writeFileSync(modelPath, randomBase({ contextTokens: 256 }))
  host = await LlamaHost.boot({
    ...{ modelPath, gpu: false, threads: 1, contextTokens: 0 },
    ...{ sequences: 1, warmPrompts: 1, fileTemplate: false },
  })
  await host.open('lamp')
})
after(async () => {
  await host?.stop()
  rmSync(directory, { recursive: true })
})

type Steps = { _decodeTokens(...args: unknown[]): Promise<unknown> }
const steps = LlamaContextSequence.prototype as unknown as Steps // Safety: pinned at 3.22.1.

/** How many steps of llama.cpp were begun when each piece of an answer was handed over. */
async function ask(sampling: Partial<Sampling>, signal?: (text: string) => AbortSignal | undefined) {
  const original = steps._decodeTokens
  const counted = mock.method(steps, '_decodeTokens', function (this: Steps, ...args) {
    return original.apply(this, args)
  } satisfies Steps['_decodeTokens'])
  const abort = new AbortController()
  const begun: number[] = []
  let text = ''
  const end = await host.chat({
    ...{ work: 'lamp', holder: 'ann', messages: [{ role: 'user', content: 'Who are you?' }] },
    sampling: { temperature: 0, stop: [], maxTokens: 24, ...sampling },
    signal: abort.signal,
    onText: piece => {
      begun.push(counted.mock.callCount())
      text += piece
      if (signal?.(text)) abort.abort()
    },
    onCall: () => {},
    onProgress: () => {},
  })
  const all = counted.mock.callCount()
  counted.mock.restore()
  return { text, begun, all, end }
}

/** So little that no token is another for it; but a penalty is counted over what was said, so nothing is asked for before. */
const INERT = { frequencyPenalty: 1e-12 }

test('while a token’s text is handed over, llama.cpp computes the next one; what ends the answer by count is the last that it computes', async () => {
  const ahead = await ask({})
  const inTurn = await ask(INERT)
  assert.deepEqual([ahead.all, inTurn.all], [24, 24])
  assert.ok(ahead.begun.length > 10)
  const before = ahead.begun.map((steps, at) => steps - (inTurn.begun[at] ?? 0))
  assert.deepEqual(
    before.slice(0, -3),
    before.slice(0, -3).map(() => 1),
  )
})

test('an answer is the same to the byte whether or not it is read ahead: whole, sampled from a seed, and cut by a stop', async () => {
  const whole = await ask({})
  assert.equal((await ask(INERT)).text, whole.text)
  const seeded = { temperature: 1, seed: 7, maxTokens: 60 }
  const sampled = await ask(seeded)
  assert.equal((await ask({ ...seeded, ...INERT })).text, sampled.text)
  const stop = [whole.text.slice(8, 12)]
  const cut = await ask({ stop })
  assert.deepEqual([cut.text, cut.end.reason], [(await ask({ stop, ...INERT })).text, 'stop'])
  assert.ok(cut.text.length > 0 && cut.text.length < whole.text.length)
})

test('what was read ahead of an answer that was stopped is in nobody’s next answer', async () => {
  const whole = await ask({ maxTokens: 60 })
  for (const length of [1, 5, 20]) {
    const stopped = await ask({ maxTokens: 60 }, text =>
      text.length >= length ? AbortSignal.abort() : undefined,
    )
    assert.ok(stopped.text.length >= length && stopped.text.length < whole.text.length)
    assert.equal((await ask({ maxTokens: 60 })).text, whole.text)
  }
})
