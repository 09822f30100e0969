/** What listings and offers have in common: numbers on the wire, the EIP-712 domain, and what a payment's nonce commits to. */
import { z } from 'zod'
import type { Hex } from './hex.ts'

const UINT256_MAX = 2n ** 256n - 1n

/** A nonce or a counter: decimal digits that fit in 256 bits. The second check runs even when the first has failed. */
export const orderNumber = z
  .string()
  .regex(/^(0|[1-9]\d{0,77})$/, 'expected decimal digits')
  .refine(text => !/^\d+$/.test(text) || BigInt(text) <= UINT256_MAX, 'expected at most 256 bits')

/** How many editions an order is for, in all. */
export const orderQuantity = z.number().int().min(1).max(0xffff_ffff)

/** An order with one of these nonces is cheaper to fill: their bits share a word with the maker's counter. */
export const CHEAP_NONCES = 128

export const worksDomain = (chainId: number, works: Hex) =>
  ({ name: 'Grimoire Works', version: '1', chainId, verifyingContract: works }) as const

/** The struct whose hash is the EIP-3009 nonce of a gasless primary purchase. */
export const MINT_TYPE = 'Mint(uint256 workId,uint256 quantity,address recipient,bytes32 salt)'

/** The struct whose hash is the EIP-3009 nonce of a gasless purchase of a listing. */
export const PURCHASE_TYPE = 'Purchase(bytes32 listingDigest,uint256 quantity,address recipient,bytes32 salt)'
