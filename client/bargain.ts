/** A purchase as the ledger makes it: what it costs, what its payment is called, and the call for each way to pay. */
import { worksAbi } from '@grimoire/contracts/generated/works'
import type { Hex } from '@grimoire/schema/hex'
import { listingToChain, listingTypedData, type SignedListing } from '@grimoire/schema/listing'
import { Problem } from '@grimoire/schema/problem'
import { type Authorization, authorizationToChain, mintNonce, purchaseNonce } from '@grimoire/schema/purchase'
import { encodeFunctionData, hashTypedData } from 'viem'
import { checkListing } from './find-listings.ts'
import { ledgerWork } from './ledger-work.ts'
import type { Ledger, Market } from './market.ts'
import { allowCall, type Permit } from './money.ts'

/** An edition of its creator, or one of a holder who lists it. */
export type Wanted = { workId: string } | SignedListing

export type Bargain = {
  wanted: Wanted
  workId: string
  quantity: number
  recipient: Hex
  costAtomic: bigint
  /** What is being done, for the sentence of a refusal. */
  what: string
  /** Of the payment that is bound to this purchase: it can pay for nothing else, and only once. */
  nonceOf: (salt: Hex) => Hex
  byAllowance: () => Hex
  byPermit: (permit: Permit) => Hex
  byAuthorization: (authorization: Authorization) => Hex
}

type Sums = Pick<Bargain, 'quantity' | 'recipient' | 'costAtomic'>

const abi = worksAbi

function ofWork(workId: string, sums: Sums): Bargain {
  const { quantity, recipient, costAtomic } = sums
  const minted = [BigInt(workId), BigInt(quantity), recipient] as const
  return {
    ...sums,
    wanted: { workId },
    workId,
    what: 'buying editions',
    nonceOf: salt => mintNonce(workId, quantity, recipient, salt),
    byAllowance: () => encodeFunctionData({ abi, functionName: 'mint', args: [...minted, costAtomic] }),
    byPermit: permit =>
      encodeFunctionData({ abi, functionName: 'mintWithPermit', args: [...minted, costAtomic, permit] }),
    byAuthorization: authorization => {
      const args = [...minted, authorization.salt, authorizationToChain(authorization)] as const
      return encodeFunctionData({ abi, functionName: 'mintWithAuthorization', args })
    },
  }
}

function ofListing({ addresses }: Ledger, { listing, signature }: SignedListing, sums: Sums): Bargain {
  const { quantity, recipient } = sums
  const digest = hashTypedData(listingTypedData(listing, addresses.chainId, addresses.works))
  const taken = [listingToChain(listing), recipient, BigInt(quantity), signature] as const
  return {
    ...sums,
    wanted: { listing, signature },
    workId: listing.workId,
    what: 'buying a listing',
    nonceOf: salt => purchaseNonce(digest, quantity, recipient, salt),
    byAllowance: () => encodeFunctionData({ abi, functionName: 'buy', args: taken }),
    byPermit: permit => encodeFunctionData({ abi, functionName: 'buyWithPermit', args: [...taken, permit] }),
    byAuthorization: authorization => {
      const args = [...taken, authorizationToChain(authorization), authorization.salt] as const
      return encodeFunctionData({ abi, functionName: 'buyWithAuthorization', args })
    },
  }
}

/** Without a question to anybody. */
export const bargainOf = (ledger: Ledger, wanted: Wanted, sums: Sums): Bargain =>
  'workId' in wanted ? ofWork(wanted.workId, sums) : ofListing(ledger, wanted, sums)

/** Both together are the whole purchase, without a signature. */
export const allowedCalls = (ledger: Ledger, { costAtomic, byAllowance }: Bargain) => [
  allowCall(ledger, ledger.addresses.works, costAtomic),
  { to: ledger.addresses.works, data: byAllowance() },
]

/** What all of it costs, which is at most what the buyer has seen. */
export function costWithin(maxCostAtomic: bigint, quantity: number, priceAtomic: string): bigint {
  const costAtomic = BigInt(priceAtomic) * BigInt(quantity)
  if (costAtomic <= maxCostAtomic) return costAtomic
  throw new Problem('price_above_ceiling', { got: costAtomic, expected: `at most ${maxCostAtomic}` })
}

/** The same, when the ledger would sell that many at that price now; otherwise the reason for which it would not. */
export async function bargainToday(
  market: Market,
  wanted: Wanted,
  { quantity, recipient, maxCostAtomic }: { quantity: number; recipient: Hex; maxCostAtomic: bigint },
): Promise<Bargain> {
  if ('workId' in wanted) {
    const { terms, minted } = await ledgerWork(market, wanted.workId)
    const costAtomic = costWithin(maxCostAtomic, quantity, terms.priceAtomic)
    if (minted + quantity > terms.editionCap) {
      throw new Problem('sold_out', { got: quantity, expected: `at most ${terms.editionCap - minted}` })
    }
    return ofWork(wanted.workId, { quantity, recipient, costAtomic })
  }
  const costAtomic = costWithin(maxCostAtomic, quantity, wanted.listing.priceAtomic)
  const left = await checkListing(market, wanted)
  if (quantity > left) throw new Problem('order_filled', { got: quantity, expected: `at most ${left}` })
  return ofListing(market, wanted, { quantity, recipient, costAtomic })
}
