/** x402's payment identifier: the same payment sent again under its id is answered as before, and is not paid twice. */
import { canonicalJson } from '@grimoire/schema/canonical-json'
import type { Hex } from '@grimoire/schema/hex'
import { keccak256, toBytes } from 'viem'
import { z } from 'zod'

const NAME = 'payment-identifier'
const ID = '^[A-Za-z0-9_-]{16,128}$'

/** As it is declared in every 402. */
export const PAYMENT_ID_EXTENSION = {
  [NAME]: {
    info: { required: false },
    schema: {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      properties: { required: { type: 'boolean' }, id: { type: 'string', pattern: ID } },
      required: ['required'],
    },
  },
}

const extensions = z.object({
  [NAME]: z.object({ info: z.object({ id: z.string().regex(new RegExp(ID)) }) }),
})

export type PaymentId = { id: string; fingerprint: Hex }

/** The id of a payment, and what makes it this very payment: its whole payload, for this very request. */
export function paymentIdOf(
  payment: { payload: unknown; extensions?: unknown },
  requestHash: Hex,
): PaymentId | null {
  const parsed = extensions.safeParse(payment.extensions)
  if (!parsed.success) return null
  const text = canonicalJson({ payload: payment.payload, requestHash })
  return { id: parsed.data[NAME].info.id, fingerprint: keccak256(toBytes(text)) }
}
