/** The engine with a real llama.cpp and random weights: what it loads, refuses, frees, and survives. */
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, mock, test } from 'node:test'
import { isProblem } from '@grimoire/schema/problem'
import { checkAdapter } from '../files/adapter.ts'
import { readBase } from '../files/base.ts'
import { ENGINE_DEFAULTS, Engine } from './engine.ts'
import { EngineProcess } from './process.ts'
import { randomAdapter, randomBase } from './random-gguf.ts'

const directory = mkdtempSync(join(tmpdir(), 'grimoire-engine-'))
const modelPath = join(directory, 'base.gguf')
let engine: Engine

before(async () => {
  writeFileSync(modelPath, randomBase({ contextTokens: 256 }))
  engine = await Engine.start({
    ...ENGINE_DEFAULTS,
    modelPath,
    gpu: false,
    threads: 1,
    openWorks: 3,
    queue: 1,
  })
  engine.admit('plain')
  engine.admit('first', randomAdapter({ seed: 7 }))
  engine.admit('second', randomAdapter({ seed: 99 }))
})
after(async () => {
  await engine?.stop()
  rmSync(directory, { recursive: true })
})

const hello = [
  { role: 'system' as const, content: 'You are a test.' },
  { role: 'user' as const, content: 'Hello there' },
]
async function ask(work: string, maxTokens = 24, signal = new AbortController().signal, messages = hello) {
  const pieces: string[] = []
  const sampling = { temperature: 0, stop: [], maxTokens }
  const end = await engine.chat({ work, messages, sampling, signal, onText: text => pieces.push(text) })
  return { text: pieces.join(''), pieces, end }
}

test('the engine says which llama.cpp it runs, on what, and how long a conversation may be', () => {
  assert.match(engine.facts.llamaRelease, /^\w+/)
  assert.equal(engine.facts.gpu, false)
  assert.equal(engine.facts.contextTokens, 256)
})

test('each work answers with its own adapter, alone or beside others, always the same at temperature 0', async () => {
  const alone = [await ask('plain'), await ask('first'), await ask('second')]
  assert.equal(new Set(alone.map(({ text }) => text)).size, 3, 'an adapter did not change the answer')
  const beside = await Promise.all([ask('plain'), ask('first')])
  assert.deepEqual([beside[0]?.text, beside[1]?.text], [alone[0]?.text, alone[1]?.text])
  assert.equal((await ask('first')).text, alone[1]?.text)
  for (const { end } of alone) assert.ok(end.inputTokens > 10 && end.outputTokens > 0 && end.totalMs > 0)
})

test('a work that is forgotten and admitted with another adapter never answers with the old one', async () => {
  const old = await ask('first')
  await engine.forget('first')
  engine.admit('first', randomAdapter({ seed: 123 }))
  assert.notEqual((await ask('first')).text, old.text)
  await engine.forget('first')
  engine.admit('first', randomAdapter({ seed: 7 }))
  assert.equal((await ask('first')).text, old.text)
})

test('more works than fit take turns in memory and keep their answers', async () => {
  const expected = (await ask('first')).text
  for (const name of ['a', 'b', 'c']) {
    engine.admit(name)
    await ask(name, 2)
  }
  assert.equal((await ask('first')).text, expected)
})

test('a work that could not be opened, as another could not be closed for it, is opened by its next turn', async () => {
  const works = ['plain', 'first', 'second', 'third']
  engine.admit('third', randomAdapter({ seed: 5 }))
  for (const work of works.slice(0, 3)) await ask(work, 2)
  const { ask: original } = EngineProcess.prototype
  let failed = 0
  const asked = mock.method(EngineProcess.prototype, 'ask', function (this: EngineProcess, ...args) {
    const [{ op }] = args
    if (op !== 'close' || failed++ > 0) return original.apply(this, args)
    return { id: 0, answer: Promise.reject(new Error('it would not close')) }
  } satisfies EngineProcess['ask'])
  await assert.rejects(ask('third', 2), /would not close/)
  asked.mock.restore()
  assert.ok((await ask('third', 2)).end.outputTokens > 0)
  await engine.forget('third')
})

test('whoever listens to an answer and throws fails that turn and no other; its place is free at once', async () => {
  const beside = ask('first', 24)
  const broken = engine.chat({
    ...{ work: 'plain', messages: hello, sampling: { temperature: 0, stop: [], maxTokens: 200 } },
    signal: new AbortController().signal,
    onText: () => {
      throw new Error('the guard gave up')
    },
  })
  await assert.rejects(broken, /the guard gave up/)
  assert.ok((await beside).end.outputTokens > 0)
  assert.ok((await Promise.all([ask('plain', 2), ask('first', 2)])).every(({ end }) => end.outputTokens > 0))
})

test('nothing of an adapter stands in a directory', () => {
  for (const folder of ['/dev/shm', join('/proc', String(engine.pid), 'root', 'dev', 'shm')]) {
    assert.deepEqual(
      readdirSync(folder).filter(name => /^grimoire-[0-9a-f]{32}$/.test(name)),
      [],
    )
  }
})

