/** A seller's signed wish to sell editions: its fields, and the EIP-712 types that the market contract hashes. */
import { z } from 'zod'
import { atomicText } from './amounts.ts'
import { address, type Hex, hexData, seconds, workIdText } from './hex.ts'
import { orderNumber, orderQuantity, worksDomain } from './order.ts'

export const listing = z.object({
  seller: address,
  workId: workIdText,
  /** In all; a buyer may take a part of them. */
  quantity: orderQuantity,
  /** For one edition. */
  priceAtomic: atomicText,
  /** The least that the seller receives for one edition, whatever the protocol's fee is by then. */
  minProceedsAtomic: atomicText,
  nonce: orderNumber,
  /** The seller's counter on the ledger; raising it ends every order signed with an earlier one. */
  counter: orderNumber,
  expiresAtSeconds: seconds,
})
export type Listing = z.infer<typeof listing>

export const signedListing = z.object({ listing, signature: hexData })
export type SignedListing = z.infer<typeof signedListing>

export const LISTING_TYPES = {
  Listing: [
    { name: 'seller', type: 'address' },
    { name: 'workId', type: 'uint256' },
    { name: 'quantity', type: 'uint256' },
    { name: 'priceAtomic', type: 'uint256' },
    { name: 'minProceedsAtomic', type: 'uint256' },
    { name: 'nonce', type: 'uint256' },
    { name: 'counter', type: 'uint256' },
    { name: 'expiresAtSeconds', type: 'uint256' },
  ],
} as const

export const listingToChain = (value: Listing) => ({
  seller: value.seller,
  workId: BigInt(value.workId),
  quantity: BigInt(value.quantity),
  priceAtomic: BigInt(value.priceAtomic),
  minProceedsAtomic: BigInt(value.minProceedsAtomic),
  nonce: BigInt(value.nonce),
  counter: BigInt(value.counter),
  expiresAtSeconds: BigInt(value.expiresAtSeconds),
})

export const listingTypedData = (value: Listing, chainId: number, works: Hex) =>
  ({
    domain: worksDomain(chainId, works),
    types: LISTING_TYPES,
    primaryType: 'Listing',
    message: listingToChain(value),
  }) as const
