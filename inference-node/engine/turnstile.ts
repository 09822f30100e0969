/** How many turns run and how many wait: beyond that a caller is told at once, instead of after its patience. */
import { Problem } from '@grimoire/schema/problem'

export class Turnstile {
  readonly #places: number
  readonly #queue: number
  #taken = 0
  readonly #waiting: { enter(): void; leave(error: Error): void }[] = []

  constructor(places: number, queue: number) {
    this.#places = places
    this.#queue = queue
  }

  get busy(): number {
    return this.#taken
  }

  /** Throws what `enter` would throw now: asked before a payer deposits for a place. */
  requireRoom(): void {
    if (this.#taken < this.#places || this.#waiting.length < this.#queue) return
    throw new Problem('node_busy', { got: `${this.#taken} running, ${this.#waiting.length} waiting` })
  }

  /** Resolves with the way out. Refused at once when the queue is full; leaves the queue when `signal` aborts. */
  async enter(signal?: AbortSignal): Promise<() => void> {
    if (this.#taken >= this.#places) {
      this.requireRoom()
      await new Promise<void>((enter, leave) => {
        const place = { enter, leave }
        this.#waiting.push(place)
        signal?.addEventListener('abort', () => {
          const at = this.#waiting.indexOf(place)
          if (at >= 0) this.#waiting.splice(at, 1)
          leave(new Problem('timed_out', { detail: 'The caller left the queue.' }))
        })
      })
    } else this.#taken++
    let out = false
    return () => {
      if (out) return
      out = true
      const next = this.#waiting.shift()
      if (next) next.enter()
      else this.#taken--
    }
  }
}
