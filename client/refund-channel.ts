/** Getting the rest of a deposit back: the node claims what it is owed and returns the remainder in one transaction. */
import type { Hex } from '@grimoire/schema/hex'
import { Problem } from '@grimoire/schema/problem'
import { type Channel, type PaidParty, requirementOf } from './channel.ts'
import type { Market } from './market.ts'
import type { CheckedQuote } from './read-quote.ts'

export type Refunded = { transaction: string; channelId: Hex }

/** Any amount: a refund's voucher signs what was charged already and not one unit more. */
const ANY_AMOUNT = 2n ** 128n

export async function refundChannel(
  market: Market,
  { channel, checked }: { channel: Channel; checked: PaidParty & Pick<CheckedQuote, 'nodeUrl' | 'model'> },
): Promise<Refunded> {
  const url = `${checked.nodeUrl}/v1/chat/completions?model=${encodeURIComponent(checked.model)}`
  const checkedFetch: typeof fetch = async (input, init) => {
    const response = await market.fetch(input, init)
    if (response.status === 402 && response.headers.has('PAYMENT-REQUIRED')) {
      const required = channel.http.getPaymentRequiredResponse(name => response.headers.get(name))
      requirementOf(required, { channel, checked, maxAtomic: ANY_AMOUNT })
    }
    return response
  }
  try {
    const settled = await channel.scheme.refund(url, { fetch: checkedFetch })
    return { transaction: settled.transaction, channelId: channel.id }
  } catch (cause) {
    if (cause instanceof Problem) throw cause
    throw new Problem('payment_refused', { got: cause instanceof Error ? cause.message : cause, cause })
  }
}
