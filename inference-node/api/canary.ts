/** The canary that an operator may allow: one at a time, seldom, in a place that nobody who pays waits for. */
import { CANARY_MAX_TOKENS, canaryFrom } from '@grimoire/schema/canary'
import { parseOr } from '@grimoire/schema/parse'
import { asProblem, Problem, problemResponse } from '@grimoire/schema/problem'
import type { EnginePort } from '../engine/port.ts'
import { enterSpare } from '../engine/spare.ts'
import { Yielding } from '../engine/yielding.ts'
import type { Log } from '../log.ts'

/** The engine knows it by this name, while it answers. */
const WORK = 'canary'

export type CanaryOptions = {
  /** 0: none. */
  everySeconds: number
  engine: EnginePort
  base: { sha256: string }
  log: Log
}

type Said = { text: string; tokens: number }

export class Canary {
  readonly #options: CanaryOptions
  #nextAtMs = 0

  constructor(options: CanaryOptions) {
    this.#options = options
  }

  get everySeconds(): number {
    return this.#options.everySeconds
  }

  /** Resolves with the first token: whoever times the answer's first byte times that. */
  async answer(given: string | undefined, gone: AbortSignal): Promise<Response> {
    if (this.everySeconds === 0) throw new Problem('canary_off')
    const from = parseOr(canaryFrom, given ?? 0, { code: 'request_invalid', what: 'from' })
    const leave = await this.#enter()
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
    const writer = writable.getWriter()
    const write = (json: string) => writer.write(new TextEncoder().encode(json)).catch(() => undefined)
    const { sha256 } = this.#options.base
    const begun = Promise.withResolvers<Response>()
    const begin = () => {
      begun.resolve(new Response(readable, { headers: HEADERS }))
      void write(`{"baseModelSha256":${JSON.stringify(sha256)},`)
    }
    // Whoever does not read holds no place.
    const spoken = this.#speak(from, { gone, begin }).finally(leave)
    void spoken
      .then(said => write(JSON.stringify(said).slice(1)))
      .then(() => writer.close())
      .catch(error => {
        begun.resolve(problemResponse(asProblem(error)))
        return writer.abort(error)
      })
      .catch(() => undefined) // Nobody reads any more.
    return begun.promise
  }

  async #enter(): Promise<() => Promise<void>> {
    const { engine, everySeconds } = this.#options
    const nextAtMs = this.#nextAtMs
    const waitMs = nextAtMs - performance.now()
    if (waitMs > 0)
      throw new Problem('canary_spent', {
        got: 'another canary',
        expected: `one in ${everySeconds} seconds`,
        extra: { retryAfterSeconds: Math.min(everySeconds, Math.ceil(waitMs / 1_000)) },
      })
    // Until it has left, which is when its time begins.
    this.#nextAtMs = Number.POSITIVE_INFINITY
    try {
      const leave = await enterSpare(engine, WORK, () => engine.admit(WORK))
      return async () => {
        await leave()
        this.#nextAtMs = performance.now() + everySeconds * 1_000
      }
    } catch (error) {
      this.#nextAtMs = nextAtMs
      throw error
    }
  }

  async #speak(from: number, { gone, begin }: { gone: AbortSignal; begin: () => void }): Promise<Said> {
    const { engine, log } = this.#options
    const yielding = new Yielding(engine.turnstile)
    let text = ''
    const onText = (piece: string) => {
      if (text === '') begin()
      text += piece
      yielding.look()
    }
    try {
      const { outputTokens, totalMs } = await engine.chat({
        ...{ work: WORK, onText, signal: AbortSignal.any([gone, yielding.signal]) },
        messages: [{ role: 'user', content: `Count upwards from ${from}, one number a line.` }],
        sampling: { temperature: 0, stop: [], maxTokens: CANARY_MAX_TOKENS },
      })
      if (text === '' && yielding.signal.aborted)
        throw new Problem('node_busy', { detail: 'A paid turn came.' })
      if (text === '') begin()
      log({ event: 'canary_answered', tokens: outputTokens, milliseconds: Math.round(totalMs) })
      return { text, tokens: outputTokens }
    } finally {
      yielding.stop()
    }
  }
}

const HEADERS = { 'content-type': 'application/json', 'cache-control': 'no-store' }