test('max_tokens ends an answer with length, and an abort ends it early without an error', async () => {
  const capped = await ask('plain', 3)
  assert.equal(capped.end.outputTokens, 3)
  assert.equal(capped.end.reason, 'length')
  const abort = new AbortController()
  const sampling = { temperature: 0, stop: [], maxTokens: 200 }
  const end = await engine.chat({
    work: 'second',
    messages: hello,
    sampling,
    signal: abort.signal,
    onText: () => abort.abort(),
  })
  assert.ok(end.outputTokens < 50, `${end.outputTokens} tokens after the abort`)
})

test('a conversation beyond the context is refused with its count, not cut', async () => {
  const long = [{ role: 'user' as const, content: 'word '.repeat(300) }]
  const count = await engine.count(long)
  assert.ok(count > 256)
  await assert.rejects(
    ask('plain', 5, undefined, long),
    (error: unknown) => isProblem(error, 'prompt_too_long') && error.message.includes(String(count)),
  )
})

test('a killed engine process fails the running turn, and the next turn is answered as before', async () => {
  const expected = (await ask('first')).text
  const running = engine.chat({
    work: 'first',
    messages: hello,
    sampling: { temperature: 0, stop: [], maxTokens: 200 },
    signal: new AbortController().signal,
    onText: () => engine.pid && process.kill(engine.pid, 'SIGKILL'),
  })
  await assert.rejects(running, (error: unknown) => isProblem(error, 'engine_failed'))
  assert.equal((await ask('first')).text, expected)
})

test('a turn that stalls is given up alone: the process lives, and its next turn is answered', async () => {
  const own = await Engine.start({ ...ENGINE_DEFAULTS, modelPath, gpu: false, threads: 1, stallMs: 1_000 })
  own.admit('plain')
  const { pid } = own
  assert.ok(pid)
  const run = (maxTokens: number, onText: () => void) =>
    own.chat({
      work: 'plain',
      messages: hello,
      sampling: { temperature: 0, stop: [], maxTokens },
      signal: new AbortController().signal,
      onText,
    })
  let stopped = false
  const stalled = run(200, () => {
    if (stopped) return
    stopped = true
    process.kill(pid, 'SIGSTOP')
    setTimeout(() => process.kill(pid, 'SIGCONT'), 1_500)
  })
  await assert.rejects(stalled, (error: unknown) => isProblem(error, 'engine_failed'))
  assert.equal(own.pid, pid)
  assert.ok((await run(4, () => {})).outputTokens > 0)
  assert.equal(own.pid, pid)
  await own.stop()
})

test('beyond the running turns one waits and the next is told that the node is busy', async () => {
  const out = await Promise.all([engine.turnstile.enter(), engine.turnstile.enter()])
  const waiting = engine.turnstile.enter()
  await assert.rejects(engine.turnstile.enter(), (error: unknown) => isProblem(error, 'node_busy'))
  for (const leave of out) leave()
  ;(await waiting)()
  assert.equal(engine.turnstile.busy, 0)
})

test('an adapter for another base, another architecture, or cut short is refused before native code', () => {
  const base = readBase(modelPath)
  const refused = (bytes: Uint8Array) =>
    assert.throws(
      () => checkAdapter(bytes, base),
      (error: unknown) => isProblem(error, 'adapter_invalid'),
    )
  checkAdapter(randomAdapter(), base)
  refused(randomAdapter({ width: 32 }))
  refused(randomAdapter({ layers: 3 }))
  refused(randomAdapter({ architecture: 'gemma' }))
  refused(randomAdapter().subarray(0, 2_000))
  refused(randomAdapter().subarray(0, 100))
  refused(randomBase())
  refused(Buffer.from('not a model at all, only a text of some length'))
})

test('a flipped byte anywhere in an adapter’s header is refused or harmless, never a crash', () => {
  const base = readBase(modelPath)
  const adapter = randomAdapter()
  for (let at = 0; at < 700; at++) {
    const flipped = Buffer.from(adapter)
    flipped[at] = (flipped[at] ?? 0) ^ 0xff
    try {
      checkAdapter(flipped, base)
    } catch (error) {
      assert.ok(isProblem(error, 'adapter_invalid'), `byte ${at}: ${String(error)}`)
    }
  }
})

test('a missing, broken or cut model file is one sentence with a mend', async () => {
  const cases: Record<string, Uint8Array> = {
    'broken.gguf': Buffer.from('GGUF but not really, and long enough to be read'),
    'cut.gguf': randomBase().subarray(0, 20_000),
    'adapter.gguf': randomAdapter(),
  }
  for (const [name, bytes] of Object.entries(cases)) writeFileSync(join(directory, name), bytes)
  for (const name of [...Object.keys(cases), 'missing.gguf']) {
    await assert.rejects(
      Engine.start({ ...ENGINE_DEFAULTS, modelPath: join(directory, name), gpu: false }),
      (error: unknown) => isProblem(error, 'model_file_invalid') && error.mend.length > 0,
      name,
    )
  }
})
