/** The shapes of names on the wire: addresses, hashes, keys and work ids. */
import { z } from 'zod'

export type Hex = `0x${string}`

/** The `meta` is what OpenAPI documents say of a custom schema. */
const hexMatching = (pattern: RegExp, expected: string) =>
  z
    .custom<Hex>(value => typeof value === 'string' && pattern.test(value), expected)
    .meta({ type: 'string', pattern: pattern.source })

const hexOf = (bytes: number, what: string) =>
  hexMatching(new RegExp(`^0x[0-9a-fA-F]{${bytes * 2}}$`), `expected ${what}: 0x and ${bytes * 2} hex digits`)

export const address = hexOf(20, 'an address')
export const bytes32 = hexOf(32, 'a 32-byte value')
export const hexData = hexMatching(/^0x([0-9a-fA-F]{2})*$/, 'expected 0x and an even number of hex digits')

/** A content hash as a name: 64 lower-case hex digits, no prefix, as `sha256sum` prints it. */
export const sha256Name = z.string().regex(/^[0-9a-f]{64}$/, 'expected a sha256 as 64 lower-case hex digits')

const UINT256_MAX = (1n << 256n) - 1n
/** A work id as a decimal string, which JSON cannot round. The second check runs even when the first has failed. */
export const workIdText = z
  .string()
  .regex(/^[1-9]\d{0,77}$/, 'expected a work id as decimal digits')
  .refine(text => !/^\d+$/.test(text) || BigInt(text) <= UINT256_MAX, 'a work id fits in 256 bits')

export const count = z.number().int().min(0)
export const seconds = z.number().int().min(0).max(253_402_300_799)

/** Content hash names and the ledger's bytes32 are the same 32 bytes, with and without 0x. */
export const hashToBytes32 = (name: string): Hex => `0x${sha256Name.parse(name)}`
export const bytes32ToHash = (value: Hex): string => bytes32.parse(value).slice(2).toLowerCase()

export const sameAddress = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()
