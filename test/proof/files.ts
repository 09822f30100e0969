/**
 * Crafted and damaged model files against the validator and, where it lets them through, against the real engine process:
 * the process of the node stays up, and its engine answers as before. `npm run proof -- files [damaged files]`.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ENGINE_DEFAULTS, Engine } from '@grimoire/inference-node/engine/engine'
import { EngineProcess } from '@grimoire/inference-node/engine/process'
import { randomAdapter, randomBase } from '@grimoire/inference-node/engine/random-gguf'
import { wallsFor } from '@grimoire/inference-node/engine/sandbox'
import { checkAdapter } from '@grimoire/inference-node/files/adapter'
import { checkBase } from '@grimoire/inference-node/files/base'
import { readHeader } from '@grimoire/inference-node/files/read-header'
import { CRAFTED } from '@grimoire/inference-node/files/trial/crafted'
import { baseDraft, written } from '@grimoire/inference-node/files/trial/draft'
import { mutated } from '@grimoire/inference-node/files/trial/mutate'
import { isProblem } from '@grimoire/schema/problem'
import { claim, prove } from './proof.ts'

const SEED = 20_262
const DAMAGED = 10_000
/** A base that passes costs a process of its own, an adapter does not: one damaged file in twenty is a base. */
const BASE_SHARE = 0.05
const HANG_MS = 10_000

const directory = mkdtempSync(join(tmpdir(), 'grimoire-proof-'))
const modelPath = join(directory, 'base.gguf')
const base = randomBase({ contextTokens: 64 })
const boot = { gpu: false, threads: 1, contextTokens: 64, sequences: 1, warmPrompts: 1 } as const

const faultOf = (check: () => unknown): string | null => {
  try {
    check()
    return null
  } catch (error) {
    return isProblem(error) ? String(error.details.extra?.fault) : 'not a Problem'
  }
}

async function crafted() {
  const draft = written(baseDraft())
  const honest = checkBase(draft, draft.length)
  const wrong = CRAFTED.filter(({ as, bytes, fault }) => {
    const check = () => (as === 'base' ? checkBase(bytes, bytes.length) : checkAdapter(bytes, honest))
    return faultOf(check) !== fault
  })
  return { n: CRAFTED.length, failures: wrong.length }
}

const ask = async (engine: Engine, work: string): Promise<string> => {
  let text = ''
  const onText = (piece: string) => {
    text += piece
  }
  const sampling = { temperature: 0, stop: [], maxTokens: 2 }
  const messages = [{ role: 'user' as const, content: 'Hello' }]
  await engine.chat({ work, messages, sampling, signal: new AbortController().signal, onText })
  return text
}

/** Fails when a refusal has no name, or when afterwards the undamaged work is not answered as before. */
async function adapters(count: number) {
  writeFileSync(modelPath, base)
  const engine = await Engine.start({ ...ENGINE_DEFAULTS, ...boot, modelPath, stallMs: HANG_MS })
  engine.admit('plain')
  const expected = await ask(engine, 'plain')
  const original = randomAdapter()
  const { dataOffset } = readHeader(original, original.length, 'adapter_invalid')
  const seen = { refused: 0, answered: 0, refusedByEngine: 0, engineDeaths: 0, failures: 0 }
  let { pid } = engine
  for (const bytes of mutated(original, dataOffset, count, SEED)) {
    const fault = faultOf(() => engine.admit('damaged', bytes))
    if (fault === 'undefined' || fault === 'not a Problem') seen.failures++
    if (fault !== null) {
      seen.refused++
      continue
    }
    const answer = await ask(engine, 'damaged').catch((error: unknown) =>
      isProblem(error) ? null : undefined,
    )
    if (answer === undefined) seen.failures++
    else if (answer === null) seen.refusedByEngine++
    else seen.answered++
    await engine.forget('damaged')
    const after = await ask(engine, 'plain').catch(() => null)
    if (after !== expected) seen.failures++
    if (engine.pid !== pid) seen.engineDeaths++
    pid = engine.pid
  }
  await engine.stop()
  return { n: count, ...seen }
}

/** Whether llama.cpp loads it, says no, dies of it, or has to be killed. */
async function load(path: string): Promise<'loaded' | 'refusedByEngine' | 'engineDeaths' | 'hangs'> {
  const process = new EngineProcess(await wallsFor({ readable: [path], gpu: false }))
  let hung = false
  const timer = setTimeout(() => {
    hung = true
    process.kill()
  }, HANG_MS)
  try {
    await process.ask({ op: 'boot', options: { ...boot, modelPath: path, fileTemplate: false } }).answer
    return 'loaded'
  } catch {
    if (hung) return 'hangs'
    return process.alive ? 'refusedByEngine' : 'engineDeaths'
  } finally {
    clearTimeout(timer)
    process.kill()
    await process.gone
  }
}

async function bases(count: number) {
  const { dataOffset } = readHeader(base, base.length, 'model_file_invalid')
  const seen = { refused: 0, loaded: 0, refusedByEngine: 0, engineDeaths: 0, hangs: 0, failures: 0 }
  const path = join(directory, 'damaged.gguf')
  for (const bytes of mutated(base, dataOffset, count, SEED)) {
    const fault = faultOf(() => checkBase(bytes, bytes.length))
    if (fault === 'undefined' || fault === 'not a Problem') seen.failures++
    if (fault !== null) {
      seen.refused++
      continue
    }
    writeFileSync(path, bytes)
    seen[await load(path)]++
  }
  return { n: count, ...seen }
}

await prove('files', async ([wanted]) => {
  const count = Number(wanted ?? DAMAGED)
  const baseCount = Math.round(count * BASE_SHARE)
  try {
    return [
      await claim({ name: 'crafted files, each refused by its name', seed: 0 }, crafted),
      await claim({ name: 'damaged adapters: the node stays up', seed: SEED }, () =>
        adapters(count - baseCount),
      ),
      await claim({ name: 'damaged bases: the node stays up', seed: SEED }, () => bases(baseCount)),
    ]
  } finally {
    rmSync(directory, { recursive: true })
  }
})
