/** Webhooks for a creator's sales, signed as the Standard Webhooks specification says: headers, secret and schedule. */
import { z } from 'zod'
import { address, bytes32, seconds, workIdText } from './hex.ts'

export const WEBHOOK_MAX_BYTES = 4_096
export const WEBHOOKS_PER_WALLET = 5

export const newWebhook = z.object({ url: z.string().max(2_048) }).strict()

export const webhook = z.object({ webhookId: z.uuid(), url: z.string(), createdAtSeconds: seconds })
export type Webhook = z.infer<typeof webhook>

/** `whsec_` and base64: told once. */
export const openedWebhook = webhook.extend({ secret: z.string() })
export const webhooksAnswer = z.object({ webhooks: z.array(webhook) })
export const webhookGone = z.object({ webhookId: z.uuid(), removed: z.boolean() })

/** `sale`: editions of a work changed hands for money. `sale.reverted`: the chain took that back, see `reverts`. */
export const webhookEvent = z.object({
  type: z.enum(['sale', 'sale.reverted']),
  timestamp: z.string(),
  data: z.object({
    workId: workIdText,
    kind: z.enum(['mint', 'sale', 'offer']),
    seller: address,
    recipient: address,
    quantity: z.number().int(),
    costAtomic: z.string(),
    royaltyAtomic: z.string(),
    feeAtomic: z.string(),
    atSeconds: seconds,
    transaction: bytes32,
    /** The webhook-id of the sale that is taken back. */
    reverts: z.string().optional(),
  }),
})

export const delivery = z.object({
  /** The header webhook-id: the same at every attempt. */
  deliveryId: z.string(),
  type: z.enum(['sale', 'sale.reverted']),
  state: z.enum(['waiting', 'delivered', 'dead']),
  attempts: z.number().int().min(0),
  /** Of the last answer; null when there was none. */
  lastStatus: z.number().int().nullable(),
  nextAttemptAtSeconds: seconds.nullable(),
  createdAtSeconds: seconds,
})
export type Delivery = z.infer<typeof delivery>
export const deliveriesPage = z.object({ deliveries: z.array(delivery), nextCursor: z.string().nullable() })
