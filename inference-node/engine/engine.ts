/** The node's side of the engine: keeps one engine process alive, and never more turns in it than it can answer. */
import { totalmem } from 'node:os'
import { Problem } from '@grimoire/schema/problem'
import type { Utterance } from '@grimoire/schema/utterance'
import { checkAdapter } from '../files/adapter.ts'
import { type BaseHeader, readBase } from '../files/base.ts'
import { estimatedBytes, requireBudget } from '../files/budget.ts'
import { mayRunTemplate } from '../files/chat-templates.ts'
import { requireGrammar } from './grammar.ts'
import { MAX_DEFAULT_CONTEXT } from './limits.ts'
import type { ChatAsk, EnginePort } from './port.ts'
import { EngineProcess } from './process.ts'
import type {
  BootOptions,
  ChatEnd,
  EngineFacts,
  Opening,
  PromptProgress,
  Sampling,
  SpokenCall,
} from './protocol.ts'
import { type Sandbox, type Walls, wallsFor } from './sandbox.ts'
import { Turnstile } from './turnstile.ts'

export type EngineOptions = Omit<BootOptions, 'fileTemplate'> & {
  /** Turns that may wait while all sequences answer. */
  queue: number
  /** Works whose adapters are held at once; the one that was idle longest makes room. */
  openWorks: number
  /** A turn without a new token for this long is given up; the process too, when it does not even hear of that. */
  stallMs: number
  /** What the base and all conversations may take, by estimate; 0 means what this machine has. */
  maxMemoryBytes: number
  /** sha256 of chat templates that may run from a model file, beside our own. */
  chatTemplates: readonly string[]
}

export const ENGINE_DEFAULTS = {
  gpu: 'auto',
  threads: 0,
  contextTokens: 0,
  sequences: 2,
  warmPrompts: 4,
  queue: 16,
  openWorks: 8,
  stallMs: 120_000,
  maxMemoryBytes: 0,
  chatTemplates: [],
} as const satisfies Omit<EngineOptions, 'modelPath'>

type Known = { adapter?: Uint8Array; opening?: Opening; crashes: number }

/** After this many native crashes while it was opened, a work's adapter is not shown to llama.cpp again. */
const MAX_OPEN_CRASHES = 2

/** How long a stalled engine has to end the one turn before it ends for all. */
const ABORT_MS = 10_000

/** As many warm prompts as asked for, or as fit: refused only when not even the turns themselves do. */
function fitted(options: EngineOptions, base: BaseHeader): EngineOptions {
  const { sequences, gpu, maxMemoryBytes } = options
  // Beside a graphics card, how much memory there is to run in is known only to the driver.
  if (maxMemoryBytes === 0 && gpu !== false) return options
  const contextTokens = options.contextTokens || Math.min(base.trainedContextTokens, MAX_DEFAULT_CONTEXT)
  const maxBytes = maxMemoryBytes || totalmem()
  const fits = (warmPrompts: number) =>
    estimatedBytes(base, { contextTokens, conversations: sequences + warmPrompts }) <= maxBytes
  let { warmPrompts } = options
  while (warmPrompts > 0 && !fits(warmPrompts)) warmPrompts--
  requireBudget(base, { contextTokens, conversations: sequences + warmPrompts }, maxBytes)
  return { ...options, warmPrompts }
}

function bootOptions(options: EngineOptions, base: BaseHeader): BootOptions {
  const { modelPath, gpu, threads, contextTokens, sequences, warmPrompts, chatTemplates } = options
  const fileTemplate = mayRunTemplate(base.chatTemplate, chatTemplates)
  return { modelPath, gpu, threads, contextTokens, sequences, warmPrompts, fileTemplate }
}

export class Engine implements EnginePort {
  readonly facts: EngineFacts
  readonly #options: EngineOptions
  readonly #base: BaseHeader
  readonly #boot: BootOptions
  readonly #walls: Walls
  #process: EngineProcess
  #respawning: Promise<unknown> | undefined
  #stopped = false
  /** Whether this process has seen anyone's words. */
  #used = false
  readonly #known = new Map<string, Known>()
  /** In the engine process now, by last use, oldest first. */
  readonly #open = new Map<string, Promise<unknown>>()
  readonly #busy = new Map<string, number>()
  readonly turnstile: Turnstile

