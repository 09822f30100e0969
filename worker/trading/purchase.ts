/** Purchases, of the creator or of a listing: what they cost, and the call that makes them, paid in either way. */
import { worksAbi } from '@grimoire/contracts/generated/works'
import type { Hex } from '@grimoire/schema/hex'
import { listingToChain, listingTypedData, type SignedListing } from '@grimoire/schema/listing'
import { Problem } from '@grimoire/schema/problem'
import { type Authorization, authorizationToChain, mintNonce, purchaseNonce } from '@grimoire/schema/purchase'
import { encodeFunctionData, hashTypedData, zeroAddress } from 'viem'
import { asking, chainOf } from '../chain.ts'
import type { Settings } from '../env.ts'
import { checkListing } from '../listing-check.ts'

type Wanted = { quantity: number; recipient: Hex; maxCostAtomic: string }
export type Primary = Wanted & { workId: string }
export type Resale = Wanted & SignedListing

/** What all paths need to know of a purchase before anyone pays. */
export type Purchase = {
  costAtomic: bigint
  /** What a payment's nonce commits to. */
  nonceOf: (salt: Hex) => Hex
  /** The call, paid by the sender's allowance or by an authorization of anyone. */
  dataOf: (authorization?: Authorization) => Hex
}

function requireCeiling(costAtomic: bigint, { maxCostAtomic }: Wanted): void {
  if (costAtomic <= BigInt(maxCostAtomic)) return
  throw new Problem('price_above_ceiling', { got: costAtomic, expected: `at most ${maxCostAtomic}` })
}

export async function primaryPurchase(settings: Settings, wanted: Primary): Promise<Purchase> {
  const { workId, quantity, recipient, maxCostAtomic } = wanted
  const read = { address: settings.ADDRESSES.works, abi: worksAbi, functionName: 'work' } as const
  const work = await asking(chainOf(settings).readContract({ ...read, args: [BigInt(workId)] }))
  if (work.creator === zeroAddress) throw new Problem('work_unknown', { got: workId })
  const left = work.terms.editionCap - work.minted
  if (quantity > left) throw new Problem('sold_out', { got: quantity, expected: `at most ${left}` })
  const costAtomic = BigInt(work.terms.priceAtomic) * BigInt(quantity)
  requireCeiling(costAtomic, wanted)
  const what = [BigInt(workId), BigInt(quantity), recipient] as const
  return {
    costAtomic,
    nonceOf: salt => mintNonce(workId, quantity, recipient, salt),
    dataOf: authorization =>
      authorization
        ? encodeFunctionData({
            abi: worksAbi,
            functionName: 'mintWithAuthorization',
            args: [...what, authorization.salt, authorizationToChain(authorization)],
          })
        : encodeFunctionData({
            abi: worksAbi,
            functionName: 'mint',
            args: [...what, BigInt(maxCostAtomic)],
          }),
  }
}

export async function resalePurchase(settings: Settings, wanted: Resale): Promise<Purchase> {
  const { listing, signature, quantity, recipient } = wanted
  const costAtomic = BigInt(listing.priceAtomic) * BigInt(quantity)
  requireCeiling(costAtomic, wanted)
  const { leftQuantity } = await checkListing(settings, { listing, signature })
  if (quantity > leftQuantity)
    throw new Problem('order_filled', { got: quantity, expected: `at most ${leftQuantity}` })
  const { chainId, works } = settings.ADDRESSES
  const digest = hashTypedData(listingTypedData(listing, chainId, works))
  const what = [listingToChain(listing), recipient, BigInt(quantity), signature] as const
  return {
    costAtomic,
    nonceOf: salt => purchaseNonce(digest, quantity, recipient, salt),
    dataOf: authorization =>
      authorization
        ? encodeFunctionData({
            abi: worksAbi,
            functionName: 'buyWithAuthorization',
            args: [...what, authorizationToChain(authorization), authorization.salt],
          })
        : encodeFunctionData({ abi: worksAbi, functionName: 'buy', args: what }),
  }
}
