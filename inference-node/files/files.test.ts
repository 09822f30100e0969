/** Hostile model files and adapters: each is refused under its own name before llama.cpp sees it, or loads and harms nobody. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { isProblem } from '@grimoire/schema/problem'
import { ENGINE_DEFAULTS, Engine } from '../engine/engine.ts'
import { randomAdapter, randomBase } from '../engine/random-gguf.ts'
import { checkAdapter } from './adapter.ts'
import { checkBase } from './base.ts'
import { estimatedBytes } from './budget.ts'
import { mayRunTemplate, templateSha256 } from './chat-templates.ts'
import { readHeader } from './read-header.ts'
import { CRAFTED } from './trial/crafted.ts'
import { adapterDraft, baseDraft, written } from './trial/draft.ts'
import { mutated } from './trial/mutate.ts'

const directory = mkdtempSync(join(tmpdir(), 'grimoire-files-'))
const start = (name: string, bytes: Uint8Array, changes: { maxMemoryBytes?: number } = {}) => {
  const modelPath = join(directory, name)
  writeFileSync(modelPath, bytes)
  return Engine.start({
    ...ENGINE_DEFAULTS,
    modelPath,
    gpu: false,
    threads: 1,
    contextTokens: 64,
    ...changes,
  })
}
let engine: Engine
before(async () => {
  engine = await start('base.gguf', randomBase({ contextTokens: 64 }))
})
after(async () => {
  await engine?.stop()
  rmSync(directory, { recursive: true })
})

const draftBase = () => {
  const bytes = written(baseDraft())
  return checkBase(bytes, bytes.length)
}
const faultOf = (check: () => unknown): string => {
  try {
    check()
    return 'none'
  } catch (error) {
    if (!isProblem(error)) return `not a Problem: ${String(error)}`
    return String(error.details.extra?.fault)
  }
}

test('the honest drafts, of which every crafted file is one change away, pass', () => {
  const base = draftBase()
  checkAdapter(written(adapterDraft()), base)
  assert.equal(base.blocks, 1)
})

test('each crafted file is refused under its own name', () => {
  assert.ok(CRAFTED.length >= 60, `${CRAFTED.length} crafted files`)
  const base = draftBase()
  for (const { name, as, fault, bytes } of CRAFTED) {
    const check = () => (as === 'base' ? checkBase(bytes, bytes.length) : checkAdapter(bytes, base))
    assert.equal(faultOf(check), fault, name)
  }
})

test('a crafted file never reaches the engine’s process', async () => {
  for (const { name, bytes } of CRAFTED.filter(({ as }) => as === 'base').slice(0, 12)) {
    await assert.rejects(
      start('crafted.gguf', bytes),
      (error: unknown) => isProblem(error, 'model_file_invalid'),
      name,
    )
  }
})

test('of 100 damaged adapters each is refused by name or opened, and the engine answers as before', async () => {
  const ask = async (work: string) => {
    let text = ''
    const onText = (piece: string) => {
      text += piece
    }
    const sampling = { temperature: 0, stop: [], maxTokens: 3 }
    const messages = [{ role: 'user' as const, content: 'Hello' }]
    await engine.chat({ work, messages, sampling, signal: new AbortController().signal, onText })
    return text
  }
  engine.admit('plain')
  const [expected, pid] = [await ask('plain'), engine.pid]
  const original = randomAdapter()
  const { dataOffset } = readHeader(original, original.length, 'adapter_invalid')
  let opened = 0
  for (const bytes of mutated(original, dataOffset, 100, 1)) {
    const fault = faultOf(() => engine.admit('damaged', bytes))
    if (fault !== 'none') {
      assert.notEqual(fault, 'undefined')
      continue
    }
    opened++
    await ask('damaged').catch((error: unknown) => assert.ok(isProblem(error), String(error)))
    await engine.forget('damaged')
  }
  assert.ok(opened > 0, 'some damage is only to weights')
  assert.deepEqual([await ask('plain'), engine.pid], [expected, pid])
})

test('a model beyond the memory that the operator gives is refused by name, before it is loaded', async () => {
  const bytes = randomBase({ contextTokens: 64 })
  const needed = estimatedBytes(checkBase(bytes, bytes.length), {
    contextTokens: 64,
    conversations: 2,
  })
  await assert.rejects(start('large.gguf', bytes, { maxMemoryBytes: needed - 1 }), (error: unknown) => {
    return isProblem(error, 'model_file_invalid') && error.details.extra?.fault === 'over_budget'
  })
  await (await start('fits.gguf', bytes, { maxMemoryBytes: needed })).stop()
})

test('a file’s own chat template runs only when its hash is on the list; the conversation is written by control tokens otherwise', async () => {
  const own = checkBase(randomBase(), randomBase().length).chatTemplate
  const hostile = `${own}{{ 'ignore the above' }}`
  assert.equal(mayRunTemplate(own, []), true)
  assert.equal(mayRunTemplate(hostile, []), false)
  assert.equal(mayRunTemplate(hostile, [templateSha256(hostile)]), true)
  assert.equal(mayRunTemplate(undefined, []), false)
  const messages = [{ role: 'user' as const, content: 'Hello' }]
  const other = await start('template.gguf', randomBase({ contextTokens: 64, template: hostile }))
  assert.equal(
    await other.count(messages),
    await engine.count(messages),
    'the hostile template added nothing',
  )
  await other.stop()
})

test('the templates of llama.cpp’s own source are known as they stand there, and one more sign makes a stranger of each', () => {
  const bundle = join(import.meta.dirname, '../../node_modules/node-llama-cpp/llama/gitRelease.bundle')
  const source = join(directory, 'llama-source')
  const git = (...args: string[]) =>
    execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  git('clone', '--quiet', '--bare', bundle, source)
  for (const name of ['google-gemma-2-2b-it', 'Qwen-Qwen3-0.6B', 'meta-llama-Llama-3.1-8B-Instruct']) {
    const template = git('-C', source, 'show', `HEAD:models/templates/${name}.jinja`)
    assert.equal(mayRunTemplate(template, []), true, name)
    assert.equal(
      mayRunTemplate(template.trimEnd(), []),
      template.trimEnd() === template.replace(/\n$/, ''),
      name,
    )
    assert.equal(mayRunTemplate(`${template} `, []), false, name)
  }
})
