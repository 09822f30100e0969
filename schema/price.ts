/** What a turn costs: bytes that both sides can count, a flat fee, and the one formula that makes money of them. */
import { z } from 'zod'
import { atomicText } from './amounts.ts'
import type { Terms } from './work.ts'

export const prices = z.object({
  /** Flat, for each answered turn: it covers the hidden prompt, which the holder cannot count. */
  turnFeeAtomic: atomicText,
  inputPerMillionBytesAtomic: atomicText,
  outputPerMillionBytesAtomic: atomicText,
})
export type Prices = z.infer<typeof prices>

const MILLION = 1_000_000n
const utf8 = new TextEncoder()

export const utf8Bytes = (text: string): number => utf8.encode(text).length

/** A turn's charge. Fractions of an atomic unit round up once, over both directions together. */
export function chargeAtomic(price: Prices, bytes: { inputBytes: number; outputBytes: number }): bigint {
  const fine =
    BigInt(bytes.inputBytes) * BigInt(price.inputPerMillionBytesAtomic) +
    BigInt(bytes.outputBytes) * BigInt(price.outputPerMillionBytesAtomic)
  return BigInt(price.turnFeeAtomic) + (fine + MILLION - 1n) / MILLION
}

/** The most a turn may cost when at most `maxOutputBytes` are delivered: what the voucher must cover beforehand. */
export const maxChargeAtomic = (price: Prices, inputBytes: number, maxOutputBytes: number): bigint =>
  chargeAtomic(price, { inputBytes, outputBytes: maxOutputBytes })

/** An operator's card under a work's ceilings: a node may always ask less than the creator allows, never more. */
export function pricesWithin(card: Prices, work: Terms): Prices {
  const lower = (a: string, b: string) => (BigInt(a) < BigInt(b) ? a : b)
  return {
    turnFeeAtomic: lower(card.turnFeeAtomic, work.maxTurnFeeAtomic),
    inputPerMillionBytesAtomic: lower(card.inputPerMillionBytesAtomic, work.maxInputPerMillionBytesAtomic),
    outputPerMillionBytesAtomic: lower(card.outputPerMillionBytesAtomic, work.maxOutputPerMillionBytesAtomic),
  }
}
