/** Buying from a signed listing: checked by the buyer's own client, paid by one signature that is good for this alone. */
import { worksAbi } from '@grimoire/contracts/generated/works'
import type { Hex } from '@grimoire/schema/hex'
import { listingToChain, listingTypedData, type SignedListing } from '@grimoire/schema/listing'
import { PURCHASE_TYPE } from '@grimoire/schema/order'
import { Problem } from '@grimoire/schema/problem'
import {
  encodeAbiParameters,
  encodeFunctionData,
  hashTypedData,
  keccak256,
  parseAbiParameters,
  toBytes,
} from 'viem'
import type { Bought } from './buy-work.ts'
import { nudgeEdge } from './edge.ts'
import { checkListing } from './find-listings.ts'
import type { Market } from './market.ts'
import { allow, authorize, type PayBy, permit, requireMoney } from './money.ts'
import { randomBytes32, sendCall, type Wallet } from './wallet.ts'

export type BuyListing = SignedListing & {
  wallet: Wallet
  /** How many of the listing's editions; one without it. */
  quantity?: number
  /** Who gets them; the buyer without it. */
  recipient?: Hex
  /** The most that all of them together may cost. */
  maxCostAtomic: bigint
  payBy?: PayBy
  /** Who sends the transaction and pays its gas, where an authorization pays. Without one the buyer does. */
  sender?: Wallet
}

const NONCE_FIELDS = parseAbiParameters('bytes32, bytes32, uint256, address, bytes32')

/** The EIP-3009 nonce that ties an authorization to this purchase: the ledger computes the same. */
export const purchaseNonce = (listingDigest: Hex, quantity: number, recipient: Hex, salt: Hex): Hex => {
  const type = keccak256(toBytes(PURCHASE_TYPE))
  return keccak256(
    encodeAbiParameters(NONCE_FIELDS, [type, listingDigest, BigInt(quantity), recipient, salt]),
  )
}

type Purchase = { quantity: number; recipient: Hex; costAtomic: bigint; payBy: PayBy }

/** The call that pays as was wished; whatever has to be signed or allowed before is done on the way. */
async function callData(market: Market, options: BuyListing, purchase: Purchase): Promise<Hex> {
  const { listing, signature, wallet } = options
  const { quantity, recipient, costAtomic: valueAtomic, payBy } = purchase
  const { chainId, works } = market.addresses
  const taken = [listingToChain(listing), recipient, BigInt(quantity), signature] as const
  if (payBy === 'allowance') {
    await allow(market, { wallet, spender: works, amountAtomic: valueAtomic })
    return encodeFunctionData({ abi: worksAbi, functionName: 'buy', args: taken })
  }
  if (payBy === 'permit') {
    const args = [...taken, await permit(market, { wallet, spender: works, valueAtomic })] as const
    return encodeFunctionData({ abi: worksAbi, functionName: 'buyWithPermit', args })
  }
  const salt = randomBytes32()
  const digest = hashTypedData(listingTypedData(listing, chainId, works))
  const nonce = purchaseNonce(digest, quantity, recipient, salt)
  const args = [...taken, await authorize(market, { wallet, to: works, valueAtomic, nonce }), salt] as const
  return encodeFunctionData({ abi: worksAbi, functionName: 'buyWithAuthorization', args })
}

export async function buyListing(market: Market, options: BuyListing): Promise<Bought> {
  const { listing, wallet, quantity = 1, recipient = wallet.account.address, maxCostAtomic } = options
  const costAtomic = BigInt(listing.priceAtomic) * BigInt(quantity)
  if (costAtomic > maxCostAtomic) {
    throw new Problem('price_above_ceiling', { got: costAtomic, expected: `at most ${maxCostAtomic}` })
  }
  const left = await checkListing(market, options)
  if (quantity > left) throw new Problem('order_filled', { got: quantity, expected: `at most ${left}` })
  await requireMoney(market, wallet.account.address, costAtomic)
  // Nothing to authorize for a gift: the allowance path asks the wallet for no signature then.
  const payBy = costAtomic === 0n ? 'allowance' : (options.payBy ?? 'authorization')
  const data = await callData(market, options, { quantity, recipient, costAtomic, payBy })
  const transaction = await sendCall(market, {
    wallet: payBy === 'authorization' ? (options.sender ?? wallet) : wallet,
    to: market.addresses.works,
    data,
    what: 'buying a listing',
  })
  await nudgeEdge(market)
  return { workId: listing.workId, quantity, costAtomic, transaction }
}
