/** Holds a channel for one answer: short and renewed, so that a long answer keeps it and a crash soon frees it. */
import type { PaymentPayload } from '@x402/core/types'
import type { BatchSettlementEvmScheme } from '@x402/evm/batch-settlement/server'

/** x402's own lock lasts as long as a deposit signature may live, and is never renewed. */
const LOCK_MS = 15_000

export async function holdLock(
  scheme: BatchSettlementEvmScheme,
  payload: PaymentPayload,
): Promise<() => void> {
  const { channelId, pendingId } = scheme.readRequestContext(payload) ?? {}
  if (!channelId || !pendingId) return () => {}
  const renew = () =>
    scheme.getStorage().updateChannel(channelId, current => {
      const pending = current?.pendingRequest
      if (!current || pending?.pendingId !== pendingId) return current
      return { ...current, pendingRequest: { ...pending, expiresAt: Date.now() + LOCK_MS } }
    })
  await renew()
  const timer = setInterval(() => void renew().catch(() => undefined), LOCK_MS / 3)
  return () => clearInterval(timer)
}
