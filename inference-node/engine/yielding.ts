/** An answer that nobody pays for ends as soon as someone who pays has to wait. */
import type { Turnstile } from './turnstile.ts'

const LOOK_MS = 50

export class Yielding {
  readonly #turnstile: Turnstile
  readonly #controller = new AbortController()
  readonly #looking: NodeJS.Timeout

  constructor(turnstile: Turnstile) {
    this.#turnstile = turnstile
    this.#looking = setInterval(() => this.look(), LOOK_MS) // A long prompt makes no text for a while.
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** Whether it has to end; also to be asked at each piece. */
  look(): boolean {
    if (this.#turnstile.waiting > 0) this.#controller.abort()
    return this.signal.aborted
  }

  stop(): void {
    clearInterval(this.#looking)
  }
}
