/** What the engine survives: a process that stands still for ever, and a machine without memory. Its turns fail; the node lives. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { isProblem } from '@grimoire/schema/problem'
import { ENGINE_DEFAULTS, Engine } from './engine.ts'
import { randomAdapter, randomBase } from './random-gguf.ts'

const directory = mkdtempSync(join(tmpdir(), 'grimoire-calamity-'))
/** Wide enough that an adapter does not fit into what a process has spare. */
const SHAPE = { width: 256, layers: 4 }
let engine: Engine

before(async () => {
  const modelPath = join(directory, 'base.gguf')
  writeFileSync(modelPath, randomBase({ ...SHAPE, contextTokens: 256 }))
  engine = await Engine.start({ ...ENGINE_DEFAULTS, modelPath, gpu: false, threads: 1, stallMs: 1_000 })
  engine.admit('plain')
})
after(async () => {
  await engine?.stop()
  rmSync(directory, { recursive: true })
})

function ask(work: string, onText = () => {}, maxTokens = 8) {
  return engine.chat({
    ...{ work, messages: [{ role: 'user', content: 'Hello' }], onText },
    sampling: { temperature: 0, stop: [], maxTokens },
    signal: new AbortController().signal,
  })
}

const failed = (error: unknown) => isProblem(error, 'engine_failed') && error.retry

test('an engine that stands still for ever is ended, its turn fails, and the next turn is answered by a new one', async () => {
  const { pid } = engine
  assert.ok(pid)
  let stopped = false
  const stalled = ask(
    'plain',
    () => {
      if (stopped) return
      stopped = true
      process.kill(pid, 'SIGSTOP')
    },
    200,
  )
  await assert.rejects(stalled, failed)
  assert.ok((await ask('plain')).outputTokens > 0)
  assert.notEqual(engine.pid, pid)
})

const limits = process.platform === 'linux' ? false : 'prlimit is Linux’s'

test('an engine that gets no more memory fails the turn that needs it; the next one is answered', {
  skip: limits,
}, async () => {
  const { pid } = engine
  assert.ok(pid)
  engine.admit('large', randomAdapter({ ...SHAPE, rank: 1_024 }))
  const used = Number(/VmSize:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024
  execFileSync('prlimit', ['--pid', String(pid), `--as=${used}`])
  await assert.rejects(ask('large'), (error: unknown) => isProblem(error))
  assert.ok((await ask('plain')).outputTokens > 0)
  await assert.doesNotReject(engine.forget('large'))
})
