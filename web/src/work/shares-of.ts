/** Who gets what, by the ledger's own arithmetic: of a first sale, of a resale, and of an answer. */
import { shareOf, splitSale, splitUsage } from '@grimoire/schema/amounts'
import type { Share } from '../design/shares.tsx'
import type { CheckedWork } from './queries.ts'

/** By this name the studio finds what its maker earns among the shares. */
export const MAKER = 'Its maker'
/** And an operator what is its own. */
export const MACHINE = 'The machine that answers'

export function sharesOfFirstSale({ feeBps }: Pick<CheckedWork, 'feeBps'>, priceAtomic: bigint): Share[] {
  const feeAtomic = shareOf(priceAtomic, feeBps)
  return [
    { who: MAKER, amountAtomic: priceAtomic - feeAtomic },
    { who: 'The market', amountAtomic: feeAtomic },
  ]
}

export function sharesOfResale(
  { terms, feeBps }: Pick<CheckedWork, 'terms' | 'feeBps'>,
  priceAtomic: bigint,
  seller = 'The seller',
): Share[] {
  const { resaleRoyaltyBps } = terms
  const { royaltyAtomic, feeAtomic, sellerAtomic } = splitSale(priceAtomic, {
    resaleRoyaltyBps,
    protocolFeeBps: feeBps,
  })
  return [
    { who: seller, amountAtomic: sellerAtomic },
    { who: MAKER, amountAtomic: royaltyAtomic },
    { who: 'The market', amountAtomic: feeAtomic },
  ]
}

export function sharesOfAnswer(
  { terms, feeBps, parents }: Pick<CheckedWork, 'terms' | 'feeBps' | 'parents'>,
  costAtomic: bigint,
): Share[] {
  const split = splitUsage(costAtomic, {
    usageRoyaltyBps: terms.usageRoyaltyBps,
    protocolFeeBps: feeBps,
    parentsBps: parents.map(parent => parent.shareBps),
  })
  return [
    { who: MAKER, amountAtomic: split.creatorAtomic },
    { who: 'Works it builds on', amountAtomic: split.parentsTotalAtomic },
    { who: MACHINE, amountAtomic: split.operatorAtomic },
    { who: 'The market', amountAtomic: split.protocolAtomic },
  ]
}
