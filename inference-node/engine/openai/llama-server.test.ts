/** A real `llama-server` as the engine, where GRIMOIRE_LLAMA_SERVER names its binary; without one there is nothing to ask. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { isProblem } from '@grimoire/schema/problem'
import type { Sampling } from '../protocol.ts'
import { randomAdapter, randomBase } from '../random-gguf.ts'
import { OpenAiEngine } from './engine.ts'

const binary = process.env.GRIMOIRE_LLAMA_SERVER
const when = { skip: binary ? false : 'GRIMOIRE_LLAMA_SERVER names no llama-server' }
const folder = mkdtempSync(join(tmpdir(), 'grimoire-llama-server-'))
const START_MS = 60_000

let child: ChildProcess | undefined
let engine: OpenAiEngine

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise(resolve => server.once('listening', resolve))
  const address = server.address()
  await new Promise(resolve => server.close(resolve))
  return typeof address === 'object' && address ? address.port : 0
}

/** Waits until it has loaded its model; how long that takes is the machine's affair. */
async function untilReady(url: string): Promise<void> {
  const deadline = Date.now() + START_MS
  while (Date.now() < deadline) {
    if ((await fetch(`${url}/health`).catch(() => null))?.ok) return
    await pause(100)
  }
  throw new Error('llama-server did not begin')
}

before(async () => {
  if (!binary) return
  const [base, adapter] = [join(folder, 'base.gguf'), join(folder, 'tone.gguf')]
  writeFileSync(base, randomBase({ contextTokens: 1_024 }))
  writeFileSync(adapter, randomAdapter())
  const port = await freePort()
  const place = ['--host', '127.0.0.1', '--port', String(port), '--api-key', 'sesame']
  const size = ['--ctx-size', '2048', '--parallel', '2', '--threads', '1', '--n-gpu-layers', '0']
  const lora = ['--lora', adapter, '--lora-init-without-apply']
  child = spawn(binary, ['--model', base, ...place, ...size, ...lora, '--jinja'], { stdio: 'ignore' })
  const url = `http://127.0.0.1:${port}`
  await untilReady(url)
  const sha256 = createHash('sha256').update(randomAdapter()).digest('hex')
  engine = await OpenAiEngine.start({
    ...{ baseUrl: `${url}/v1`, model: 'base', apiKey: 'sesame', adapters: { [sha256]: { lora: 0 } } },
    ...{ contextTokens: 1_024, baseModelSha256: '0'.repeat(64), baseModelName: 'random' },
    ...{ sequences: 2, queue: 2, stallMs: 60_000 },
  })
  engine.admit('plain')
  engine.admit('tuned', randomAdapter())
})
after(() => {
  child?.kill('SIGKILL')
  rmSync(folder, { recursive: true })
})

const messages = [
  { role: 'system' as const, content: 'You are a test.' },
  { role: 'user' as const, content: 'Hello there' },
]
async function ask(work: string, changes: Partial<Sampling> = {}) {
  let text = ''
  const end = await engine.chat({
    ...{ work, messages, signal: new AbortController().signal },
    sampling: { temperature: 0, stop: [], maxTokens: 24, ...changes },
    onText: piece => {
      text += piece
    },
  })
  return { text, end }
}

test('receipts will say which llama-server spoke', when, () => {
  assert.match(engine.facts.build, /^llama-server \S+/)
})

test('its own template and tokenizer count what it then reads', when, async () => {
  const { end } = await ask('plain')
  assert.equal(await engine.count(messages), end.inputTokens)
  assert.deepEqual([end.reason, end.outputTokens], ['length', 24])
})

test('an adapter is applied to its own work and to no other, whatever was asked before', when, async () => {
  const [plain, tuned] = [await ask('plain'), await ask('tuned')]
  assert.notEqual(plain.text, tuned.text)
  assert.equal((await ask('plain')).text, plain.text)
})

test('an answer in a schema is held by its grammars', when, async () => {
  const schema = { type: 'object', properties: { mood: { enum: ['calm', 'wild'] } }, required: ['mood'] }
  const { text } = await ask('plain', { form: { schema }, maxTokens: 100 })
  assert.ok(['calm', 'wild'].includes(JSON.parse(text).mood))
})

test('an abort ends the answer early, and killing the server fails the turn', when, async () => {
  const abort = new AbortController()
  const sampling = { temperature: 0, stop: [], maxTokens: 600 }
  const end = await engine.chat({
    ...{ work: 'plain', messages, sampling, signal: abort.signal },
    onText: () => abort.abort(),
  })
  assert.ok(end.outputTokens < 600)
  const killed = engine.chat({
    ...{ work: 'plain', messages, sampling, signal: new AbortController().signal },
    onText: () => child?.kill('SIGKILL'),
  })
  await assert.rejects(killed, (error: unknown) => isProblem(error, 'engine_failed'))
})
