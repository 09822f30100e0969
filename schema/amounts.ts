/** Money and shares: whole atomic units of the deployment's token as bigint in code, as decimal strings on every wire. */
import { z } from 'zod'
import { MONEY_DECIMALS } from './format-money.ts'

export { formatMoney, MONEY_DECIMALS } from './format-money.ts'

declare const unit: unique symbol
/** A sum in atomic units (6 decimals: 1_000_000 is one dollar). It is a bigint wherever arithmetic is done. */
export type AtomicAmount = bigint & { readonly [unit]: 'atomic' }

export const BPS_PER_WHOLE = 10_000n

/** The wire form of a sum: digits only, no sign, no leading zero, at most what a uint128 holds. */
export const atomicText = z
  .string()
  .regex(/^(0|[1-9]\d{0,38})$/, 'expected whole atomic units as decimal digits')

/** A sum of the chain's own, which counts in 256 bits. */
export const sumText = z
  .string()
  .regex(/^(0|[1-9]\d{0,77})$/, 'expected whole atomic units as decimal digits')

/** Reads a wire sum. Throws on anything that is not plain digits, so a float can never become money. */
export function toAtomic(text: string): AtomicAmount {
  return BigInt(atomicText.parse(text)) as AtomicAmount // Safety: the pattern admits non-negative integers only.
}

/** `1.5` becomes `1500000n`. Refuses more decimals than the token has instead of rounding. */
export function parseMoney(text: string, decimals = MONEY_DECIMALS): AtomicAmount {
  const match = /^(\d{1,30})(?:\.(\d+))?$/.exec(text.trim())
  const fraction = match?.[2] ?? ''
  if (!match?.[1] || fraction.length > decimals) {
    throw new RangeError(`expected an amount with at most ${decimals} decimals, got "${text}"`)
  }
  return BigInt(match[1] + fraction.padEnd(decimals, '0')) as AtomicAmount // Safety: digits only, checked above.
}

/** A share of a sum, rounded down: what every split of the ledger does; the remainder stays with the last payee. */
export const shareOf = (amountAtomic: bigint, bps: number): bigint =>
  (amountAtomic * BigInt(bps)) / BPS_PER_WHOLE

/** How the ledger divides what reached a splitter; the contract's own arithmetic, held equal to it by test. */
export function splitUsage(
  amountAtomic: bigint,
  terms: { usageRoyaltyBps: number; protocolFeeBps: number; parentsBps: readonly number[] },
) {
  const protocolAtomic = shareOf(amountAtomic, terms.protocolFeeBps)
  const creatorPart = shareOf(amountAtomic, terms.usageRoyaltyBps)
  const parentsAtomic = terms.parentsBps.map(bps => shareOf(creatorPart, bps))
  const parentsTotalAtomic = parentsAtomic.reduce((sum, part) => sum + part, 0n)
  return {
    protocolAtomic,
    parentsAtomic,
    parentsTotalAtomic,
    creatorAtomic: creatorPart - parentsTotalAtomic,
    operatorAtomic: amountAtomic - protocolAtomic - creatorPart,
  }
}

/** How the ledger divides the price of a resale: royalty and fee first, the seller takes the rest. */
export function splitSale(priceAtomic: bigint, terms: { resaleRoyaltyBps: number; protocolFeeBps: number }) {
  const royaltyAtomic = shareOf(priceAtomic, terms.resaleRoyaltyBps)
  const feeAtomic = shareOf(priceAtomic, terms.protocolFeeBps)
  return { royaltyAtomic, feeAtomic, sellerAtomic: priceAtomic - royaltyAtomic - feeAtomic }
}
