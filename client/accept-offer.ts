/** Selling to an offer: the buyer's signature brings the money, and the seller is paid in the same transaction. */
import { worksAbi } from '@grimoire/contracts/generated/works'
import { offerToChain, offerValidity, type SignedOffer } from '@grimoire/schema/offer'
import { Problem } from '@grimoire/schema/problem'
import { encodeFunctionData, type Hex } from 'viem'
import { checkOffer } from './check-offer.ts'
import { nudgeEdge } from './edge.ts'
import { editionsOf } from './ledger-work.ts'
import type { Market } from './market.ts'
import { saleOf } from './orders.ts'
import { type Sent, sendCall, type Wallet } from './wallet.ts'

export type AcceptOffer = SignedOffer & {
  wallet: Wallet
  /** How many to sell; the whole offer without it, as it must be where an authorization pays. */
  quantity?: number
  /** The least to receive for one edition. Without it: what today's fee leaves, so that a new fee takes no more. */
  minProceedsAtomic?: bigint
}

export type Accepted = { workId: string; quantity: number; proceedsAtomic: bigint; transaction: Sent }

function callData(signed: SignedOffer, quantity: number, minProceedsAtomic: bigint): Hex {
  const { offer, payment, signature } = signed
  const struct = offerToChain(offer)
  if (payment === 'authorization') {
    const authorization = { from: offer.buyer, ...offerValidity(offer), signature }
    const args = [struct, minProceedsAtomic, authorization] as const
    return encodeFunctionData({ abi: worksAbi, functionName: 'acceptOfferWithAuthorization', args })
  }
  const args = [struct, signature, BigInt(quantity), minProceedsAtomic] as const
  return encodeFunctionData({ abi: worksAbi, functionName: 'acceptOffer', args })
}

export async function acceptOffer(market: Market, options: AcceptOffer): Promise<Accepted> {
  const { wallet, offer, payment } = options
  const { workId } = offer
  const quantity = options.quantity ?? offer.quantity
  if (payment === 'authorization' && quantity !== offer.quantity) {
    const expected = `all ${offer.quantity}: one authorization pays for them together`
    throw new Problem('request_invalid', { param: 'quantity', got: quantity, expected })
  }
  const [left, held, { sellerAtomic }] = await Promise.all([
    checkOffer(market, options),
    editionsOf(market, { workId, holder: wallet.account.address }),
    saleOf(market, { workId, priceAtomic: BigInt(offer.priceAtomic) }),
  ])
  if (quantity > left) throw new Problem('order_filled', { got: quantity, expected: `at most ${left}` })
  if (held < BigInt(quantity)) throw new Problem('not_holder', { got: held, expected: quantity })
  const minProceedsAtomic = options.minProceedsAtomic ?? sellerAtomic
  if (sellerAtomic < minProceedsAtomic) {
    throw new Problem('proceeds_too_low', { got: sellerAtomic, expected: minProceedsAtomic })
  }
  const transaction = await sendCall(market, {
    wallet,
    to: market.addresses.works,
    data: callData(options, quantity, minProceedsAtomic),
    what: 'accepting an offer',
  })
  await nudgeEdge(market)
  return { workId, quantity, proceedsAtomic: sellerAtomic * BigInt(quantity), transaction }
}
