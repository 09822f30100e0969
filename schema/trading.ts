/** What a thin client asks the edge to prepare, and what it gets: transactions to send as they are, messages to sign as they are. */
import { z } from 'zod'
import { atomicText } from './amounts.ts'
import { address, bytes32, hexData, seconds, workIdText } from './hex.ts'
import { listing, signedListing } from './listing.ts'
import { offer, PAYMENTS, signedOffer } from './offer.ts'
import { orderNumber, orderQuantity } from './order.ts'
import { authorization } from './purchase.ts'
import { LIMITS } from './work.ts'

/** Nonces of one cancellation, works of one withdrawal. */
const MANY = 100

const strictListing = signedListing.extend({ listing: listing.strict() }).shape
const strictOffer = signedOffer.extend({ offer: offer.strict() }).shape
const quantity = orderQuantity.default(1)

const purchase = {
  quantity,
  /** Who gets the editions; whoever pays without it. */
  recipient: address.optional(),
  /** The most that all editions together may cost. */
  maxCostAtomic: atomicText,
}
const primary = { workId: workIdText, ...purchase }
const resale = { ...strictListing, ...purchase }
/** Without an authorization the sender's allowance pays. */
const paid = { from: address, authorization: authorization.optional() }

export const transactionBodies = {
  allow: z.object({ from: address, amountAtomic: atomicText }).strict(),
  mint: z.object({ ...primary, ...paid }).strict(),
  buy: z.object({ ...resale, ...paid }).strict(),
  acceptOffer: z
    .object({
      from: address,
      ...strictOffer,
      /** The whole offer without it. */
      quantity: orderQuantity.optional(),
      /** The least to receive for one edition. Without it: what today's fee leaves. */
      minProceedsAtomic: atomicText.optional(),
    })
    .strict(),
  cancel: z.object({ from: address, nonces: z.array(orderNumber).min(1).max(MANY) }).strict(),
  cancelAll: z.object({ from: address }).strict(),
  openCopy: z.object({ from: address, workId: workIdText }).strict(),
  gift: z.object({ from: address, to: address, workId: workIdText, quantity }).strict(),
  withdraw: z
    .object({
      from: address,
      to: address.optional(),
      /** The sender's works whose accruals are gathered first. */
      workIds: z.array(workIdText).max(MANY).default([]),
    })
    .strict(),
} as const

export const preparedTransaction = z.object({
  /** Send it as it is. */
  transaction: z.object({
    chainId: z.number().int(),
    from: address,
    to: address,
    data: hexData,
    value: z.literal('0x0'),
  }),
  /** It was tried at this block and would have passed, using so much gas. */
  simulation: z.object({ blockNumber: z.number().int(), gas: z.string() }),
  /** What the payer pays in all, where something is bought. */
  costAtomic: atomicText.nullable(),
  /** What the sender receives for one edition, where something is sold. */
  proceedsAtomic: atomicText.nullable(),
})
export type PreparedTransaction = z.infer<typeof preparedTransaction>

const order = {
  workId: workIdText,
  quantity,
  /** For one edition. */
  priceAtomic: atomicText,
  lastsSeconds: z
    .number()
    .int()
    .min(1)
    .max(LIMITS.maxOrderSeconds)
    .default(7 * 24 * 3600),
  /** Chosen at random without it. */
  nonce: orderNumber.optional(),
}

export const messageBodies = {
  listing: z.object({ seller: address, ...order, minProceedsAtomic: atomicText.optional() }).strict(),
  offer: z.object({ buyer: address, ...order, payment: z.enum(PAYMENTS).default('authorization') }).strict(),
  mint: z.object({ payer: address, ...primary }).strict(),
  buy: z.object({ payer: address, ...resale }).strict(),
} as const

/** As `eth_signTypedData_v4` takes it: numbers in decimal digits. */
const typedData = z.object({
  domain: z.object({
    name: z.string(),
    version: z.string(),
    chainId: z.number().int(),
    verifyingContract: address,
  }),
  types: z.record(z.string(), z.array(z.object({ name: z.string(), type: z.string() }))),
  primaryType: z.string(),
  message: z.record(z.string(), z.string()),
})
export type TypedData = z.infer<typeof typedData>

export const listingMessage = z.object({ typedData, listing })
export const offerMessage = z.object({ typedData, offer, payment: z.enum(PAYMENTS) })
/** The authorization but for the signature, to be sent with the purchase. */
export const paymentMessage = z.object({
  typedData,
  authorization: authorization.omit({ signature: true }),
  recipient: address,
  costAtomic: atomicText,
})

export const relayBody = z.discriminatedUnion('action', [
  z.object({ action: z.literal('mint'), ...primary, authorization }).strict(),
  z.object({ action: z.literal('buy'), ...resale, authorization }).strict(),
])
export type RelayBody = z.infer<typeof relayBody>

export const relayAnswer = z.object({
  /** The authorization's nonce: asking again with the same purchase asks for the same transaction. */
  nonce: bytes32,
  transaction: bytes32,
  status: z.enum(['sent', 'mined', 'reverted']),
  replayed: z.boolean(),
})

export type RelayAnswer = z.infer<typeof relayAnswer>

export const relayerAnswer = z.object({
  enabled: z.boolean(),
  relayer: z.union([address, z.null()]),
  maxGasPriceWei: z.string(),
  minCostAtomic: atomicText,
  perPayerPerDay: z.number().int(),
  perDay: z.number().int(),
  /** When the counts of today begin anew. */
  dayEndsAtSeconds: seconds,
})