  private constructor(
    options: EngineOptions,
    base: BaseHeader,
    { walls, process, facts }: { walls: Walls; process: EngineProcess; facts: EngineFacts },
  ) {
    this.#options = options
    this.#walls = walls
    this.#base = base
    this.#boot = bootOptions(options, base)
    this.#process = process
    this.facts = facts
    this.turnstile = new Turnstile(options.sequences, options.queue, work => this.#open.has(work))
    this.#watch(process)
  }

  static async start(asked: EngineOptions): Promise<Engine> {
    const base = readBase(asked.modelPath)
    const options = fitted(asked, base)
    const walls = await wallsFor({ readable: [options.modelPath], gpu: options.gpu !== false })
    const process = new EngineProcess(walls)
    try {
      const facts = await process.ask({ op: 'boot', options: bootOptions(options, base) }).answer
      return new Engine(options, base, { walls, process, facts: facts as EngineFacts }) // Safety: child.ts answers `boot` with these.
    } catch (error) {
      process.kill()
      throw error
    }
  }

  get alive(): boolean {
    return this.#process.alive
  }

  get sandbox(): Sandbox {
    return this.#walls.sandbox
  }

  /** Whether one more work fits beside those that are open, and takes none's place. */
  get hasRoom(): boolean {
    return this.#open.size < this.#options.openWorks
  }

  /** What the base and its conversations take, as it was told before they were loaded. */
  get estimatedBytes(): number {
    const { sequences, warmPrompts } = this.#options
    const { contextTokens } = this.facts
    return estimatedBytes(this.#base, { contextTokens, conversations: sequences + warmPrompts })
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
    this.#used = false
    const process = new EngineProcess(this.#walls)
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
  admit(work: string, adapter?: Uint8Array, opening?: Opening): void {
    if (adapter) checkAdapter(adapter, this.#base)
    this.#known.set(work, { crashes: 0, ...(adapter ? { adapter } : {}), ...(opening ? { opening } : {}) })
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

  /**
   * Freed memory of native code, and of V8, keeps what stood in it until something else does. Only the end of the
   * process gives all of it back; so after the last work a new one takes over, which loads the base anew.
   */
  async renew(): Promise<void> {
    const busy = this.turnstile.busy + this.turnstile.waiting
    if (this.#stopped || !this.#used || this.#known.size > 0 || busy > 0) return
    const { gone } = this.#process
    // Turns that come meanwhile wait for the next process: `#watch` has set it by the time this is asked.
    const next = gone.then(() => this.#respawning)
    next.catch(() => {})
    this.#respawning = next
    this.#process.kill()
    await gone
    await this.#respawning
  }

  requireAble(sampling: Sampling): void {
    requireGrammar(sampling)
  }

  async count(messages: Utterance[], sampling?: Sampling): Promise<number> {
    await this.#respawning
    this.#used = true
    const ask = { op: 'count' as const, messages, ...(sampling ? { sampling } : {}) }
    return Number(await this.#process.ask(ask).answer)
  }

  /** Runs one turn; the caller holds a place from `turnstile`. */
  async chat(ask: ChatAsk): Promise<ChatEnd> {
    await this.#respawning
    this.#used = true
    this.#busy.set(ask.work, (this.#busy.get(ask.work) ?? 0) + 1)
    try {
      await this.#ensureOpen(ask.work)
      return await this.#run(ask)
    } finally {
      this.#busy.set(ask.work, (this.#busy.get(ask.work) ?? 1) - 1)
    }
  }

  async #run({ signal, onText, onCall, onProgress, ...ask }: ChatAsk): Promise<ChatEnd> {
    const process = this.#process
    let stalled = false
    const abort = () => process.alive && process.ask({ op: 'abort', target: id }).answer.catch(() => {})
    const giveUp = () => {
      stalled = true
      abort()
      stall = setTimeout(() => process.kill(), Math.min(ABORT_MS, 3 * this.#options.stallMs))
    }
    let stall = setTimeout(giveUp, this.#options.stallMs)
    const onPiece = (text: string) => {
      if (stalled) return
      clearTimeout(stall)
      stall = setTimeout(giveUp, this.#options.stallMs)
      if (text !== '') onText(text) // An empty piece says only that a token came.
    }
    const heard = {
      onPiece,
      onCall: (call: SpokenCall) => stalled || onCall?.(call),
      onProgress: (progress: PromptProgress) => {
        onPiece('')
        if (!stalled) onProgress?.(progress)
      },
    }
    const { id, answer } = process.ask({ op: 'chat', ...ask }, heard)
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
    try {
      await this.#makeRoom(process)
    } catch (error) {
      this.#open.delete(work)
      throw error
    }
    const hang = setTimeout(() => process.kill(), this.#options.stallMs)
    try {
      const { crashes, ...carried } = known
      await process.ask({ op: 'open', work, ...carried }).answer
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
