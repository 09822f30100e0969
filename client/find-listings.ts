/** Listings from the edge, each checked as its buyer would: signature, counter, nonce, holding, expiry and proceeds. */
import { listingsPage } from '@grimoire/schema/catalogue'
import type { Hex } from '@grimoire/schema/hex'
import { listingTypedData, type SignedListing } from '@grimoire/schema/listing'
import { Problem } from '@grimoire/schema/problem'
import { askEdge } from './edge.ts'
import { ledgerProblem } from './ledger-errors.ts'
import { editionsOf } from './ledger-work.ts'
import type { Market } from './market.ts'
import { leftOf, saleOf } from './orders.ts'
import { standingOrders } from './standing-orders.ts'

/** How many editions of a listing can be bought now; throws the reason for which the ledger would sell none. */
export async function checkListing(market: Market, { listing, signature }: SignedListing): Promise<number> {
  const { publicClient, addresses } = market
  const { seller, workId } = listing
  const typed = listingTypedData(listing, addresses.chainId, addresses.works)
  const signed = await publicClient.verifyTypedData({ address: seller, signature, ...typed }).catch(error => {
    throw ledgerProblem(error, 'checking a listing')
  })
  if (!signed) throw new Problem('order_signature_invalid', { expected: `a signature of ${seller}` })
  const [left, held, { sellerAtomic }] = await Promise.all([
    leftOf(market, { ...listing, maker: seller }),
    editionsOf(market, { workId, holder: seller }),
    saleOf(market, { workId, priceAtomic: BigInt(listing.priceAtomic) }),
  ])
  if (held === 0n) throw new Problem('listing_not_held', { got: held, expected: 'at least one edition' })
  if (sellerAtomic < BigInt(listing.minProceedsAtomic)) {
    throw new Problem('proceeds_too_low', { got: sellerAtomic, expected: listing.minProceedsAtomic })
  }
  return held < BigInt(left) ? Number(held) : left
}

const STALE = ['order_cancelled', 'order_expired', 'listing_not_held', 'proceeds_too_low'] as const

export type FoundListing = SignedListing & {
  /** How many of its editions can be bought now. */
  leftQuantity: number
}

/** The listings that could be bought now. What went stale is left out; a forged one means that the edge lied. */
export async function findListings(
  market: Market,
  { workId, seller }: { workId?: string; seller?: Hex } = {},
): Promise<FoundListing[]> {
  const { listings } = await askEdge(market, 'GET /v1/listings', {
    query: { workId, seller },
    schema: listingsPage,
  })
  const found = await standingOrders(market, listings, {
    asked: { workId, maker: seller },
    orderOf: ({ listing }) => ({ workId: listing.workId, maker: listing.seller }),
    check: row => checkListing(market, row),
    stale: STALE,
  })
  return found.map(({ row: { listing, signature }, leftQuantity }) => ({ listing, signature, leftQuantity }))
}
