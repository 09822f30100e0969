/** The relayer: a Durable Object, of which there is one, since its account's transactions are numbered. It sends one after the other. */
import { DurableObject } from 'cloudflare:workers'
import type { RelayAnswer, RelayBody } from '@grimoire/schema/trading'
import type { Env } from '../env.ts'
import type { Outcome } from '../outcome.ts'
import { openBook } from './book.ts'

export class Relayer extends DurableObject<Env> {
  #book = openBook(this.ctx.storage.sql)
  #last: Promise<unknown> = Promise.resolve()

  /** Each waits for the one before, so that two never count or number alike. */
  relay(body: RelayBody): Promise<Outcome<RelayAnswer>> {
    const next = this.#last.then(() => this.#relay(body))
    this.#last = next
    return next
  }

  async #relay(body: RelayBody): Promise<Outcome<RelayAnswer>> {
    const { relayOnce } = await import('./relaying.ts')
    return relayOnce(this.env, this.#book, body)
  }
}
