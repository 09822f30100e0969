/** The one writer of the index: a Durable Object, of which there is one; the clock and everyone who nudges go through it. */
import { DurableObject } from 'cloudflare:workers'
import type { Env } from '../env.ts'
import type { Outcome } from '../outcome.ts'
import type { Place } from './place.ts'

/**
 * Each run has a term of its own, counted in this object's storage and held against the database's: should the platform
 * ever let two of these live at once, the later term is the only one that the database takes a commit from.
 */
export class IndexWriter extends DurableObject<Env> {
  #running: Promise<Outcome<Place>> | null = null
  #next: Promise<Outcome<Place>> | null = null
  #sweep = false

  /** Whoever asks while a run is under way gets the one after it, together with all who asked meanwhile. */
  run({ sweep }: { sweep: boolean }): Promise<Outcome<Place>> {
    this.#sweep ||= sweep
    if (!this.#running) return this.#start()
    this.#next ??= this.#running.then(() => {
      this.#next = null
      return this.#start()
    })
    return this.#next
  }

  #start(): Promise<Outcome<Place>> {
    const sweep = this.#sweep
    this.#sweep = false
    const run = this.#index(sweep).finally(() => {
      this.#running = null
    })
    this.#running = run
    return run
  }

  async #index(sweep: boolean): Promise<Outcome<Place>> {
    const { runIndex } = await import('./run.ts')
    return runIndex(this.env, this.ctx.storage, { sweep })
  }
}
