/** x402's refusals as this node sends them: the same header, without what only the channel's key may be told. */
import { Problem, problemResponse } from '@grimoire/schema/problem'
import { decodePaymentRequiredHeader, encodePaymentRequiredHeader } from '@x402/core/http'
import type { HTTPResponseInstructions } from '@x402/core/server'

/** x402's answer with our body: the same header, and a problem that any OpenAI client can show. */
export function answerOf({ status, headers, body }: HTTPResponseInstructions, reason?: string): Response {
  if (status !== 402) return Response.json(body ?? {}, { status, headers })
  const required = headers['PAYMENT-REQUIRED']
  const error = reason ?? (required ? decodePaymentRequiredHeader(required).error : undefined)
  return error === 'Payment required'
    ? problemResponse(new Problem('payment_required'), headers)
    : refusal(error, headers)
}

/** Where a channel stands, and its last voucher. */
export function withoutStates(header: string): string {
  const required = decodePaymentRequiredHeader(header)
  const accepts = required.accepts.map(offer => {
    const { channelState: _channel, voucherState: _voucher, ...extra } = offer.extra ?? {}
    return { ...offer, extra }
  })
  return encodePaymentRequiredHeader({ ...required, accepts })
}

export const refusal = (reason: string | undefined, headers: Record<string, string>): Response =>
  problemResponse(new Problem('payment_refused', { got: reason ?? 'not valid' }), headers)
