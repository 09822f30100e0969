/** What a turn's payment is about: what it may cost and to whom, what was checked of it, and what taking it gives. */
import type { Hex } from '@grimoire/schema/hex'
import type { HTTPProcessResult, HTTPRequestContext } from '@x402/core/server'

/** What one turn may cost, and to whom it is paid. */
export type TurnTerms = { workId: string; payTo: Hex; maxChargeAtomic: bigint }

/** What is to be written with a charge: told what the channel then stands at. A crash leaves both or neither. */
export type Recording = (cumulativeAtomic: string) => Promise<() => void>

export type Charged = { paymentResponse: string; cumulativeAtomic: string; headers: Record<string, string> }

export type Paid = {
  channelId: Hex
  payer: Hex
  /** PAYMENT-RESPONSE of a deposit that was made for this turn. */
  headers: Record<string, string>
  settle(actualAtomic: bigint, record?: Recording): Promise<Charged>
}

/** A payment that is good, and not taken yet. */
export type Verified = {
  confirm(): Promise<Response | Paid>
  cancel(): Promise<void>
}

/** A payment that x402 found good, with the request that brought it. */
export type Checked = Extract<HTTPProcessResult, { type: 'payment-verified' }> & {
  context: HTTPRequestContext
  terms: TurnTerms
}
