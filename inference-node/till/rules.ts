/** What x402's own code lets through and this node does not: channels that are being emptied, and refunds without end. */
import type { x402ResourceServer } from '@x402/core/server'
import { payerOf, signedByNobody } from './payload.ts'

/** A refund costs the operator gas, so a payer gets one in this time. */
export const REFUND_EVERY_MS = 60_000

export function addRules(server: x402ResourceServer): void {
  const refunds = new Refunds()
  server.onAfterSettle(async ({ paymentPayload: { payload }, result }) => {
    // Only what was signed and paid out counts: a stranger who names a payer must not keep it from its money.
    if (payload.type === 'refund' && result.success) refunds.note(payload)
  })
  server.onAfterVerify(async ({ result }) =>
    Number(result.extra?.withdrawRequestedAt ?? 0) > 0
      ? { abort: true, reason: 'withdraw_pending', message: 'the payer is emptying this channel' }
      : undefined,
  )
  server.onBeforeVerify(async ({ paymentPayload: { payload } }) =>
    payload.type === 'refund' ? refunds.whyNot(payload) : signedByNobody(payload),
  )
}

class Refunds {
  readonly #paidAtMs = new Map<string, number>()

  note(payload: unknown): void {
    const nowMs = Date.now()
    this.#paidAtMs.set(payerOf(payload).toLowerCase(), nowMs)
    for (const [payer, atMs] of this.#paidAtMs) {
      if (nowMs - atMs >= REFUND_EVERY_MS) this.#paidAtMs.delete(payer)
    }
  }

  whyNot(payload: Record<string, unknown>) {
    const abort = true as const
    if (payload.amount !== undefined)
      return { abort, reason: 'partial_refund_not_offered', message: 'only the whole rest is refunded' }
    const lastMs = this.#paidAtMs.get(payerOf(payload).toLowerCase()) ?? 0
    if (Date.now() - lastMs < REFUND_EVERY_MS)
      return { abort, reason: 'refund_too_soon', message: 'one refund a minute' }
    return undefined
  }
}
