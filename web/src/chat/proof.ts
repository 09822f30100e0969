/** What an answer proved: its signed receipt, the request that it is of, and what had been agreed on before. */
import { atomicText } from '@grimoire/schema/amounts'
import { chatRequest } from '@grimoire/schema/chat'
import { bytes32 } from '@grimoire/schema/hex'
import { prices } from '@grimoire/schema/price'
import { sharing, signedReceipt } from '@grimoire/schema/receipt'
import { z } from 'zod'

export const proof = signedReceipt.extend({
  request: chatRequest,
  agreed: z.object({
    prices,
    sharing,
    beforeAtomic: atomicText,
    maxChargeAtomic: atomicText,
    channelId: bytes32,
  }),
})
export type Proof = z.infer<typeof proof>
