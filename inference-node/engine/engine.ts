/** The node's side of the engine: keeps one engine process alive, and never more turns in it than it can answer. */
import { totalmem } from 'node:os'
import { Problem } from '@grimoire/schema/problem'
import type { Utterance } from '@grimoire/schema/utterance'
import { checkAdapter } from '../files/adapter.ts'
import { type BaseHeader, readBase } from '../files/base.ts'
import { requireBudget } from '../files/budget.ts'
import { mayRunTemplate } from '../files/chat-templates.ts'
import { MAX_DEFAULT_CONTEXT } from './limits.ts'
import { EngineProcess } from './process.ts'
import type { BootOptions, ChatEnd, EngineFacts, Sampling } from './protocol.ts'
import { Turnstile } from './turnstile.ts'

export type EngineOptions = Omit<BootOptions, 'fileTemplate'> & {
  /** Turns that may wait while all sequences answer. */
  queue: number
  /** Works whose contexts are held at once; the one that was idle longest makes room. */
  openWorks: number
  /** A turn without a new token for this long is given up; the process too, when it does not even hear of that. */
  stallMs: number
  /** What the base and all contexts may take, by estimate; 0 asks only that one work fits this machine's memory. */
  maxMemoryBytes: number
  /** sha256 of chat templates that may run from a model file, beside our own. */
  chatTemplates: readonly string[]
}

export const ENGINE_DEFAULTS = {
  gpu: 'auto',
  threads: 0,
  contextTokens: 0,
  sequences: 2,
  queue: 16,
  openWorks: 8,
  stallMs: 120_000,
  maxMemoryBytes: 0,
  chatTemplates: [],
} as const satisfies Omit<EngineOptions, 'modelPath'>

export type ChatAsk = {
  work: string
  messages: Utterance[]
  sampling: Sampling
  signal: AbortSignal
  onText: (text: string) => void
}

type Known = { adapter?: Uint8Array; crashes: number }

/** After this many native crashes while it was opened, a work's adapter is not shown to llama.cpp again. */
const MAX_OPEN_CRASHES = 2

/** How long a stalled engine has to end the one turn before it ends for all. */
const ABORT_MS = 10_000

function bootOptions(options: EngineOptions, base: BaseHeader): BootOptions {
  const { modelPath, gpu, threads, contextTokens, sequences, chatTemplates } = options
  const fileTemplate = mayRunTemplate(base.chatTemplate, chatTemplates)
  return { modelPath, gpu, threads, contextTokens, sequences, fileTemplate }
}

function requireRoom(options: EngineOptions, base: BaseHeader): void {
  const { maxMemoryBytes, sequences, openWorks, gpu } = options
  const contextTokens = options.contextTokens || Math.min(base.trainedContextTokens, MAX_DEFAULT_CONTEXT)
  if (maxMemoryBytes > 0) requireBudget(base, { contextTokens, sequences, openWorks }, maxMemoryBytes)
  // Beside a graphics card, how much memory there is to run in is known only to the driver.
  else if (gpu === false) requireBudget(base, { contextTokens, sequences, openWorks: 1 }, totalmem())
}

export class Engine {
  readonly facts: EngineFacts
  readonly #options: EngineOptions
  readonly #base: BaseHeader
  readonly #boot: BootOptions
  #process: EngineProcess
  #respawning: Promise<unknown> | undefined
  #stopped = false
  readonly #known = new Map<string, Known>()
  /** In the engine process now, by last use, oldest first. */
  readonly #open = new Map<string, Promise<unknown>>()
  readonly #busy = new Map<string, number>()
  readonly turnstile: Turnstile

  private constructor(options: EngineOptions, base: BaseHeader, process: EngineProcess, facts: EngineFacts) {
    this.#options = options
    this.#base = base
    this.#boot = bootOptions(options, base)
    this.#process = process
    this.facts = facts
    this.turnstile = new Turnstile(options.sequences, options.queue)
    this.#watch(process)
  }

  static async start(options: EngineOptions): Promise<Engine> {
    const base = readBase(options.modelPath)
    requireRoom(options, base)
    const process = new EngineProcess()
    try {
      const facts = await process.ask({ op: 'boot', options: bootOptions(options, base) }).answer
      return new Engine(options, base, process, facts as EngineFacts) // Safety: child.ts answers `boot` with these.
    } catch (error) {
      process.kill()
      throw error
    }
  }

  get pid(): number | undefined {
    return this.#process.pid
  }

  #watch(process: EngineProcess): void {
    void process.gone.then(() => {
      this.#open.clear()
      if (!this.#stopped && this.#process === process) this.#respawn()
    })
  }

