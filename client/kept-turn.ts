/** A turn under way as its reader keeps it: with this a page that was reloaded takes the answer up where it broke off. */
import { atomicText } from '@grimoire/schema/amounts'
import { bytes32, hexData } from '@grimoire/schema/hex'
import { quote } from '@grimoire/schema/quote'
import { sharing } from '@grimoire/schema/receipt'
import { toolCall } from '@grimoire/schema/tools'
import { turnId } from '@grimoire/schema/turn-access'
import type { PaymentPayload } from '@x402/core/types'
import { z } from 'zod'

/** Written by x402's client, and handed back to it as it is. */
const payment = z.custom<PaymentPayload>(value => typeof value === 'object' && value !== null)

export const keptTurn = z.object({
  channelId: bytes32,
  /** What both sides had agreed on: a later quote may say otherwise. */
  checked: z.object({
    quote,
    paymentKey: quote.shape.operator,
    nodeUrl: z.string(),
    model: z.string(),
    sharing,
  }),
  body: z.string(),
  turnSignature: hexData,
  maxAtomic: atomicText,
  payment,
  beforeAtomic: atomicText,
  maySkip: z.boolean(),
  sentAtMs: z.number(),
  /** Null until the node has named it: then the same payment, sent again, is answered with the turn that it paid for. */
  turnId: turnId.nullable(),
  /** The event up to which `text` and `calls` have been read. */
  lastEventId: z.string(),
  text: z.string(),
  calls: z.array(toolCall),
  firstTokenMs: z.number().nullable(),
})
export type KeptTurn = z.infer<typeof keptTurn>

/** Null for one of an earlier form. */
export function readKeptTurn(text: string): KeptTurn | null {
  return keptTurn.safeParse(JSON.parse(text)).data ?? null
}
