/** A buyer's signed wish to buy editions of one work: its fields, its EIP-712 types, and the two ways in which it pays. */
import { z } from 'zod'
import { atomicText } from './amounts.ts'
import { address, type Hex, hexData, seconds, workIdText } from './hex.ts'
import { orderNumber, orderQuantity, worksDomain } from './order.ts'

export const offer = z.object({
  buyer: address,
  workId: workIdText,
  quantity: orderQuantity,
  /** For one edition, and so the most that the buyer pays: royalty and fee come out of it. */
  priceAtomic: atomicText,
  nonce: orderNumber,
  counter: orderNumber,
  expiresAtSeconds: seconds,
})
export type Offer = z.infer<typeof offer>

/**
 * `authorization`: the signature is an EIP-3009 authorization of the whole sum whose nonce is the offer's digest, and so
 * offer and payment at once; it is accepted whole. `allowance`: the signature is of the offer, which may be accepted in
 * parts, each paid by what the buyer allows the ledger.
 */
export const PAYMENTS = ['authorization', 'allowance'] as const

export const signedOffer = z.object({ offer, payment: z.enum(PAYMENTS), signature: hexData })
export type SignedOffer = z.infer<typeof signedOffer>

export const OFFER_TYPES = {
  Offer: [
    { name: 'buyer', type: 'address' },
    { name: 'workId', type: 'uint256' },
    { name: 'quantity', type: 'uint256' },
    { name: 'priceAtomic', type: 'uint256' },
    { name: 'nonce', type: 'uint256' },
    { name: 'counter', type: 'uint256' },
    { name: 'expiresAtSeconds', type: 'uint256' },
  ],
} as const

export const offerToChain = (value: Offer) => ({
  buyer: value.buyer,
  workId: BigInt(value.workId),
  quantity: BigInt(value.quantity),
  priceAtomic: BigInt(value.priceAtomic),
  nonce: BigInt(value.nonce),
  counter: BigInt(value.counter),
  expiresAtSeconds: BigInt(value.expiresAtSeconds),
})

export const offerTypedData = (value: Offer, chainId: number, works: Hex) =>
  ({
    domain: worksDomain(chainId, works),
    types: OFFER_TYPES,
    primaryType: 'Offer',
    message: offerToChain(value),
  }) as const

/** What the buyer pays in all, if every edition is delivered. */
export const offerCostAtomic = (value: Offer): bigint => BigInt(value.quantity) * BigInt(value.priceAtomic)

/** The times of the authorization that pays an offer: good as long as the offer, whose last second still counts. */
export const offerValidity = (value: Offer) => ({
  validAfter: 0n,
  validBefore: BigInt(value.expiresAtSeconds) + 1n,
})
