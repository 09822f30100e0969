/** Buying a signed listing: checked by the buyer's own client, paid by one authorization whose nonce is that listing. */
import { worksAbi } from '@grimoire/contracts/generated/works'
import { listingToChain, listingTypedData, type SignedListing } from '@grimoire/schema/listing'
import { Problem } from '@grimoire/schema/problem'
import { encodeFunctionData, hashTypedData } from 'viem'
import type { Bought } from './buy-work.ts'
import { nudgeEdge } from './edge.ts'
import { checkListing } from './find-listings.ts'
import type { Market } from './market.ts'
import { allow, authorize, requireMoney } from './money.ts'
import { sendCall, type Wallet } from './wallet.ts'

export type BuyListing = SignedListing & {
  wallet: Wallet
  maxCostAtomic: bigint
  payBy?: 'authorization' | 'allowance'
  sender?: Wallet
}

async function callData(market: Market, options: BuyListing, allowance: boolean) {
  const { listing, signature, wallet } = options
  const { chainId, works } = market.addresses
  const valueAtomic = BigInt(listing.priceAtomic)
  const struct = listingToChain(listing)
  if (allowance) {
    await allow(market, { wallet, spender: works, amountAtomic: valueAtomic })
    const args = [struct, signature, wallet.account.address, valueAtomic] as const
    return encodeFunctionData({ abi: worksAbi, functionName: 'buy', args })
  }
  const nonce = hashTypedData(listingTypedData(listing, chainId, works))
  const authorization = await authorize(market, { wallet, to: works, valueAtomic, nonce })
  const args = [struct, signature, authorization] as const
  return encodeFunctionData({ abi: worksAbi, functionName: 'buyWithAuthorization', args })
}

export async function buyListing(market: Market, options: BuyListing): Promise<Bought> {
  const { listing, wallet, maxCostAtomic } = options
  const costAtomic = BigInt(listing.priceAtomic)
  if (costAtomic > maxCostAtomic) {
    throw new Problem('price_above_ceiling', { got: costAtomic, expected: `at most ${maxCostAtomic}` })
  }
  await checkListing(market, options)
  await requireMoney(market, wallet.account.address, costAtomic)
  const allowance = options.payBy === 'allowance' || costAtomic === 0n
  const data = await callData(market, options, allowance)
  const transaction = await sendCall(market, {
    wallet: allowance ? wallet : (options.sender ?? wallet),
    to: market.addresses.works,
    data,
    what: 'buying a listing',
  })
  await nudgeEdge(market)
  return { workId: listing.workId, quantity: listing.quantity, costAtomic, transaction }
}
