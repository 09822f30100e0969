/** Turns by the ids of their payments: whoever sends a payment again gets the turn that it paid for. */
import { Problem } from '@grimoire/schema/problem'
import type { PaymentId } from '../till/payment-id.ts'
import type { KeptTurn } from './turns.ts'

type Known = { fingerprint: string; turn: Promise<KeptTurn | null> }

export class PaidOnce {
  readonly #known = new Map<string, Known>()
  readonly #keys = new WeakMap<KeptTurn, { key: string; known: Known }>()

  /**
   * Runs `begin` for a payment that is new, and returns null; for one that is known, its turn. `begin` is given where to
   * put the turn: a payment that was refused, or whose turn failed and was free, may be sent again.
   */
  async turnOf(
    channelId: string,
    payment: PaymentId | null,
    begin: (began: (turn: KeptTurn) => void) => Promise<Response>,
  ): Promise<Response | KeptTurn> {
    if (!payment) return begin(() => {})
    const key = `${channelId.toLowerCase()} ${payment.id}`
    for (;;) {
      const known = this.#known.get(key)
      if (!known) return this.#begin(key, payment, begin)
      if (known.fingerprint !== payment.fingerprint)
        throw new Problem('payment_id_reused', { got: payment.id })
      const turn = await known.turn
      if (turn && !(turn.outcome instanceof Problem) && !turn.forgotten) return turn
      if (this.#known.get(key) === known) this.#known.delete(key)
    }
  }

  async #begin(
    key: string,
    { fingerprint }: PaymentId,
    begin: (began: (turn: KeptTurn) => void) => Promise<Response>,
  ): Promise<Response> {
    let settle = (_turn: KeptTurn | null) => {}
    const turn = new Promise<KeptTurn | null>(resolve => {
      settle = resolve
    })
    const known = { fingerprint, turn }
    this.#known.set(key, known)
    try {
      return await begin(settle)
    } finally {
      settle(null)
      const kept = await turn
      if (kept) this.#keys.set(kept, { key, known })
      else if (this.#known.get(key) === known) this.#known.delete(key)
    }
  }

  /** With the turn goes what is known of its payment, unless that was sent again and paid for another turn since. */
  forget(turn: KeptTurn): void {
    const its = this.#keys.get(turn)
    if (its && this.#known.get(its.key) === its.known) this.#known.delete(its.key)
  }
}
