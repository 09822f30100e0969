/** An engine that is a server of OpenAI's API: the node prices, guards and signs; the server speaks. */
import { createHash } from 'node:crypto'
import { Problem } from '@grimoire/schema/problem'
import type { Utterance } from '@grimoire/schema/utterance'
import type { ChatAsk, EnginePort } from '../port.ts'
import type { ChatEnd, EngineFacts, Sampling } from '../protocol.ts'
import { Turnstile } from '../turnstile.ts'
import { failed, SpeakingServer } from './server.ts'
import type { OpenAiServer, ServedAdapter } from './settings.ts'
import { Hearing, requestOf } from './spoken.ts'

export type OpenAiEngineOptions = OpenAiServer & {
  /** Turns that run in the server at the same moment, as far as this node sends them. */
  sequences: number
  queue: number
  /** A turn of which nothing is heard for this long is given up. */
  stallMs: number
}

export class OpenAiEngine implements EnginePort {
  readonly facts: EngineFacts
  readonly turnstile: Turnstile
  readonly pid = undefined
  /** What a work needs is loaded there already, or refused. */
  readonly hasRoom = true
  readonly #options: OpenAiEngineOptions
  readonly #server: SpeakingServer
  readonly #works = new Map<string, ServedAdapter | null>()
  #reachable = true
  #looking = false

  private constructor(options: OpenAiEngineOptions, server: SpeakingServer) {
    const { contextTokens, baseModelName } = options
    this.#options = options
    this.#server = server
    this.turnstile = new Turnstile(options.sequences, options.queue)
    this.facts = {
      kind: 'openai',
      ...{ build: server.build, llamaRelease: server.build, gpu: 'elsewhere' },
      ...{ modelName: baseModelName, contextTokens },
    }
  }

  static async start(options: OpenAiEngineOptions): Promise<OpenAiEngine> {
    return new OpenAiEngine(options, await SpeakingServer.find(options))
  }

  /** Since the last turn; while it is not, whoever asks has it looked for again. */
  get alive(): boolean {
    if (!this.#reachable && !this.#looking) {
      this.#looking = true
      void this.#server.answers().then(answers => {
        this.#reachable = answers
        this.#looking = false
      })
    }
    return this.#reachable
  }

  /** What its grammars can hold is the server's to say: a form that it refuses fails the turn, and is free. */
  requireAble(): void {}

  /** An adapter is one that the server has loaded, or the work is not served here: its bytes go nowhere. */
  admit(work: string, adapter?: Uint8Array): void {
    if (!adapter) return void this.#works.set(work, null)
    const sha256 = createHash('sha256').update(adapter).digest('hex')
    const served = this.#options.adapters[sha256]
    if (served === undefined) throw new Problem('adapter_unserved', { got: sha256 })
    this.#works.set(work, served)
  }

  /** What a server elsewhere keeps in its memory is its operator's to say. */
  async renew(): Promise<void> {}

  async forget(work: string): Promise<void> {
    this.#works.delete(work)
  }

  count(messages: Utterance[], sampling?: Sampling): Promise<number> {
    return this.#server.count(messages, sampling)
  }

  async chat({ work, messages, sampling, signal, onText, onCall }: ChatAsk): Promise<ChatEnd> {
    const adapter = this.#works.get(work)
    if (adapter === undefined) throw new Problem('engine_failed', { detail: 'The work was closed.' })
    const startedAt = performance.now()
    let firstTokenMs = 0
    const hearing = new Hearing({ text: onText, call: call => onCall?.(call) })
    const adapters = Object.values(this.#options.adapters)
    const body = requestOf(messages, sampling, { model: this.#options.model, adapter, adapters })
    await this.#listen(body, signal, data => {
      firstTokenMs ||= performance.now() - startedAt
      hearing.take(data)
    })
    if (!signal.aborted) {
      if (hearing.reason === null) throw failed('a stream without an end')
      hearing.end()
    }
    const { inputTokens, ...counted } = hearing.counted()
    return {
      reason: hearing.reason ?? 'stop',
      inputTokens: inputTokens ?? (await this.count(messages, sampling).catch(() => 0)),
      ...counted,
      ...{ firstTokenMs, totalMs: performance.now() - startedAt },
    }
  }

  /** Returns early when the caller aborts; throws when the server fails, stalls or breaks off. */
  async #listen(body: object, signal: AbortSignal, take: (data: string) => void): Promise<void> {
    if (signal.aborted) return
    const { stallMs } = this.#options
    const stalled = new AbortController()
    const giveUp = () => stalled.abort()
    let timer = setTimeout(giveUp, stallMs)
    try {
      for await (const data of this.#server.chat(body, AbortSignal.any([signal, stalled.signal]))) {
        clearTimeout(timer)
        timer = setTimeout(giveUp, stallMs)
        this.#reachable = true
        take(data)
        if (signal.aborted) return
      }
    } catch (cause) {
      if (signal.aborted) return
      this.#reachable = false
      if (stalled.signal.aborted) throw failed(`no token for ${stallMs} ms`)
      throw cause instanceof Problem ? cause : failed('a server that cannot be heard', cause)
    } finally {
      clearTimeout(timer)
    }
  }

  async stop(): Promise<void> {
    this.#works.clear()
  }
}