  #respawn(): void {
    const process = new EngineProcess()
    this.#process = process
    this.#watch(process)
    // A base that loaded once and does not load again would otherwise be tried without a pause.
    this.#respawning = process.ask({ op: 'boot', options: this.#boot }).answer.catch(async error => {
      await new Promise(resolve => setTimeout(resolve, 1_000))
      process.kill()
      throw error
    })
    this.#respawning.catch(() => {})
  }

  /** Takes a work's adapter, checked before native code sees it. The bytes stay in memory until `forget`. */
  admit(work: string, adapter?: Uint8Array): void {
    if (adapter) checkAdapter(adapter, this.#base)
    this.#known.set(work, { crashes: 0, ...(adapter ? { adapter } : {}) })
  }

  /** Drops a work from memory. Turns that run are let finish: their holder was one when they began. */
  async forget(work: string): Promise<void> {
    const known = this.#known.get(work)
    this.#known.delete(work)
    await this.#open.get(work)?.catch(() => {})
    while (this.#busy.get(work)) await new Promise(resolve => setTimeout(resolve, 20))
    known?.adapter?.fill(0)
    if (this.#known.has(work) || !this.#open.delete(work)) return
    if (this.#process.alive) await this.#process.ask({ op: 'close', work }).answer.catch(() => {})
  }

  async count(messages: Utterance[]): Promise<number> {
    await this.#respawning
    return Number(await this.#process.ask({ op: 'count', messages }).answer)
  }

  /** Runs one turn; the caller holds a place from `turnstile`. */
  async chat(ask: ChatAsk): Promise<ChatEnd> {
    await this.#respawning
    this.#busy.set(ask.work, (this.#busy.get(ask.work) ?? 0) + 1)
    try {
      await this.#ensureOpen(ask.work)
      return await this.#run(ask)
    } finally {
      this.#busy.set(ask.work, (this.#busy.get(ask.work) ?? 1) - 1)
    }
  }

  async #run({ work, messages, sampling, signal, onText }: ChatAsk): Promise<ChatEnd> {
    const process = this.#process
    let stalled = false
    const abort = () => process.alive && process.ask({ op: 'abort', target: id }).answer.catch(() => {})
    const giveUp = () => {
      stalled = true
      abort()
      stall = setTimeout(() => process.kill(), ABORT_MS)
    }
    let stall = setTimeout(giveUp, this.#options.stallMs)
    const { id, answer } = process.ask({ op: 'chat', work, messages, sampling }, text => {
      if (stalled) return
      clearTimeout(stall)
      stall = setTimeout(giveUp, this.#options.stallMs)
      if (text !== '') onText(text) // An empty piece says only that a token came.
    })
    signal.addEventListener('abort', abort)
    if (signal.aborted) abort()
    try {
      const end = await answer
      if (stalled) throw new Problem('engine_failed', { got: `no token for ${this.#options.stallMs} ms` })
      return end as ChatEnd // Safety: child.ts answers `chat` with this.
    } finally {
      clearTimeout(stall)
      signal.removeEventListener('abort', abort)
    }
  }

  async #ensureOpen(work: string): Promise<void> {
    const known = this.#known.get(work)
    if (!known) throw new Problem('engine_failed', { detail: 'The work was closed.' })
    if (known.crashes >= MAX_OPEN_CRASHES)
      throw new Problem('adapter_invalid', { detail: 'llama.cpp died of it.' })
    const process = this.#process
    const open = this.#open.get(work) ?? this.#openNow(work, known, process)
    this.#open.delete(work)
    this.#open.set(work, open)
    await open
  }

  async #openNow(work: string, known: Known, process: EngineProcess): Promise<void> {
    await this.#makeRoom(process)
    const hang = setTimeout(() => process.kill(), this.#options.stallMs)
    try {
      await process.ask({ op: 'open', work, ...(known.adapter ? { adapter: known.adapter } : {}) }).answer
    } catch (error) {
      if (!process.alive) known.crashes++
      this.#open.delete(work)
      throw error
    } finally {
      clearTimeout(hang)
    }
  }

  async #makeRoom(process: EngineProcess): Promise<void> {
    if (this.#open.size < this.#options.openWorks) return
    const idle = [...this.#open.keys()].find(work => !this.#busy.get(work))
    if (idle === undefined) return
    this.#open.delete(idle)
    await process.ask({ op: 'close', work: idle }).answer
  }

  async stop(): Promise<void> {
    this.#stopped = true
    if (!this.#process.alive) return
    const timer = setTimeout(() => this.#process.kill(), 5_000)
    await this.#process.ask({ op: 'stop' }).answer.catch(() => this.#process.kill())
    await this.#process.gone
    clearTimeout(timer)
  }
}
