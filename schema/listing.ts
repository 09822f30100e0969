/** A signed offer to sell editions: its fields, and the EIP-712 types that the market contract hashes. */
import { z } from 'zod'
import { atomicText } from './amounts.ts'
import { address, type Hex, hexData, seconds, workIdText } from './hex.ts'

export const listing = z.object({
  seller: address,
  workId: workIdText,
  quantity: z.number().int().min(1).max(0xffff_ffff),
  /** For the whole listing, not for one edition. */
  priceAtomic: atomicText,
  nonce: z.string().regex(/^(0|[1-9]\d{0,77})$/, 'expected a nonce as decimal digits'),
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
    { name: 'nonce', type: 'uint256' },
    { name: 'expiresAtSeconds', type: 'uint256' },
  ],
} as const

export const worksDomain = (chainId: number, works: Hex) =>
  ({ name: 'Grimoire Works', version: '1', chainId, verifyingContract: works }) as const

export const listingToChain = (value: Listing) => ({
  seller: value.seller,
  workId: BigInt(value.workId),
  quantity: BigInt(value.quantity),
  priceAtomic: BigInt(value.priceAtomic),
  nonce: BigInt(value.nonce),
  expiresAtSeconds: BigInt(value.expiresAtSeconds),
})

export const listingTypedData = (value: Listing, chainId: number, works: Hex) =>
  ({
    domain: worksDomain(chainId, works),
    types: LISTING_TYPES,
    primaryType: 'Listing',
    message: listingToChain(value),
  }) as const

/** The struct whose hash is the EIP-3009 nonce of a gasless primary purchase. */
export const MINT_TYPE = 'Mint(uint256 workId,uint256 quantity,bytes32 salt)'
